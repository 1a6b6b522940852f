//! A finished workflow and its JSON.

mod bytes;
mod read;
mod serialize;
mod set;
mod walk;

pub use read::ParseWorkflowError;
pub use set::SetError;

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use crate::graph::error::GraphWarning;
use crate::graph::ids::renumber;
use crate::graph::store::{Body, NodeRecord, Store, title_in};
use crate::graph::unused::unused;
use crate::out::Handle;
use crate::slot::{Slot, Value};

/// A complete workflow: the `prompt` of `POST /prompt`, and the outputs that the program wants back.
///
/// `T` is the type of the last expression of `workflow!`: an output, a tuple of outputs, or a struct of outputs. After a
/// run, these handles find the results.
///
/// A workflow is serialized to ComfyUI's API format by [`to_json`](Self::to_json), which is fast, or by serde. A
/// `Workflow<()>` can also be deserialized from that format. It then writes back the exact text of every node: unknown
/// keys, `_meta`, any id, any number.
///
/// ```
/// # fn main() -> Result<(), comfy_runtime::ParseWorkflowError> {
/// use comfy_runtime::Workflow;
///
/// let workflow = Workflow::from_json(r#"{"3": {"class_type": "PreviewAny", "inputs": {"source": "a cat"}}}"#)?;
/// assert_eq!(workflow.node("3").map(|node| node.class()).as_deref(), Some("PreviewAny"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Workflow<T = ()> {
    /// The value of the workflow's last expression.
    pub outputs: T,
    /// The graph that the handles belong to; `None` for a workflow that was read.
    graph: Option<u32>,
    store: Store,
}

/// The outputs are omitted, so that structs of outputs need not implement `Debug`.
impl<T> fmt::Debug for Workflow<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<NodeView<'_>> = self.nodes().collect();
        f.debug_struct("Workflow").field("nodes", &nodes).finish_non_exhaustive()
    }
}

/// One node of a workflow.
#[derive(Clone, Copy)]
pub struct NodeView<'a> {
    store: &'a Store,
    record: &'a NodeRecord,
}

impl<T> Workflow<T> {
    pub(crate) fn built(graph: u32, store: Store, outputs: T) -> Self {
        Self { outputs, graph: Some(graph), store }
    }

    /// Returns the workflow in API format, as compact JSON.
    ///
    /// The same workflow always yields the same bytes: nodes are in the order of construction, inputs in the order of
    /// the schema.
    pub fn to_json(&self) -> String {
        bytes::write(&self.store)
    }

    /// Returns the workflow in API format, as JSON indented by two spaces.
    pub fn to_json_pretty(&self) -> String {
        // Writing to memory fails only if a value refuses to be serialized, which none of these does.
        serde_json::to_string_pretty(self).unwrap_or_else(|_| self.to_json())
    }

    /// Returns the warnings about the workflow: nodes that no output node needs, and branches that are not the
    /// value of any input.
    ///
    /// They are computed at each call, so that programs that do not need them pay nothing. A workflow that was read from
    /// JSON has no warnings.
    pub fn warnings(&self) -> Vec<GraphWarning> {
        unused(&self.store)
    }

    /// Returns the nodes, in the order of the JSON.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<'_>> {
        self.store
            .nodes
            .iter()
            .filter(|record| !record.is_branch())
            .map(|record| NodeView { store: &self.store, record })
    }

    /// Returns the node with this id.
    pub fn node(&self, id: &str) -> Option<NodeView<'_>> {
        self.nodes().find(|node| node.id() == id)
    }

    /// Returns the id of the node that a handle refers to, or `None` if the handle belongs to another graph.
    pub fn id_of(&self, handle: &impl Handle) -> Option<&str> {
        let node = handle.node();
        if self.graph != Some(node.graph) {
            return None;
        }
        Some(self.store.id_of(node.index))
    }

    /// Returns the graph that the handles belong to, and the id of every node and branch by the index in a handle.
    #[cfg(feature = "client")]
    pub(crate) fn handles(&self) -> (Option<u32>, Vec<String>) {
        let ids = self.store.nodes.iter().map(|record| self.store.ids.get(record.id).to_owned());
        (self.graph, ids.collect())
    }

    /// Returns the workflow with other outputs, computed from the current ones.
    pub fn map<U>(self, outputs: impl FnOnce(T) -> U) -> Workflow<U> {
        Workflow { outputs: outputs(self.outputs), graph: self.graph, store: self.store }
    }

    /// Returns the workflow with a title for every node, sent as `_meta.title`. A node without a title of its own gets
    /// the title that the editor gives its class.
    ///
    /// The nodes of a workflow that was read from JSON do not change.
    #[must_use]
    pub fn with_titles(mut self) -> Self {
        self.store.titles = true;
        self
    }

    /// Returns the workflow with the ids `1`, `2`, … in the order of construction, as the editor numbers nodes.
    ///
    /// A workflow that was read from JSON does not change, because its links are not parsed.
    #[must_use]
    pub fn with_numeric_ids(mut self) -> Self {
        if self.graph.is_some() {
            renumber(&mut self.store);
        }
        self
    }
}

impl fmt::Debug for NodeView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id(), self.class())
    }
}

impl<'a> NodeView<'a> {
    /// Returns the id of the node.
    pub fn id(self) -> &'a str {
        self.store.ids.get(self.record.id)
    }

    /// Returns the class of the node, or an empty string if the node was read from JSON without one.
    pub fn class(self) -> Cow<'a, str> {
        self.record.class()
    }

    /// Returns the title that is sent as `_meta.title`: the node's own, or that of its class if the workflow has
    /// [titles](Workflow::with_titles). `None` stands for no title or an empty one.
    pub fn title(self) -> Option<Cow<'a, str>> {
        let body = &self.record.body;
        match (body, body.meta()) {
            (Body::Verbatim(node), _) => node.title().map(Cow::Owned),
            (_, Some(Slot(Value::Json(meta)))) => title_in(meta).map(Cow::Owned),
            _ => self.store.title_of(self.record).filter(|title| !title.is_empty()).map(Cow::Borrowed),
        }
    }

    /// Returns whether the node may save or show something. It may if its class is unknown.
    #[cfg(feature = "client")]
    pub(crate) fn may_be_output(self) -> bool {
        self.record.is_output()
    }

    /// Returns the source location that placed the node, or `None` for a node that was read from JSON.
    pub fn location(self) -> Option<&'static Location<'static>> {
        match self.record.body {
            Body::Verbatim(_) => None,
            _ => Some(self.record.at),
        }
    }
}
