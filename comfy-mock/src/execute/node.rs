//! One node: time, steps, previews, files.

use std::sync::Arc;

use comfy_schema::{Map, Value};

use super::cache::Done;
use super::flow::{self, Flow, gives};
use super::graph::GraphNode;
use super::output;
use super::run::{Halt, Raised, Run, Scene};
use crate::controls::Outcome;
use crate::json::{link, object};
use crate::media::{self, Picture};
use crate::ws::{Frame, ImageFormat};

/// The longest side of a preview, in pixels.
const PREVIEW_SIDE: u32 = 512;

/// Plays a node.
pub(super) async fn play(run: &mut Run, scene: &Scene<'_>, at: usize) -> Result<Done, Halt> {
    let node = &scene.graph.nodes[at];
    let behaviour = run.shared.controls.of(node.id, node.class);
    if let Some(text) = &behaviour.says {
        run.send(&Frame::text(node.id, text));
    }
    run.pass(Some(behaviour.takes.unwrap_or(run.shared.settings.timing.node))).await?;
    match behaviour.outcome {
        Outcome::Works => {}
        Outcome::Hangs => run.pass(None).await?,
        Outcome::Fails { exception, message } => return Err(raised(node, exception, message)),
    }
    let incoming =
        |from: usize| scene.results.get(from).and_then(Option::as_ref).map_or_else(Flow::default, |done| done.flow);
    let flow = flow::of_node(node, incoming, &run.shared.storage).map_err(|file| {
        raised(node, "PIL.UnidentifiedImageError".to_owned(), format!("cannot identify image file '{file}'"))
    })?;
    let seed = seed(scene, at);
    if let Some(steps) = steps_of(node, flow) {
        sample(run, node, flow, seed, steps).await?;
    }
    if node.class == "SaveImageWebsocket" {
        send_pictures(run, node, flow, seed)?;
    }
    let output = match behaviour.output {
        Some(output) => Some(output),
        None => match output::job(scene.graph, node, flow, seed, &run.texts) {
            Some(job) => Some(write(run, node, job).await?),
            None => output::shown(scene.graph, node),
        },
    };
    Ok(Done { output, flow })
}

/// What a node's pictures come from: all that comes before it, so that what a node saves is what another shows.
fn seed(scene: &Scene<'_>, at: usize) -> u64 {
    let node = &scene.graph.nodes[at];
    let from = ["images", "image", "samples", "video", "audio", "mask"].iter().find_map(|input| node.linked(input));
    let signature = from.and_then(|from| scene.signatures.get(from)).or_else(|| scene.signatures.get(at));
    let bytes = signature.copied().unwrap_or_default().to_le_bytes();
    u64::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default())
}

/// The steps that a sampler takes; other nodes take none.
fn steps_of(node: &GraphNode<'_>, flow: Flow) -> Option<u32> {
    let declares = |input: &str| node.definition.is_some_and(|definition| definition.input(input).is_some());
    if !gives(node, "LATENT") || !(declares("steps") || declares("sigmas")) {
        return None;
    }
    let all = flow.steps?;
    let first = node.number("start_at_step").unwrap_or(0).min(all);
    let last = node.number("end_at_step").unwrap_or(all).min(all);
    Some(last.saturating_sub(first)).filter(|&steps| steps > 0)
}

/// Goes through the steps of a sampler.
async fn sample(run: &mut Run, node: &GraphNode<'_>, flow: Flow, seed: u64, steps: u32) -> Result<(), Halt> {
    let (width, height) = flow.size();
    let picture = Picture::new(width, height, seed);
    let wanted = wants_previews(run);
    for step in 1..=steps {
        run.pass_step(run.shared.settings.timing.step).await?;
        let preview = if wanted && run.is_heard() { preview(picture, step, steps) } else { None };
        advance(run, node, step, steps, preview.as_deref().map(|image| (ImageFormat::Jpeg, image)));
        // Others get their turn.
        tokio::task::yield_now().await;
    }
    run.check_interrupt()
}

/// Tells of a step, and shows its picture in the form that the client takes.
fn advance(run: &mut Run, node: &GraphNode<'_>, value: u32, max: u32, image: Option<(ImageFormat, &[u8])>) {
    let prompt_id = run.item.prompt_id.clone();
    run.progress.step(&prompt_id, node.id, value, max);
    run.send_progress();
    let with_metadata = run.takes_metadata();
    if let Some((format, image)) = image.filter(|_| with_metadata) {
        let metadata = object([
            ("node_id", node.id.into()),
            ("prompt_id", (&prompt_id).into()),
            ("display_node_id", node.id.into()),
            ("parent_node_id", Value::Null),
            ("real_node_id", node.id.into()),
            ("image_type", format.mime().into()),
        ]);
        run.send(&Frame::preview_with(&metadata, image));
    }
    let data = object([
        ("value", value.into()),
        ("max", max.into()),
        ("prompt_id", (&prompt_id).into()),
        ("node", node.id.into()),
    ]);
    run.send(&Frame::event("progress", data));
    if let Some((format, image)) = image.filter(|_| !with_metadata) {
        run.send(&Frame::preview(format, image));
    }
}

/// Whether the prompt wants previews: it says so, or it does not and the server does.
fn wants_previews(run: &Run) -> bool {
    match run.item.extra_data.get("preview_method").and_then(Value::as_str) {
        Some("auto" | "latent2rgb" | "taesd") => true,
        Some("none") => false,
        _ => run.shared.settings.previews,
    }
}

fn preview(picture: Picture, step: u32, steps: u32) -> Option<Vec<u8>> {
    let small = picture.preview(PREVIEW_SIDE, step, steps);
    // A preview that cannot be made is none.
    media::jpeg(&small.pixels(), small.width, small.height, 95).ok()
}

/// `SaveImageWebsocket`: the pictures come as previews, as PNG and whole.
fn send_pictures(run: &mut Run, node: &GraphNode<'_>, flow: Flow, seed: u64) -> Result<(), Halt> {
    let (width, height) = flow.size();
    for at in 0..flow.count() {
        let picture = Picture::new(width, height, seed.wrapping_add(u64::from(at)));
        let bytes = media::png_of(picture, &[]).map_err(|error| raised(node, "OSError".into(), error.to_string()))?;
        advance(run, node, at, flow.count(), Some((ImageFormat::Png, &bytes)));
    }
    Ok(())
}

/// Writes files, off the threads that answer requests.
async fn write(run: &Run, node: &GraphNode<'_>, job: output::Job) -> Result<Value, Halt> {
    let shared = Arc::clone(&run.shared);
    let written = tokio::task::spawn_blocking(move || job.run(&shared.storage)).await;
    match written {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(raised(node, "Exception".to_owned(), error.to_string())),
        Err(error) => Err(raised(node, "RuntimeError".to_owned(), error.to_string())),
    }
}

fn raised(node: &GraphNode<'_>, exception: String, message: String) -> Halt {
    // Each input is a list; what came over a link is told as text.
    let shown = |value: &Value| match link(value) {
        Some((from, _)) => Value::from(format!("<output of {from}>")),
        None => value.clone(),
    };
    let inputs: Map =
        node.inputs.iter().map(|(name, value)| (name.clone(), Value::Array(vec![shown(value)]))).collect();
    Halt::Failed(Box::new(Raised { exception, message, inputs: Value::Object(inputs) }))
}
