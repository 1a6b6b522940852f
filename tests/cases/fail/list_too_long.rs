use comfy_runtime::workflow;
use comfy_tests::nodes::LoadImage;
use comfy_tests::shapes::Growing;

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        Growing { images: [photo.image, photo.image, photo.image, photo.image, photo.image], values: [] }
    };
}
