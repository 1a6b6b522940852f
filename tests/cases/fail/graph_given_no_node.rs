use comfy_runtime::Graph;

fn main() {
    let graph = Graph::new();
    graph.add("KSampler");
}
