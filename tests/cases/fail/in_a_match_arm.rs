use comfy_runtime::workflow;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let size = "large";
    let _ = workflow! {
        EmptyLatentImage {
            width: match size {
                "large" => 1024,
                "tiny" => 8,
                _ => 512,
            },
        }
    };
}
