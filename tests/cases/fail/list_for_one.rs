use comfy_runtime::workflow;
use comfy_tests::nodes::{LoadImage, PreviewImage};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        PreviewImage { images: [photo.image, photo.image] }
    };
}
