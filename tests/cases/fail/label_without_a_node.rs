//! A label before a `let` that binds no node.

use comfy_runtime::attr::workflow;
use comfy_tests::nodes::{LoadImage, PreviewImage};

#[workflow]
fn labelled() {
    #[title = "Mine"]
    let image = LoadImage { image: "a.png" }.image;
    #[title = "Mine"]
    let same = image;
    PreviewImage { images: same };
}

fn main() {}
