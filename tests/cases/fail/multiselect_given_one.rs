use comfy_runtime::workflow;
use comfy_tests::shapes::Combos;

fn main() {
    let _ = workflow! {
        Combos { many: "a", gone: "x", models: ["m"], remote: "r", symbols: "<" }
    };
}
