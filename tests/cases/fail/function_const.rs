use comfy_runtime::attr::workflow;
use comfy_runtime::NoOutput;
use comfy_tests::shapes::Nothing;

#[workflow]
const fn nothing() -> NoOutput {
    Nothing {}
}

fn main() {}
