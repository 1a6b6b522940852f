use comfy_runtime::Graph;
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple};

fn main() {
    let graph = Graph::new();
    let ckpt = graph.add(CheckpointLoaderSimple::new("sd15.safetensors"));
    graph.add(CLIPTextEncode::new("a cat", ckpt.model));
}
