//! The results of output nodes: files, and UI outputs.

use std::fs;

use comfy_schema::prompt::Link;
use comfy_schema::{Map, Value};

use super::flow::{Flow, has_input_type};
use super::graph::{Graph, GraphNode};
use crate::json::{dumps, map, object};
use crate::media::{self, MediaError, Picture};
use crate::storage::{Area, Storage};

/// The data that are needed to write the files of a node.
#[derive(Debug)]
pub(crate) struct SaveJob {
    kind: FileKind,
    area: Area,
    prefix: String,
    flow: Flow,
    /// The seed of the pictures.
    seed: u64,
    /// The texts to embed: `prompt`, and the entries of `extra_pnginfo`.
    texts: Vec<(String, String)>,
    /// Whether the UI output has the member `animated`.
    animated: bool,
}

/// The kind of a file. A variant whose key in the UI output depends on the node class holds that key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Png(&'static str),
    Webp,
    Wav,
    Flac,
    Mp3,
    Opus,
    Mp4(&'static str),
    Webm,
    Glb,
    Svg,
    Latent,
}

/// The reason why the files of a node could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error("Saving image outside the output folder is not allowed.")]
    Outside,
    #[error("{0}")]
    Write(#[from] std::io::Error),
    #[error("{0}")]
    Media(#[from] MediaError),
    #[error("the server was stopped")]
    Stopped,
}

impl FileKind {
    /// Returns the extension, and the key in the UI output.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Png(key) => ("png", key),
            Self::Webp => ("webp", "images"),
            Self::Wav => ("wav", "audio"),
            Self::Flac => ("flac", "audio"),
            Self::Mp3 => ("mp3", "audio"),
            Self::Opus => ("opus", "audio"),
            Self::Mp4(key) => ("mp4", key),
            Self::Webm => ("webm", "images"),
            Self::Glb => ("glb", "3d"),
            Self::Svg => ("svg", "images"),
            Self::Latent => ("latent", "latents"),
        }
    }

    /// Returns the kind of file that an output node writes. It depends on the class of core nodes, and on the input
    /// types of other nodes.
    fn of(graph: &Graph<'_>, node: &GraphNode<'_>) -> Option<Self> {
        let kind = match node.class {
            "SaveImage" | "PreviewImage" | "SaveAnimatedPNG" | "MaskPreview" => Self::Png("images"),
            "SaveAnimatedWEBP" => Self::Webp,
            "SaveAudio" | "PreviewAudio" | "SaveAudioAdvanced" => Self::Flac,
            "SaveAudioMP3" => Self::Mp3,
            "SaveAudioOpus" => Self::Opus,
            "SaveVideo" => Self::Mp4("images"),
            "VHS_VideoCombine" => Self::Mp4("gifs"),
            "SaveWEBM" => Self::Webm,
            "SaveGLB" => Self::Glb,
            "SaveSVGNode" => Self::Svg,
            "SaveLatent" => Self::Latent,
            "SaveImageWebsocket" => return None,
            _ if has_input_type(graph, node, "IMAGE") => Self::Png("images"),
            _ if has_input_type(graph, node, "VIDEO") => Self::Mp4("images"),
            _ if has_input_type(graph, node, "AUDIO") => Self::Wav,
            _ if has_input_type(graph, node, "MESH") => Self::Glb,
            _ => return None,
        };
        Some(kind)
    }
}

/// Returns the job that writes the files of a node, if the node writes any.
pub(crate) fn save_job(
    graph: &Graph<'_>,
    node: &GraphNode<'_>,
    flow: Flow,
    seed: u64,
    texts: &[(String, String)],
) -> Option<SaveJob> {
    if !node.is_output() {
        return None;
    }
    let kind = FileKind::of(graph, node)?;
    let temporary = node.class.contains("Preview");
    let prefix = match node.text("filename_prefix") {
        Some(prefix) => prefix.to_owned(),
        None if temporary => format!("ComfyUI_temp_{}", letters(seed)),
        None => "ComfyUI".to_owned(),
    };
    let animated = matches!(kind, FileKind::Mp4("images") | FileKind::Webm) || node.class.starts_with("SaveAnimated");
    let area = if temporary { Area::Temp } else { Area::Output };
    Some(SaveJob { kind, area, prefix, flow, seed, texts: texts.to_vec(), animated })
}

