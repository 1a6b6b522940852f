//! The outputs of a run.

use std::fmt;
use std::sync::Arc;

use comfy_schema::{Map, Value};

use super::error::Error;
use super::file::{FileKind, OutputFile};
use super::halves::{Halves, Step};
use super::json;
use super::no_results::{NoResults, NoResultsReason};
use super::origin::{NodeInfo, Origin};
use super::selection::Selection;
use super::transport::Transport;
use crate::key::{Key, NodeKey};

/// The outputs of a run, by node. Files are downloaded only when they are asked for.
#[derive(Clone)]
pub struct Done(Arc<Results>);

/// A run as its outputs need it: to find nodes by their handles, to say why a node has no results, and to download
/// files.
pub(crate) struct RunInfo {
    pub(crate) prompt_id: String,
    pub(crate) origin: Arc<Origin>,
    pub(crate) selection: Arc<Selection>,
    pub(crate) transport: Arc<Transport>,
}

struct Results {
    run: RunInfo,
    outputs: Map,
    entry: Value,
    halves: Halves,
}

impl Done {
    /// Reads the outputs from an entry of the history.
    pub(crate) fn from_entry(run: RunInfo, entry: Value, halves: Halves) -> Self {
        let outputs = json::get(&entry, "outputs").and_then(Value::as_object).cloned().unwrap_or_default();
        Self(Arc::new(Results { run, outputs, entry, halves }))
    }

    /// Creates the outputs from the events that reported them, for a run without an entry in the history.
    pub(crate) fn from_events(run: RunInfo, outputs: Map, halves: Halves) -> Self {
        Self(Arc::new(Results { run, outputs, entry: Value::Null, halves }))
    }

    /// Returns the id of the run.
    pub fn prompt_id(&self) -> &str {
        &self.0.run.prompt_id
    }

    /// Returns the images of a node, which is named by its handle from `workflow!` or by its id; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id, and [`Error::NoResults`] for a
    /// node that cannot have results in this run.
    pub fn images(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Image)
    }

    /// Returns the videos of a node; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id, and [`Error::NoResults`] for a
    /// node that cannot have results in this run.
    pub fn videos(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Video)
    }

    /// Returns the sounds of a node; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id, and [`Error::NoResults`] for a
    /// node that cannot have results in this run.
    pub fn audio(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        self.of_kind(node, FileKind::Audio)
    }

    /// Returns the files of a node, of every kind; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id, and [`Error::NoResults`] for a
    /// node that cannot have results in this run.
    pub fn files(&self, node: impl NodeKey) -> Result<Vec<OutputFile>, Error> {
        let id = self.id(node)?;
        Ok(self.0.outputs.get(&id).map(|output| self.files_of(&id, output)).unwrap_or_default())
    }

    /// Returns the texts of a node, as `PreviewAny` outputs them; empty if it made none.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id, [`Error::NoResults`] for a node
    /// that cannot have results in this run, and [`Error::InvalidResponse`] if a text of the node has half a character (a lone
    /// surrogate); [`outputs`](Self::outputs) still has it.
    pub fn text(&self, node: impl NodeKey) -> Result<Vec<String>, Error> {
        let id = self.id(node)?;
        self.check_whole(&id, &[Step::Key("text".to_owned())])?;
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
    /// Returns [`Error::NoSuchNode`] for a handle of another workflow or an unknown id, [`Error::NoResults`] for a node
    /// that cannot have results in this run, and [`Error::InvalidResponse`] if the output has half a character (a lone
    /// surrogate); [`outputs`](Self::outputs) still has it.
    pub fn raw(&self, node: impl NodeKey) -> Result<Option<&Value>, Error> {
        let id = self.id(node)?;
        self.check_whole(&id, &[])?;
        Ok(self.0.outputs.get(&id))
    }

    /// Returns the files of all nodes.
    pub fn all_files(&self) -> Vec<OutputFile> {
        self.0.outputs.iter().flat_map(|(id, output)| self.files_of(id, output)).collect()
    }

    /// Returns the outputs of all nodes by id, including nodes that another node expanded to.
    ///
    /// At the places that [`half_characters`](Self::half_characters) lists, they are not what the server has.
    pub fn outputs(&self) -> &Map {
        &self.0.outputs
    }

    /// Returns the whole entry of the server's history: `prompt`, `outputs`, `status` and `meta`.
    ///
    /// It is `null` if the history was cleared before the client could read it.
    pub fn entry(&self) -> &Value {
        &self.0.entry
    }

    /// Returns the places in the outputs at which the server has half a character (a lone surrogate, such as `"\ud83d"`),
    /// such as `outputs.9.images[0].filename`. No Rust text can hold it, so [`outputs`](Self::outputs) have U+FFFD there.
    pub fn half_characters(&self) -> Vec<String> {
        self.0.halves.places()
    }

    /// Returns an error if a value of a node's output has half a character.
    fn check_whole(&self, id: &str, steps: &[Step]) -> Result<(), Error> {
        self.0.halves.find(id, steps).map_or(Ok(()), |place| Err(Error::half_character(self.0.source(), &place)))
    }

    fn of_kind(&self, node: impl NodeKey, kind: FileKind) -> Result<Vec<OutputFile>, Error> {
        let mut files = self.files(node)?;
        files.retain(|file| file.kind() == kind);
        Ok(files)
    }

    /// Returns the id of a node that can have results.
    fn id(&self, node: impl NodeKey) -> Result<String, Error> {
        let results = &*self.0;
        match node.key() {
            // Another node may have expanded to this one, so that the workflow does not have it.
            Key::Id(id) if results.outputs.contains_key(id) => Ok(id.to_owned()),
            _ => {
                let id = results.run.origin.resolve(&node).map_err(Error::NoSuchNode)?;
                match results.no_results(&id) {
                    Some(reason) => Err(Error::NoResults(Box::new(results.error(&id, reason)))),
                    None => Ok(id),
                }
            }
        }
    }

    fn files_of(&self, id: &str, output: &Value) -> Vec<OutputFile> {
        let node: NodeInfo = self.0.run.origin.node(id);
        let mut files = Vec::new();
        for (key, list) in json::members(Some(output)) {
            for (index, item) in json::array(Some(list)).iter().enumerate() {
                let Some(file) = OutputFile::read(key, item, &node, &self.0.run.transport) else { continue };
                files.push(OutputFile { half: self.half_of_file(id, key, index), ..file });
            }
        }
        files
    }

    /// Returns the place of half a character in the name of a file, or in the folders that it is in.
    fn half_of_file(&self, id: &str, key: &str, index: usize) -> Option<(&'static str, String)> {
        let item = [Step::Key(key.to_owned()), Step::Index(index)];
        let member = |member: &str| [item.as_slice(), &[Step::Key(member.to_owned())]].concat();
        let place = ["filename", "subfolder", "type"].into_iter().find_map(|key| self.0.halves.find(id, &member(key)));
        place.map(|place| (self.0.source(), place))
    }
}

