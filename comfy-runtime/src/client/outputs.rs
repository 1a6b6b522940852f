//! The outputs of a run.

use std::fmt;
use std::sync::Arc;

use comfy_schema::{Map, Value};

use super::error::Error;
use super::file::{FileKind, OutputFile};
use super::json;
use super::origin::{NodeInfo, Origin};
use super::transport::Transport;
use crate::key::NodeKey;

/// The outputs of a run, by node. Files are downloaded only when they are asked for.
#[derive(Clone)]
pub struct Done(Arc<Results>);

struct Results {
    prompt_id: String,
    outputs: Map,
    entry: Value,
    origin: Arc<Origin>,
    transport: Arc<Transport>,
}

impl Done {
    /// Reads the outputs from an entry of the history.
    pub(crate) fn from_entry(prompt_id: &str, origin: &Arc<Origin>, transport: &Arc<Transport>, entry: Value) -> Self {
        let outputs = json::get(&entry, "outputs").and_then(Value::as_object).cloned().unwrap_or_default();
        Self::new(prompt_id, origin, transport, outputs, entry)
    }

    /// Creates the outputs from the events that reported them, for a run without an entry in the history.
    pub(crate) fn from_events(prompt_id: &str, origin: &Arc<Origin>, transport: &Arc<Transport>, outputs: Map) -> Self {
        Self::new(prompt_id, origin, transport, outputs, Value::Null)
    }

    fn new(prompt_id: &str, origin: &Arc<Origin>, transport: &Arc<Transport>, outputs: Map, entry: Value) -> Self {
        let (origin, transport) = (Arc::clone(origin), Arc::clone(transport));
        Self(Arc::new(Results { prompt_id: prompt_id.to_owned(), outputs, entry, origin, transport }))
    }

    /// Returns the id of the run.
    pub fn prompt_id(&self) -> &str {
        &self.0.prompt_id
    }

    /// Returns the images of a node, which is named by its handle from `workflow!` or by its id; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id.
    pub fn images(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Image)
    }

    /// Returns the videos of a node; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id.
    pub fn videos(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Video)
    }

    /// Returns the sounds of a node; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id.
    pub fn audio(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Audio)
    }

    /// Returns the files of a node, of every kind; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id.
    pub fn files(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        let id = self.id(node)?;
        Ok(self.0.outputs.get(&id).map(|output| self.files_of(&id, output)).unwrap_or_default())
    }

    /// Returns the texts of a node, as `PreviewAny` outputs them; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id.
    pub fn text(&self, node: impl NodeKey) -> Result<Vec<String>, Error> {
        let id = self.id(node)?;
        let text = self.0.outputs.get(&id).and_then(|output| json::get(output, "text"));
        Ok(match text {
            Some(Value::String(text)) => vec![text.to_string()],
            texts => json::strings(texts),
        })
    }

    /// Returns the whole output of a node as JSON; `None` if it has none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id.
    pub fn raw(&self, node: impl NodeKey) -> Result<Option<&Value>, Error> {
        let id = self.id(node)?;
        Ok(self.0.outputs.get(&id))
    }

    /// Returns the files of all nodes.
    pub fn all_files(&self) -> Vec<OutputFile> {
        self.0.outputs.iter().flat_map(|(id, output)| self.files_of(id, output)).collect()
    }

    /// Returns the outputs of all nodes by id, including nodes that another node expanded to.
    pub fn outputs(&self) -> &Map {
        &self.0.outputs
    }

    /// Returns the whole entry of the server's history: `prompt`, `outputs`, `status` and `meta`.
    ///
    /// It is `null` if the history was cleared before the client could read it.
    pub fn entry(&self) -> &Value {
        &self.0.entry
    }

    fn of_kind(&self, node: impl NodeKey, kind: FileKind) -> Result<Vec<OutputFile>, Error> {
        let mut files = self.files(node)?;
        files.retain(|file| file.kind() == kind);
        Ok(files)
    }

    fn id(&self, node: impl NodeKey) -> Result<String, Error> {
        self.0.origin.resolve(&node)
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

/// Two values are equal if they are of the same run and hold the same outputs.
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
