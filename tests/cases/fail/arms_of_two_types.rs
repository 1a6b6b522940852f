use comfy_runtime::workflow;
use comfy_tests::nodes::{LoadImage, PreviewImage};

fn main() {
    let masked = true;
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        PreviewImage { images: if masked { photo.mask } else { photo.image } }
    };
}