impl Results {
    /// Returns what reported the outputs, for messages.
    fn source(&self) -> &'static str {
        if self.entry.is_null() { "WebSocket" } else { "GET /history" }
    }

    /// Returns the reason why a node cannot have results; `None` if it has some, or could have made some.
    fn no_results(&self, id: &str) -> Option<NoResultsReason> {
        let executed = self.executed();
        if self.outputs.contains_key(id) || executed.iter().any(|executed| executed == id) {
            return None;
        }
        let is_other = |targets: &Vec<String>| !targets.iter().any(|target| target == id);
        if self.run.selection.dropped.iter().any(|dropped| dropped == id) {
            Some(NoResultsReason::Dropped)
        } else if !self.run.origin.may_be_output(id) {
            Some(NoResultsReason::NotAnOutput)
        } else if self.run.selection.targets.as_ref().is_some_and(is_other) {
            Some(NoResultsReason::NotSelected)
        } else {
            // Without an entry of the history nothing is known about the other nodes.
            (!executed.is_empty()).then_some(NoResultsReason::NotRun)
        }
    }

    fn error(&self, id: &str, reason: NoResultsReason) -> NoResults {
        let mut outputs = self.executed();
        outputs.sort_unstable();
        let outputs = outputs.iter().map(|id| self.run.origin.node(id)).collect();
        NoResults { prompt_id: self.run.prompt_id.clone(), node: self.run.origin.node(id), reason, outputs }
    }

    /// Returns the ids of the output nodes that the server ran, as the history lists them.
    fn executed(&self) -> Vec<String> {
        json::strings(json::array(json::get(&self.entry, "prompt")).get(4))
    }
}

/// Two values are equal if they are of the same run and hold the same outputs.
impl PartialEq for Done {
    fn eq(&self, other: &Self) -> bool {
        self.0.run.prompt_id == other.0.run.prompt_id && self.0.outputs == other.0.outputs
    }
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Done").field("prompt_id", &self.0.run.prompt_id).field("outputs", &self.0.outputs).finish()
    }
}
