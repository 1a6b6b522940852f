use comfy_runtime::attr::workflow;
use comfy_runtime::Out;
use comfy_runtime::types::IMAGE;
use comfy_tests::shapes::Nothing;

#[workflow]
fn nothing() -> Out<IMAGE> {
    Nothing {}
}

fn main() {}
