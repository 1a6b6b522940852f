//! The execution of one node: its duration, its steps, its previews, its files.

use std::sync::Arc;

use comfy_schema::prompt::Link;
use comfy_schema::{Map, Value};

use super::cache::NodeResult;
use super::flow::{self, Flow, has_output_type};
use super::graph::GraphNode;
use super::output;
use super::scene::{Halt, Scene, ServerException, Stage};
use crate::controls::Outcome;
use crate::json::object;
use crate::media::{self, Picture};
use crate::ws::{Frame, ImageFormat};

/// Maximum length of a side of a preview, in pixels.
const MAX_PREVIEW_SIDE: u32 = 512;

/// Simulates the execution of a node, and returns its result.
pub(super) async fn play(stage: &mut Stage, scene: &Scene<'_>, at: usize) -> Result<NodeResult, Halt> {
    let node = &scene.graph.nodes[at];
    let behaviour = stage.shared.controls.of(node.id, node.class);
    if let Some(text) = &behaviour.text {
        stage.send(&Frame::text(node.id, text));
    }
    stage.pass(Some(behaviour.duration.unwrap_or(stage.shared.settings.timing.node))).await?;
    match behaviour.outcome {
        Outcome::Succeeds => {}
        Outcome::Hangs => stage.pass(None).await?,
        Outcome::Fails { exception, message } => return Err(failed(node, exception, message)),
    }
    let incoming =
        |from: usize| scene.results.get(from).and_then(Option::as_ref).map_or_else(Flow::default, |result| result.flow);
    let flow = flow::of_node(node, incoming, &stage.shared.storage).map_err(|file| {
        failed(node, "PIL.UnidentifiedImageError".to_owned(), format!("cannot identify image file '{file}'"))
    })?;
    let seed = seed(scene, at);
    if let Some(steps) = steps_of(node, flow) {
        sample(stage, node, flow, seed, steps).await?;
    }
    if node.class == "SaveImageWebsocket" {
        send_pictures(stage, node, flow, seed)?;
    }
    let output = match behaviour.output {
        Some(output) => Some(output),
        None => match output::save_job(scene.graph, node, flow, seed, &stage.texts) {
            Some(job) => Some(write(stage, node, job).await?),
            None => output::shown(scene.graph, node),
        },
    };
    Ok(NodeResult { output, flow })
}

/// Returns the seed of a node's pictures. It is taken from the node that the pictures come from, so that a node that
/// saves them and a node that shows them produce the same pictures.
fn seed(scene: &Scene<'_>, at: usize) -> u64 {
    let node = &scene.graph.nodes[at];
    let from = ["images", "image", "samples", "video", "audio", "mask"].iter().find_map(|input| node.linked(input));
    let signature = from.and_then(|from| scene.signatures.get(from)).or_else(|| scene.signatures.get(at));
    let bytes = signature.copied().unwrap_or_default().to_le_bytes();
    u64::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default())
}

/// Returns the number of steps of a sampler; `None` for other nodes.
fn steps_of(node: &GraphNode<'_>, flow: Flow) -> Option<u32> {
    let declares = |input: &str| node.definition.is_some_and(|definition| definition.input(input).is_some());
    if !has_output_type(node, "LATENT") || !(declares("steps") || declares("sigmas")) {
        return None;
    }
    let all = flow.steps?;
    let first = node.number("start_at_step").unwrap_or(0).min(all);
    let last = node.number("end_at_step").unwrap_or(all).min(all);
    Some(last.saturating_sub(first)).filter(|&steps| steps > 0)
}

/// Simulates the steps of a sampler, and sends their progress and previews.
async fn sample(stage: &mut Stage, node: &GraphNode<'_>, flow: Flow, seed: u64, steps: u32) -> Result<(), Halt> {
    let picture = Picture::new(flow.size(), seed, stage.shared.settings.max_pixels);
    let wanted = wants_previews(stage);
    for step in 1..=steps {
        stage.pass_step(stage.shared.settings.timing.step).await?;
        let preview = if wanted && stage.has_listeners() { preview(picture, step, steps) } else { None };
        advance(stage, node, step, steps, preview.as_deref().map(|image| (ImageFormat::Jpeg, image)));
        // If the duration of a step is zero, nothing else in this loop yields to other tasks.
        tokio::task::yield_now().await;
    }
    stage.check_interrupt()
}

