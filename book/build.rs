//! Generates nodes for the pages that show how to include them.

fn main() {
    comfy_codegen::Config::new()
        .schema("../schemas/comfyui-0.26.0.json")
        .nodes(["CLIPTextEncode", "CheckpointLoaderSimple", "EmptyLatentImage", "KSampler", "SaveImage", "VAEDecode"])
        .build();
}
