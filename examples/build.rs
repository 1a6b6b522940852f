//! Generates the nodes that the examples use.

fn main() {
    comfy_codegen::Config::new().schema("../schemas/comfyui-0.26.0.json").used_in("src").build();
}
