use comfy_runtime::workflow;
use comfy_tests::nodes::{ComfySwitchNode, LoadImage};

fn main() {
    let _ = workflow! {
        let photo = LoadImage { image: "example.png" };
        ComfySwitchNode { switch: true, on_false: photo.image, on_true: photo.mask }
    };
}
