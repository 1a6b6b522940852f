use comfy_runtime::workflow;
use comfy_tests::nodes::PreviewAny;
use comfy_tests::shapes::Nothing;

fn main() {
    let _ = workflow! {
        PreviewAny { source: Nothing {} }
    };
}
