//! Queues several prompts at once, shows a progress line for each, and saves each picture when its run ends.
//!
//! ```text
//! cargo run --bin batch -- "a cat" "a dog" "a bird"
//! ```

use comfy_examples::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::client::{Done, Error, Event, Run};
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};
use indicatif::{MultiProgress, ProgressBar};

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
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "batch" }
}

/// Waits for the end of a run and shows its progress meanwhile.
async fn follow(run: Run, line: ProgressBar) -> Result<Done, Error> {
    let mut events = run.events();
    while let Some(event) = events.next().await {
        match event {
            Event::Queued { position, .. } => line.set_message(format!("{position} runs ahead")),
            Event::Executing { node, .. } => line.set_message(node),
            Event::Progress { node, value, max, .. } => line.set_message(format!("{node} {value}/{max}")),
            _ => {}
        }
    }
    line.finish_and_clear();
    run.finish().await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut prompts: Vec<String> = std::env::args().skip(1).collect();
    if prompts.is_empty() {
        prompts = ["a cat", "a dog", "a bird"].map(str::to_owned).into();
    }
    let server = server::start().await?;
    let client = Client::connect(server.url()).await?;

    // Submit all workflows first, so that the server is never idle, then wait for them in the order of the queue.
    let lines = MultiProgress::new();
    let mut runs = Vec::new();
    for prompt in &prompts {
        let workflow = picture(prompt)?;
        let run = client.submit(&workflow).await?.complete().await?;
        let line = lines.add(ProgressBar::new_spinner().with_prefix(prompt.clone()));
        line.set_style(indicatif::ProgressStyle::with_template("{spinner} {prefix}: {msg}")?);
        runs.push((prompt, tokio::spawn(follow(run, line)), workflow.outputs));
    }
    let (all, mut failed) = (runs.len(), 0);
    for (at, (prompt, run, picture)) in runs.into_iter().enumerate() {
        // A run that fails does not stop the others.
        match run.await? {
            Ok(done) => {
                for image in done.images(&picture)? {
                    let path = image.save_to("out").await?;
                    lines.suspend(|| println!("{}/{all} {prompt}: {}", at + 1, path.display()));
                }
            }
            Err(error) => {
                failed += 1;
                lines.suspend(|| eprintln!("{}/{all} {prompt}: {error}", at + 1));
            }
        }
    }
    if failed > 0 { Err(format!("{failed} of {all} runs failed").into()) } else { Ok(()) }
}
