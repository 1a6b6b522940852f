use comfy_runtime::workflow;
use comfy_tests::nodes::{CheckpointLoaderSimple, ResizeImageMaskNode};

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        ResizeImageMaskNode { input: ckpt.vae }
    };
}