/// Sends the progress of a step, and its picture with metadata if the client accepts it.
fn advance(stage: &mut Stage, node: &GraphNode<'_>, value: u32, max: u32, image: Option<(ImageFormat, &[u8])>) {
    let prompt_id = stage.item.prompt_id.clone();
    stage.progress.step(&prompt_id, node.id, value, max);
    stage.send_progress();
    let with_metadata = stage.takes_metadata();
    if let Some((format, image)) = image.filter(|_| with_metadata) {
        let metadata = object([
            ("node_id", node.id.into()),
            ("prompt_id", (&prompt_id).into()),
            ("display_node_id", node.id.into()),
            ("parent_node_id", Value::Null),
            ("real_node_id", node.id.into()),
            ("image_type", format.mime().into()),
        ]);
        stage.send(&Frame::preview_with(&metadata, image));
    }
    let data = object([
        ("value", value.into()),
        ("max", max.into()),
        ("prompt_id", (&prompt_id).into()),
        ("node", node.id.into()),
    ]);
    stage.send(&Frame::event("progress", data));
    if let Some((format, image)) = image.filter(|_| !with_metadata) {
        stage.send(&Frame::preview(format, image));
    }
}

/// Returns whether the prompt asks for previews. The server's default applies to a prompt without a `preview_method`.
fn wants_previews(stage: &Stage) -> bool {
    match stage.item.extra_data.get("preview_method").and_then(Value::as_str) {
        Some("auto" | "latent2rgb" | "taesd") => true,
        Some("none") => false,
        _ => stage.shared.settings.previews,
    }
}

/// Returns the preview of a step as a JPEG file; `None` if it cannot be encoded.
fn preview(picture: Picture, step: u32, steps: u32) -> Option<Vec<u8>> {
    let small = picture.preview(MAX_PREVIEW_SIDE, step, steps);
    media::jpeg(&small.pixels(), small.width, small.height, 95).ok()
}

/// Sends the pictures of `SaveImageWebsocket`, each as a preview that is a whole PNG file.
fn send_pictures(stage: &mut Stage, node: &GraphNode<'_>, flow: Flow, seed: u64) -> Result<(), Halt> {
    for at in 0..flow.count() {
        let picture = Picture::new(flow.size(), seed.wrapping_add(u64::from(at)), stage.shared.settings.max_pixels);
        let bytes = media::png_of(picture, &[]).map_err(|error| failed(node, "OSError".into(), error.to_string()))?;
        advance(stage, node, at, flow.count(), Some((ImageFormat::Png, &bytes)));
    }
    Ok(())
}

/// Writes the files of a node on a thread for blocking work, because the threads that answer requests must not block.
async fn write(stage: &Stage, node: &GraphNode<'_>, job: output::SaveJob) -> Result<Value, Halt> {
    let shared = Arc::clone(&stage.shared);
    let work = move || job.run(&shared.storage, shared.settings.max_pixels, || *shared.stop.borrow());
    let written = tokio::task::spawn_blocking(work).await;
    match written {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(failed(node, "Exception".to_owned(), error.to_string())),
        Err(error) => Err(failed(node, "RuntimeError".to_owned(), error.to_string())),
    }
}

/// Creates the [`Halt`] of a run in which a node raised an exception.
fn failed(node: &GraphNode<'_>, kind: String, message: String) -> Halt {
    // Each input is a list, because ComfyUI maps nodes over lists. Values that come over links are shown as text.
    let shown = |value: &Value| match Link::of(value) {
        Some(link) => Value::from(format!("<output of {}>", link.source)),
        None => value.clone(),
    };
    let inputs: Map =
        node.inputs.iter().map(|(name, value)| (name.clone(), Value::Array(vec![shown(value)]))).collect();
    Halt::Failed(Box::new(ServerException { kind, message, inputs: Value::Object(inputs) }))
}
