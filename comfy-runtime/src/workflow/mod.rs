//! A finished workflow and its JSON.

mod bytes;
mod read;
mod serialize;
mod walk;

pub use read::ReadError;

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use crate::graph::Warning;
use crate::graph::finish::unused;
use crate::graph::store::{Body, NodeRecord, Store};
use crate::out::Handle;

/// A complete workflow: what `POST /prompt` takes as `prompt`, and what the program wants back from it.
///
/// `T` is what the block of `workflow!` gave: an output, a tuple of outputs, a struct of them. After a run the same
/// handles find the results.
///
/// It serialises to ComfyUI's API format with [`to_json`](Self::to_json) (the fast way) or with serde. A `Workflow<()>`
/// also deserialises from that format, and writes back every node to the letter: unknown keys, `_meta`, any id, any
/// number.
///
/// ```
/// # fn main() -> Result<(), comfy_runtime::ReadError> {
/// use comfy_runtime::Workflow;
///
/// let workflow = Workflow::from_json(r#"{"3": {"class_type": "PreviewAny", "inputs": {"source": "a cat"}}}"#)?;
/// assert_eq!(workflow.node("3").map(|node| node.class()).as_deref(), Some("PreviewAny"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Workflow<T = ()> {
    /// What the workflow's last expression gave.
    pub outputs: T,
    /// Which graph the handles belong to; none for a workflow that was read.
    graph: Option<u32>,
    store: Store,
}

/// Whatever the outputs are: structs of outputs need no `Debug`.
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

    /// The workflow in API format, compact.
    ///
    /// The same workflow always gives the same bytes: nodes in the order of construction, inputs in the order of the
    /// schema.
    pub fn to_json(&self) -> String {
        bytes::write(&self.store)
    }

    /// The workflow in API format, indented by two spaces.
    pub fn to_json_pretty(&self) -> String {
        // Writing to memory fails only where a value refuses to serialise, and none of ours does.
        serde_json::to_string_pretty(self).unwrap_or_else(|_| self.to_json())
    }

    /// What is odd about the workflow: nodes that no output needs, branches given to no input.
    ///
    /// Worked out anew at each call, so that a program that does not ask pays nothing. A workflow that was read has none.
    pub fn warnings(&self) -> Vec<Warning> {
        unused(&self.store)
    }

    /// The nodes, in the order of the JSON.
    pub fn nodes(&self) -> impl Iterator<Item = NodeView<'_>> {
        self.store
            .nodes
            .iter()
            .filter(|record| !record.is_branch())
            .map(|record| NodeView { store: &self.store, record })
    }

    /// The node with this id.
    pub fn node(&self, id: &str) -> Option<NodeView<'_>> {
        self.nodes().find(|node| node.id() == id)
    }

    /// The id of the node that a handle stands for; `None` if the handle is another graph's.
    pub fn id_of(&self, handle: &impl Handle) -> Option<&str> {
        let node = handle.node();
        if self.graph != Some(node.graph) {
            return None;
        }
        Some(self.store.id_of(node.index))
    }

    /// Which graph the handles belong to, and the id of every node and branch by the index that a handle holds.
    #[cfg(feature = "client")]
    pub(crate) fn handles(&self) -> (Option<u32>, Vec<String>) {
        let ids = self.store.nodes.iter().map(|record| self.store.ids.get(record.id).to_owned());
        (self.graph, ids.collect())
    }

    /// The same workflow with other outputs, made from the present ones.
    pub fn map<U>(self, outputs: impl FnOnce(T) -> U) -> Workflow<U> {
        Workflow { outputs: outputs(self.outputs), graph: self.graph, store: self.store }
    }

    /// The same workflow with a title for every node, sent as `_meta.title`, as the editor does: where the program gave
    /// none, what the editor calls the class.
    ///
    /// Only for a workflow that was built; one that was read has the titles that it had.
    #[must_use]
    pub fn with_titles(mut self) -> Self {
        self.store.titles = true;
        self
    }

    /// The same workflow with the ids `1`, `2`, … in the order of construction, as the editor numbers nodes.
    ///
    /// Only for a workflow that was built: the links inside one that was read are not looked at, so it stays as it is.
    #[must_use]
    pub fn with_numeric_ids(mut self) -> Self {
        if self.graph.is_some() {
            crate::graph::renumber(&mut self.store);
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
    /// Its id.
    pub fn id(self) -> &'a str {
        self.store.ids.get(self.record.id)
    }

    /// Its class; empty if it was read from JSON that gives none.
    pub fn class(self) -> Cow<'a, str> {
        self.record.class()
    }

    /// Its title, where the program gave one or asked for [titles](Workflow::with_titles).
    pub fn title(self) -> Option<&'a str> {
        self.store.title_of(self.record)
    }

    /// The line of the program that placed it; `None` for a node that was read from JSON.
    pub fn location(self) -> Option<&'static Location<'static>> {
        match self.record.body {
            Body::Verbatim(_) => None,
            _ => Some(self.record.at),
        }
    }
}
