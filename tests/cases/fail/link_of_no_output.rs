use comfy_runtime::workflow;
use comfy_tests::nodes::ImageInvert;
use comfy_tests::shapes::Nothing;

fn main() {
    let _ = workflow! {
        ImageInvert { image: Nothing {} }
    };
}
