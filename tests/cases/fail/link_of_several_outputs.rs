use comfy_runtime::workflow;
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple};

fn main() {
    let _ = workflow! {
        CLIPTextEncode { clip: CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" }, text: "a cat" }
    };
}
