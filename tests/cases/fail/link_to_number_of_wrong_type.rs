use comfy_runtime::workflow;
use comfy_tests::nodes::{EmptyLatentImage, PrimitiveStringMultiline};

fn main() {
    let _ = workflow! {
        EmptyLatentImage { width: PrimitiveStringMultiline { value: "512" } }
    };
}
