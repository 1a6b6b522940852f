use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let side = 512.0;
    let _ = workflow! {
        EmptyLatentImage { width: side }
    };
}
