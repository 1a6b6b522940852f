//! Uploads a picture from disk and paints over it.
//!
//! ```text
//! cargo run --bin image_to_image -- cat.png "a cat in the snow"
//! ```

use comfy_examples::nodes::{
    CLIPTextEncode, CheckpointLoaderSimple, KSampler, LoadImage, SaveImage, VAEDecode, VAEEncode,
};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::client::Upload;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};

/// Paints over an uploaded picture; `picture` is the name that the server gave it.
#[workflow]
fn image_to_image(picture: &str, prompt: &str, denoise: f64) -> Out<IMAGE> {
    let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let loaded = LoadImage { image: picture };
    let samples = KSampler {
        model: checkpoint.model,
        positive: CLIPTextEncode { clip: checkpoint.clip, text: prompt },
        negative: CLIPTextEncode { clip: checkpoint.clip, text: "blurry, low quality" },
        latent_image: VAEEncode { pixels: loaded.image, vae: checkpoint.vae },
        seed: 42,
        steps: 20,
        cfg: 7,
        sampler_name: "euler",
        scheduler: "normal",
        denoise,
    };
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "repainted" }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: image_to_image PICTURE [PROMPT]")?;
    let prompt = args.next().unwrap_or_else(|| "the same in the snow".to_owned());

    let server = server::start().await?;
    let client = Client::connect(server.url()).await?;
    // The upload is named after its content, so a file that the server already has is not sent again.
    let uploaded = client.upload_once(&Upload::file(path)).await?;
    let workflow = image_to_image(&uploaded.value(), &prompt, 0.6)?;
    for image in client.run(&workflow).await?.images(&workflow.outputs)? {
        println!("{}", image.save_to("out").await?.display());
    }
    Ok(())
}
