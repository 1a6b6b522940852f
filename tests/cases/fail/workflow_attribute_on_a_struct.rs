use comfy_runtime::attr::workflow;

#[workflow]
struct Nothing;

fn main() {}
