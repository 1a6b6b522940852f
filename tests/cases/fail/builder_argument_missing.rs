use comfy_runtime::Graph;
use comfy_tests::nodes::{EmptyLatentImage, VAEDecode};

fn main() {
    let graph = Graph::new();
    let latent = graph.add(EmptyLatentImage::new());
    graph.add(VAEDecode::new(latent));
}
