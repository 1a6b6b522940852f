use comfy_runtime::attr::workflow;
use comfy_runtime::NoOutput;
use comfy_tests::shapes::Nothing;

#[workflow]
async fn nothing() -> NoOutput {
    Nothing {}
}

fn main() {}
