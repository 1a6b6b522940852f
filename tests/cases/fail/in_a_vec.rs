use comfy_runtime::workflow;
use comfy_tests::nodes::{BatchImagesNode, ImageScale, LoadImage};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        let batches = vec![ImageScale { image: photo.image, upscale_method: "aera", width: 64, height: 64, crop: "center" }];
        BatchImagesNode { images: batches }
    };
}
