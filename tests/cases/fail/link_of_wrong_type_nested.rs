use comfy_runtime::workflow;
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple, VAEDecode};

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        VAEDecode {
            samples: CLIPTextEncode { clip: ckpt.clip, text: "a cat" },
            vae: ckpt.vae,
        }
    };
}
