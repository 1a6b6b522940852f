use comfy_runtime::workflow;
use comfy_tests::nodes::*;

fn main() {
    let _ = workflow! {
        KSampelr { steps: 20 }
    };
}
