use comfy_runtime::workflow;
use comfy_tests::nodes::{CheckpointLoaderSimple, ComfyNumberConvert};

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        ComfyNumberConvert { value: ckpt.vae }
    };
}
