use comfy_runtime::attr::workflow;
use comfy_tests::nodes::{EmptyImage, PreviewImage};

struct Result;

#[workflow]
fn blank() -> Result {
    PreviewImage { images: EmptyImage {} };
    Result
}

fn main() {}
