//! What a run made.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use comfy_schema::{Map, Text, Value};

use super::error::Error;
use super::file::OutputFile;
use super::json;
use super::origin::{NodeInfo, NodeKey, Origin, OriginRef};
use super::tracker::Tracker;
use super::transport::Transport;

/// What a run made: results by node, files among them. Nothing is downloaded before it is asked for.
#[derive(Clone)]
pub struct Done(Arc<Results>);

struct Results {
    prompt_id: String,
    outputs: Map,
    entry: Value,
    origin: Arc<Origin>,
    transport: Arc<Transport>,
}

/// What a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// png, jpg, webp, gif, avif, bmp, tif, svg, exr, …
    Image,
    /// mp4, webm, mkv, mov, avi
    Video,
    /// flac, wav, mp3, opus, ogg, m4a, aac
    Audio,
    /// Anything else: 3D models, latents, texts.
    Other,
}

impl FileKind {
    /// The kind of a file of this name.
    pub fn of(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        match extension.as_str() {
            "png" | "jpg" | "jpeg" | "webp" | "gif" | "avif" | "bmp" | "tif" | "tiff" | "svg" | "exr" | "hdr"
            | "jxl" | "heic" | "ppm" => Self::Image,
            "mp4" | "webm" | "mkv" | "mov" | "avi" | "m4v" => Self::Video,
            "flac" | "wav" | "mp3" | "opus" | "ogg" | "oga" | "m4a" | "aac" => Self::Audio,
            _ => Self::Other,
        }
    }

    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Done {
    /// What an entry of the history says.
    pub(crate) fn new(tracker: &Tracker, transport: Arc<Transport>, entry: Value) -> Self {
        let outputs = json::get(&entry, "outputs").and_then(Value::as_object).cloned().unwrap_or_default();
        Self::of(tracker, transport, outputs, entry)
    }

    /// What was heard, where there is no entry.
    pub(crate) fn heard(tracker: &Tracker, transport: Arc<Transport>) -> Self {
        let heard: HashMap<_, _> = tracker.outputs();
        let outputs = heard.into_iter().map(|(node, output)| (Text::from(node), output)).collect();
        Self::of(tracker, transport, outputs, Value::Null)
    }

    fn of(tracker: &Tracker, transport: Arc<Transport>, outputs: Map, entry: Value) -> Self {
        let (prompt_id, origin) = (tracker.prompt_id.clone(), Arc::clone(&tracker.origin));
        Self(Arc::new(Results { prompt_id, outputs, entry, origin, transport }))
    }

    /// The run.
    pub fn prompt_id(&self) -> &str {
        &self.0.prompt_id
    }

    /// The pictures of a node, by the handle that `workflow!` gave, or by the node's id. Empty if the node made none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchNode`] for a handle of another workflow.
    pub fn images(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Image)
    }

    /// The videos of a node. Empty if the node made none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchNode`] for a handle of another workflow.
    pub fn videos(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Video)
    }

    /// The sounds of a node. Empty if the node made none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchNode`] for a handle of another workflow.
    pub fn audio(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Audio)
    }

    /// All files of a node, whatever they are. Empty if the node made none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchNode`] for a handle of another workflow.
    pub fn files(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        let id = self.id(node)?;
        Ok(self.0.outputs.get(&id).map(|output| self.files_of(&id, output)).unwrap_or_default())
    }

    /// The texts of a node, as `PreviewAny` gives them. Empty if the node made none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchNode`] for a handle of another workflow.
    pub fn text(&self, node: impl NodeKey) -> Result<Vec<String>, Error> {
        let id = self.id(node)?;
        let text = self.0.outputs.get(&id).and_then(|output| json::get(output, "text"));
        Ok(match text {
            Some(Value::String(text)) => vec![text.to_string()],
            texts => json::strings(texts),
        })
    }

    /// All that a node gave, as it gave it; `None` if it gave nothing.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchNode`] for a handle of another workflow.
    pub fn raw(&self, node: impl NodeKey) -> Result<Option<&Value>, Error> {
        let id = self.id(node)?;
        Ok(self.0.outputs.get(&id))
    }

    /// All files of all nodes.
    pub fn all_files(&self) -> Vec<OutputFile> {
        self.0.outputs.iter().flat_map(|(id, output)| self.files_of(id, output)).collect()
    }

    /// All that was given, by node id, nodes that a node expanded to included.
    pub fn outputs(&self) -> &Map {
        &self.0.outputs
    }

    /// The server's whole entry of the history: `prompt`, `outputs`, `status`, `meta`. `null` if the history was cleared
    /// before it could be read.
    pub fn entry(&self) -> &Value {
        &self.0.entry
    }

    fn of_kind(&self, node: impl NodeKey, kind: FileKind) -> Result<Vec<OutputFile>, Error> {
        let mut files = self.files(node)?;
        files.retain(|file| file.kind() == kind);
        Ok(files)
    }

    fn id(&self, node: impl NodeKey) -> Result<String, Error> {
        node.id_in(&OriginRef(&self.0.origin)).map_err(Error::NoSuchNode)
    }

    fn files_of(&self, id: &str, output: &Value) -> Vec<OutputFile> {
        let node: NodeInfo = self.0.origin.node(id);
        let lists = json::members(Some(output));
        lists
            .flat_map(|(key, list)| json::array(Some(list)).iter().map(move |item| (key, item)))
            .filter_map(|(key, item)| OutputFile::read(key, item, &node, &self.0.transport))
            .collect()
    }
}

/// Equal if they are of the same run and hold the same outputs.
impl PartialEq for Done {
    fn eq(&self, other: &Self) -> bool {
        self.0.prompt_id == other.0.prompt_id && self.0.outputs == other.0.outputs
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Done").field("prompt_id", &self.0.prompt_id).field("outputs", &self.0.outputs).finish()
    }
}
