use comfy_runtime::workflow;
use comfy_tests::nodes::{LoadImage, ResizeImageMaskNode};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        ResizeImageMaskNode { input: photo.image, resize_type: 512 }
    };
}
