use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let side = String::from("512");
    let _ = workflow! {
        EmptyLatentImage { width: side }
    };
}
