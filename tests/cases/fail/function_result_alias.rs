use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{GraphError, Out};
use comfy_tests::nodes::{EmptyImage, SaveImage};

type Fallible = Result<Out<IMAGE>, GraphError>;

#[workflow]
fn blank() -> Fallible {
    Ok(SaveImage { images: EmptyImage {}, filename_prefix: "blank" })
}

fn main() {}
