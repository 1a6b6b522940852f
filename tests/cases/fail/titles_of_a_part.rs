//! Only a whole workflow can have titles.

use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Graph, Out};
use comfy_tests::nodes::ImageInvert;

#[workflow(titles)]
fn part(graph: &Graph, image: Out<IMAGE>) -> Out<IMAGE> {
    ImageInvert { image }
}

fn main() {}
