use comfy_runtime::workflow;
use comfy_tests::shapes::Grouped;
use comfy_tests::shapes::grouped::loras::Row;

fn main() {
    let _ = workflow! {
        Grouped { loras: [Row { strength: 0.5 }] }
    };
}
