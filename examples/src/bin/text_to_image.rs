//! The standard text-to-image workflow, printed as the JSON that `POST /prompt` takes.
//!
//! `cargo run --bin text_to_image -- "a cat in the rain" 7`

use comfy_examples::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
use comfy_runtime::Out;
use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;

/// A workflow is a function: its parameters are what varies, its result is what the program wants back.
#[workflow]
fn text_to_image(prompt: &str, seed: u64) -> Out<IMAGE> {
    let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let samples = KSampler {
        model: checkpoint.model,
        positive: CLIPTextEncode { clip: checkpoint.clip, text: prompt },
        negative: CLIPTextEncode { clip: checkpoint.clip, text: "blurry, low quality" },
        latent_image: EmptyLatentImage { width: 512, height: 768 },
        seed,
        steps: 25,
        cfg: 7,
        sampler_name: "dpmpp_2m",
        scheduler: "karras",
    };
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "cat" }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let prompt = args.next().unwrap_or_else(|| "a photograph of a cat in the rain".to_owned());
    let seed = args.next().map_or(Ok(42), |seed| seed.parse())?;
    let workflow = text_to_image(&prompt, seed)?;
    for warning in workflow.warnings() {
        eprintln!("warning: {warning}");
    }
    println!("{}", workflow.to_json_pretty());
    Ok(())
}
