use comfy_runtime::workflow;
use comfy_tests::nodes::PrimitiveBoolean;

fn main() {
    let _ = workflow! {
        PrimitiveBoolean { value: 1 }
    };
}
