use comfy_runtime::workflow;
use comfy_tests::nodes::BatchImagesNode;

fn main() {
    let _ = workflow! {
        BatchImagesNode { images: [] }
    };
}
