use comfy_runtime::workflow;
use comfy_tests::nodes::{CheckpointLoaderSimple, VAEDecode};

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        VAEDecode { vae: ckpt.vae }
    };
}
