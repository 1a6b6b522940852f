use comfy_runtime::workflow;
use comfy_tests::nodes;

fn main() {
    let _ = workflow! {
        KSampler { steps: 20 }
    };
}