/// Returns the UI output of a node that writes no files.
pub(crate) fn shown(graph: &Graph<'_>, node: &GraphNode<'_>) -> Option<Value> {
    if !node.is_output() {
        return None;
    }
    let model = || node.inputs.get("model_file").filter(|value| value.as_str().is_some()).cloned();
    match node.class {
        "Preview3D" | "Preview3DAnimation" | "Preview3DAdvanced" => {
            let model = model().unwrap_or_else(|| Value::from("mesh/ComfyUI_00001_.glb"));
            Some(object([("result", Value::Array(vec![model, Value::Null, Value::Null]))]))
        }
        _ if node.inputs.contains_key("source") || has_input_type(graph, node, "STRING") => {
            Some(object([("text", Value::Array(vec![Value::from(text_of(graph, node))]))]))
        }
        _ => None,
    }
}

/// Returns the text that a node shows: a literal, or the text of the node that it is linked to.
fn text_of(graph: &Graph<'_>, node: &GraphNode<'_>) -> String {
    let Some(mut value) = node.inputs.get("source").or_else(|| node.inputs.iter().next().map(|(_, value)| value))
    else {
        return String::new();
    };
    // Follows links as long as the linked node has an input that usually holds a text. The limit ends cycles.
    for _ in 0..16 {
        let from = Link::of(value).and_then(|link| graph.nodes.get(graph.position(link.source)?));
        let Some(from) = from else { break };
        let literals = ["value", "text", "string", "source", "prompt"].iter().find_map(|name| from.inputs.get(name));
        match literals {
            Some(next) => value = next,
            None => return format!("<{}>", from.class),
        }
    }
    match value {
        Value::String(text) => text.to_string(),
        other => dumps(other),
    }
}

impl SaveJob {
    /// Writes the files, with pictures of at most `max_pixels`, and returns the UI output. No further file is written once
    /// `is_stopped` returns true.
    pub(crate) fn run(
        self,
        storage: &Storage,
        max_pixels: u64,
        is_stopped: impl Fn() -> bool,
    ) -> Result<Value, JobError> {
        let (extension, key) = self.kind.names();
        let count = if matches!(self.kind, FileKind::Png(_)) && !self.animated { self.flow.count() } else { 1 };
        let destination = storage
            .destination(self.area, &self.prefix, self.flow.size(), u64::from(count))
            .map_err(|_| JobError::Outside)?;
        fs::create_dir_all(&destination.folder)?;
        let mut items = Vec::new();
        for at in 0..count {
            let stem = destination.stem.replace("%batch_num%", &at.to_string());
            let filename = format!("{stem}_{:05}_.{extension}", destination.number + u64::from(at));
            let bytes = self.bytes(at, max_pixels)?;
            if is_stopped() {
                return Err(JobError::Stopped);
            }
            fs::write(destination.folder.join(&filename), bytes)?;
            items.push(object([
                ("filename", Value::from(filename)),
                ("subfolder", Value::from(destination.subfolder.as_str())),
                ("type", Value::from(destination.area.name())),
            ]));
        }
        let mut output: Map = map([(key, Value::Array(items))]);
        if self.animated {
            output.insert("animated", Value::Array(vec![Value::Bool(true)]));
        }
        Ok(Value::Object(output))
    }

    fn bytes(&self, at: u32, max_pixels: u64) -> Result<Vec<u8>, MediaError> {
        let (width, height) = self.flow.size();
        let picture = Picture::new((width, height), self.seed.wrapping_add(u64::from(at)), max_pixels);
        let small = picture.preview(512, 1, 1);
        // Video files store width and height in 16 bits; those of the small picture are far below the maximum.
        let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
        Ok(match self.kind {
            FileKind::Png(_) => media::png_of(picture, &self.texts)?,
            FileKind::Webp => {
                let bytes = media::png_of(picture, &[])?;
                media::webp(&media::Image::decode(&bytes)?, false)?
            }
            FileKind::Wav => media::wav(self.seed),
            FileKind::Flac => media::flac(),
            FileKind::Mp3 => media::mp3(),
            FileKind::Opus => media::opus(),
            FileKind::Mp4(_) => {
                let frames: Result<Vec<_>, _> = (0..2)
                    .map(|frame| {
                        let picture =
                            Picture::new((small.width, small.height), self.seed.wrapping_add(frame), max_pixels);
                        media::jpeg(&picture.pixels(), small.width, small.height, 85)
                    })
                    .collect();
                media::mp4(&frames?, side(small.width), side(small.height))
            }
            FileKind::Webm => media::webm(2, side(small.width), side(small.height)),
            FileKind::Glb => media::glb(),
            FileKind::Svg => media::svg(width, height, self.seed),
            FileKind::Latent => media::latent(width, height, &self.texts),
        })
    }
}

/// Returns five letters that depend on the seed, as in the file names of previews.
fn letters(seed: u64) -> String {
    (0..5)
        .map(|at| char::from(b"abcdefghijklmnopqrstuvwxyz"[usize::try_from(seed >> (at * 8) & 0xff).unwrap_or(0) % 26]))
        .collect()
}
