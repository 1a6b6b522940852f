use comfy_runtime::Graph;
use comfy_tests::nodes::EmptyLatentImage;

fn main() {
    let graph = Graph::new();
    graph.add(EmptyLatentImage::new().widht(512));
}
