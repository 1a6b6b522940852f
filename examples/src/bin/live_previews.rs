//! Saves the previews of a picture while it is sampled, each to a file.
//!
//! ```text
//! cargo run --bin live_previews -- "a cat in the rain"
//! ```

use comfy_examples::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::client::Event;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};

#[workflow]
fn picture(prompt: &str) -> Out<IMAGE> {
    let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let samples = KSampler {
        model: checkpoint.model,
        positive: CLIPTextEncode { clip: checkpoint.clip, text: prompt },
        negative: CLIPTextEncode { clip: checkpoint.clip, text: "" },
        latent_image: EmptyLatentImage { width: 512, height: 512 },
        seed: 42,
        steps: 20,
        cfg: 7,
        sampler_name: "euler",
        scheduler: "normal",
    };
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "previewed" }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let prompt = std::env::args().nth(1).unwrap_or_else(|| "a cat in the rain".to_owned());
    let workflow = picture(&prompt)?;
    let server = server::start().await?;
    let client = Client::connect(server.url()).await?;

    // The server sends no previews unless the submission asks for them.
    let run = client.submission(&workflow).extra("preview_method", "auto").submit().await?.complete().await?;
    std::fs::create_dir_all("out")?;
    let (mut events, mut count) = (run.events(), 0);
    while let Some(event) = events.next().await {
        if let Event::Preview(preview) = event {
            count += 1;
            let path = format!("out/preview_{count:03}.{}", preview.format.extension());
            std::fs::write(&path, &preview.bytes)?;
            println!("{path}");
        }
    }
    for image in run.finish().await?.images(&workflow.outputs)? {
        println!("{}", image.save_to("out").await?.display());
    }
    Ok(())
}
