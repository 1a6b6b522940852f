use comfy_runtime::attr::workflow;
use comfy_runtime::NoOutput;
use comfy_tests::shapes::Nothing;

#[workflow(name = "nothing")]
fn nothing() -> NoOutput {
    Nothing {}
}

fn main() {}
