use comfy_runtime::workflow;
use comfy_tests::shapes::Grouped;

fn main() {
    let _ = workflow! {
        Grouped { loras: ["a.safetensors"] }
    };
}
