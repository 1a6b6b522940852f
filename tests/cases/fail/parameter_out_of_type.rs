use comfy_runtime::attr::workflow;
use comfy_runtime::Out;
use comfy_runtime::types::LATENT;
use comfy_tests::nodes::EmptyLatentImage;

#[workflow]
fn empty(width: &str) -> Out<LATENT> {
    EmptyLatentImage { width }
}

fn main() {}
