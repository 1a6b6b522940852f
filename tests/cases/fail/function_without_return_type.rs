use comfy_runtime::attr::workflow;
use comfy_tests::shapes::Nothing;

#[workflow]
fn nothing() {
    Nothing {}
}

fn main() {}
