use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let _ = workflow! {
        EmptyLatentImage { width: 512.0 }
    };
}
