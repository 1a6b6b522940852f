use comfy_runtime::workflow;
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler};
use comfy_tests::shapes::Combos;

fn main() {
    let _ = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        KSampler {
            model: ckpt.model,
            positive: CLIPTextEncode { clip: ckpt.clip, text: "a" },
            negative: CLIPTextEncode { clip: ckpt.clip, text: "b" },
            latent_image: EmptyLatentImage {},
            sampler_name: Combos { gone: "x", models: ["m"], remote: "r", symbols: "<" },
            scheduler: "karras",
        }
    };
}
