//! Runs the standard text-to-image workflow and saves the picture.
//!
//! ```text
//! cargo run --bin text_to_image                                       # on a stand-in server, without ComfyUI or a GPU
//! cargo run --bin text_to_image -- "a cat in the rain" 7              # another prompt, another seed
//! COMFY_URL=http://127.0.0.1:8188 cargo run --bin text_to_image       # on a real server
//! ```

use comfy_examples::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::client::Event;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};

/// Makes a picture of a prompt. The parameters of a workflow function are its inputs; what it returns is the output to fetch.
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let prompt = args.next().unwrap_or_else(|| "a photograph of a cat in the rain".to_owned());
    let seed = args.next().map_or(Ok(42), |seed| seed.parse())?;

    let workflow = text_to_image(&prompt, seed)?;
    println!("{}", workflow.to_json_pretty());

    let server = server::start().await?;
    let client = Client::connect(server.url()).await?;
    let run = client.submit(&workflow).await?.complete().await?;
    let mut events = run.events();
    while let Some(event) = events.next().await {
        match event {
            Event::Executing { node, .. } => eprintln!("{node}"),
            Event::Progress { node, value, max, .. } => eprintln!("{node} {value}/{max}"),
            _ => {}
        }
    }
    for image in run.finish().await?.images(&workflow.outputs)? {
        println!("{}", image.save_to("out").await?.display());
    }
    Ok(())
}
