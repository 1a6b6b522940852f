use comfy_runtime::workflow;
use comfy_tests::nodes::{BatchImagesNode, LoadImage};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        BatchImagesNode { images: photo.image }
    };
}
