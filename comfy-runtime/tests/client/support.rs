//! Clients, workflows and event names that the tests share.

use std::time::Duration;

use comfy_mock::Server;
use comfy_runtime::client::{ClientBuilder, Error, Event, Events};
use comfy_runtime::{Client, Workflow};

/// Maximum time to wait for an event or an ending in a test.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Returns a builder for a client that asks the server often.
pub(crate) fn quick(server: &Server) -> ClientBuilder {
    Client::builder(server.url()).poll_interval(Duration::from_millis(200)).stalled_after(LONG)
}

pub(crate) async fn connect(server: &Server) -> Client {
    quick(server).connect().await.unwrap()
}

/// Returns a workflow with a sampler of this number of steps and a saved image.
pub(crate) fn text_to_image(seed: u64, steps: u32) -> Workflow {
    workflow(&format!(
        r#"{{
        "ckpt": {{"class_type": "CheckpointLoaderSimple", "inputs": {{"ckpt_name": "sd15.safetensors"}}}},
        "prompt": {{"class_type": "CLIPTextEncode", "inputs": {{"text": "a cat", "clip": ["ckpt", 1]}}}},
        "latent": {{"class_type": "EmptyLatentImage", "inputs": {{"width": 64, "height": 32, "batch_size": 1}}}},
        "samples": {{"class_type": "KSampler", "inputs": {{
            "model": ["ckpt", 0], "positive": ["prompt", 0], "negative": ["prompt", 0], "latent_image": ["latent", 0],
            "seed": {seed}, "steps": {steps}, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}}}},
        "decoded": {{"class_type": "VAEDecode", "inputs": {{"samples": ["samples", 0], "vae": ["ckpt", 2]}}}},
        "cat": {{"class_type": "SaveImage", "inputs": {{"images": ["decoded", 0], "filename_prefix": "cat"}}}}
    }}"#
    ))
}

/// Returns a workflow with one node that makes an image and one that saves it.
pub(crate) fn blank(color: u32) -> Workflow {
    workflow(&format!(
        r#"{{
        "img": {{"class_type": "EmptyImage", "inputs": {{"width": 8, "height": 8, "batch_size": 1, "color": {color}}}}},
        "save": {{"class_type": "SaveImage", "inputs": {{"images": ["img", 0], "filename_prefix": "blank"}}}}
    }}"#
    ))
}

pub(crate) fn workflow(json: &str) -> Workflow {
    serde_json::from_str(json).unwrap()
}

/// Submits a run that hangs and one that waits behind it, cancels both, and checks how they end.
pub(crate) async fn assert_runs_are_cancelled(server: &Server, client: &Client) {
    server.node("VAEDecode").hang();
    let running = client.submit(&text_to_image(1, 1)).await.unwrap().into_run();
    let waiting = client.submit(&text_to_image(2, 1)).await.unwrap().into_run();
    server.until(|server| server.running().as_deref() == Some(running.prompt_id())).await;
    assert!(waiting.cancel().await.unwrap());
    let Err(Error::Deleted(deletion)) = waiting.finish().await else { panic!("expected a deletion") };
    assert!(deletion.by_this_client);
    assert!(running.cancel().await.unwrap());
    assert!(matches!(running.finish().await, Err(Error::Interrupted(_))));
}

/// Waits until a run ends, and returns a short description of each event.
pub(crate) async fn words(mut events: Events) -> Vec<String> {
    let mut words = Vec::new();
    while let Some(event) =
        tokio::time::timeout(LONG, events.next()).await.expect("expected an event before the timeout")
    {
        words.push(word(&event));
    }
    words
}

/// Returns a short description of an event.
pub(crate) fn word(event: &Event) -> String {
    match event {
        Event::Queued { position, .. } => format!("queued {position}"),
        Event::Started => "started".into(),
        Event::Cached { nodes, .. } => format!("cached {}", nodes.len()),
        Event::Executing { node, .. } => format!("executing {node}"),
        Event::Progress { node, value, max, .. } => format!("{node} {value}/{max}"),
        Event::Preview(preview) => format!("preview {}", preview.node.as_deref().unwrap_or("?")),
        Event::Image(image) => format!("image {}", image.node.as_deref().unwrap_or("?")),
        Event::Text { node, .. } => format!("text {node}"),
        Event::Executed { node, .. } => format!("executed {node}"),
        Event::Blocked(_) => "blocked".into(),
        Event::Resubmitted { .. } => "resubmitted".into(),
        Event::Finished(_) => "finished".into(),
        Event::Failed(_) => "failed".into(),
        Event::Interrupted(_) => "interrupted".into(),
        Event::Deleted(_) => "deleted".into(),
        Event::Lost(_) => "lost".into(),
        Event::Stalled(_) => "stalled".into(),
        other => format!("{other:?}"),
    }
}
