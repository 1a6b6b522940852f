use comfy_runtime::workflow;
use comfy_tests::nodes::{ComfySwitchNode, LoadImage, PreviewImage};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        let either = ComfySwitchNode { switch: true, on_false: photo.mask, on_true: photo.mask };
        PreviewImage { images: either }
    };
}
