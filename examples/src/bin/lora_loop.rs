//! Applies several LoRAs, one after the other: an ordinary `for` loop builds the chain of nodes.
//!
//! ```text
//! cargo run --bin lora_loop -- ink.safetensors film.safetensors
//! ```

use comfy_examples::nodes::{
    CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, LoraLoader, SaveImage, VAEDecode,
};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};

/// Each LoRA changes the model and the text encoder that the previous one returned.
#[workflow]
fn with_loras(loras: &[String], strength: f64) -> Out<IMAGE> {
    let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let mut model = checkpoint.model;
    let mut clip = checkpoint.clip;
    for lora in loras {
        let loaded = LoraLoader { model, clip, lora_name: lora, strength_model: strength, strength_clip: strength };
        model = loaded.model;
        clip = loaded.clip;
    }
    let samples = KSampler {
        model,
        positive: CLIPTextEncode { clip, text: "a cat in the rain" },
        negative: CLIPTextEncode { clip, text: "" },
        latent_image: EmptyLatentImage { width: 512, height: 512 },
        seed: 42,
        steps: 20,
        cfg: 7,
        sampler_name: "euler",
        scheduler: "normal",
    };
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "lora" }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut loras: Vec<String> = std::env::args().skip(1).collect();
    if loras.is_empty() {
        loras = ["ink.safetensors", "film.safetensors"].map(str::to_owned).into();
    }
    let workflow = with_loras(&loras, 0.8)?;
    println!("{}", workflow.to_json_pretty());

    let server = server::start().await?;
    let client = Client::connect(server.url()).await?;
    for image in client.run(&workflow).await?.images(&workflow.outputs)? {
        println!("{}", image.save_to("out").await?.display());
    }
    Ok(())
}
