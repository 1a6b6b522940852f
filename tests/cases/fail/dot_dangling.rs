use comfy_runtime::workflow;
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple};

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        CLIPTextEncode { text: "a cat", clip: ckpt. }
    };
}
