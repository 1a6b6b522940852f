//! A web server that makes pictures of prompts: `GET /picture?prompt=a+cat` returns a PNG.
//!
//! ```text
//! cargo run --bin web                  # prints the URL to open
//! cargo run --bin web -- --once        # stops after the first picture
//! ```

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use comfy_examples::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
use comfy_examples::server;
use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;
use comfy_runtime::{Client, Out};
use tokio::sync::Notify;

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
    SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "web" }
}

/// The state that all requests share. One client is enough: it follows any number of runs over one socket.
struct App {
    client: Client,
    served: Notify,
}

impl App {
    async fn make(&self, prompt: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        let workflow = picture(prompt)?;
        // If the browser disconnects, the request is dropped, and the run is cancelled with it.
        let done = self.client.submission(&workflow).cancel_on_drop().run().await?;
        let image = done.images(&workflow.outputs)?.into_iter().next().ok_or("the run has no output picture")?;
        Ok(image.bytes().await?.to_vec())
    }
}

async fn answer(State(app): State<Arc<App>>, Query(query): Query<Vec<(String, String)>>) -> Response {
    let Some((_, prompt)) = query.iter().find(|(name, _)| name == "prompt") else {
        return (StatusCode::BAD_REQUEST, "missing parameter `prompt`; expected /picture?prompt=…").into_response();
    };
    match app.make(prompt).await {
        Ok(png) => {
            app.served.notify_one();
            ([(header::CONTENT_TYPE, "image/png")], png).into_response()
        }
        Err(error) => {
            // The error goes to the log only: it may contain details that a visitor should not see.
            eprintln!("{error}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let once = std::env::args().any(|arg| arg == "--once");
    let server = server::start().await?;
    let app = Arc::new(App { client: Client::connect(server.url()).await?, served: Notify::new() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/picture?prompt=a+cat", listener.local_addr()?);
    let router = Router::new().route("/picture", get(answer)).with_state(Arc::clone(&app));
    let stop = async move {
        app.served.notified().await;
        if !once {
            std::future::pending::<()>().await;
        }
    };
    axum::serve(listener, router).with_graceful_shutdown(stop).await?;
    Ok(())
}
