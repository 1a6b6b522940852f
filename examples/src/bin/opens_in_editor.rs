//! Saves a picture that opens in the ComfyUI editor, although the workflow is written in Rust: the workflow is laid out for the
//! editor, and the server saves it in the picture together with the prompt.
//!
//! ```text
//! cargo run --bin opens_in_editor        # then drag the picture into the editor
//! ```

use comfy_draw::ToUi;
use comfy_examples::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};
use comfy_schema::Schema;

#[workflow]
fn portrait(prompt: &str) -> Out<IMAGE> {
    let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let samples = KSampler {
        model: checkpoint.model,
        positive: CLIPTextEncode { clip: checkpoint.clip, text: prompt },
        negative: CLIPTextEncode { clip: checkpoint.clip, text: "" },
        latent_image: EmptyLatentImage { width: 512, height: 768 },
        seed: 42,
        steps: 20,
        cfg: 7,
        sampler_name: "euler",
        scheduler: "normal",
    };
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "portrait" }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let workflow = portrait("a cat in the rain")?;
    // The node definitions contain the widgets of each node, in the order in which the editor saves them.
    let schema = Schema::from_slice(include_bytes!("../../../schemas/comfyui-0.26.0.json"))?;
    let editor = workflow.to_ui(&schema)?;
    for lost in &editor.lost {
        eprintln!("not in the editor: {lost}");
    }

    let server = server::start().await?;
    let client = Client::connect(server.url()).await?;
    let done = client.submission(&workflow).editor_workflow(editor.workflow).run().await?;
    for image in done.images(&workflow.outputs)? {
        println!("{}", image.save_to("out").await?.display());
    }
    Ok(())
}
