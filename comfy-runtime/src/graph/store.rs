//! What a graph holds: flat lists, so that building one costs few allocations.

use std::borrow::Cow;
use std::panic::Location;

use serde_json::value::RawValue;

use crate::desc::Desc;
use crate::slot::Slot;

/// Nodes and their inputs, in the order of construction.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    pub(crate) nodes: Vec<NodeRecord>,
    pub(crate) entries: Vec<Entry>,
}

impl Default for Store {
    fn default() -> Self {
        // A small workflow fits without growing.
        Self { nodes: Vec::with_capacity(8), entries: Vec::with_capacity(32) }
    }
}

/// One node, or one branch of a dynamic combo.
#[derive(Debug, Clone)]
pub(crate) struct NodeRecord {
    pub(crate) body: Body,
    /// Where in the source it was placed.
    pub(crate) at: &'static Location<'static>,
    /// The variable it is bound to.
    pub(crate) binding: Option<&'static str>,
    /// The id its author chose, or, once the graph is finished, the id it has.
    pub(crate) id: Option<Cow<'static, str>>,
    pub(crate) title: Option<Box<str>>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Its literal is still being evaluated.
    Open,
    /// A node of the generated code; its inputs are entries.
    Typed(Desc),
    /// A node of a class that the generated code does not have.
    Raw(Box<RawBody>),
    /// A node that was read from JSON, kept to the letter.
    Verbatim(Box<RawValue>),
}

/// A node of a class that the generated code does not have.
#[derive(Debug, Clone)]
pub(crate) struct RawBody {
    pub(crate) class: String,
    pub(crate) inputs: Vec<(String, Slot)>,
}

/// The value of one input of a typed node.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) node: u32,
    /// Its index in the descriptor.
    pub(crate) input: u16,
    pub(crate) slot: Slot,
}

impl Store {
    /// The inputs of a node. Needs the entries sorted by node.
    pub(crate) fn entries_of(&self, node: u32) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.node < node);
        let rest = self.entries.get(start..).unwrap_or_default();
        let len = rest.iter().take_while(|entry| entry.node == node).count();
        rest.get(..len).unwrap_or_default()
    }

    pub(crate) fn node(&self, index: u32) -> Option<&NodeRecord> {
        self.nodes.get(index as usize)
    }

    pub(crate) fn id_of(&self, index: u32) -> &str {
        self.node(index).and_then(|node| node.id.as_deref()).unwrap_or_default()
    }

    /// Sorts the inputs by node. Only a node that is placed while the inputs of another are read needs it.
    pub(crate) fn sort_entries(&mut self) {
        if !self.entries.is_sorted_by_key(|entry| entry.node) {
            self.entries.sort_by_key(|entry| entry.node);
        }
    }
}

impl NodeRecord {
    /// The class name; of a branch, its key.
    pub(crate) fn class(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Open => Cow::Borrowed(""),
            Body::Typed(desc) => Cow::Borrowed(desc.class()),
            Body::Raw(raw) => Cow::Borrowed(&raw.class),
            Body::Verbatim(json) => Cow::Owned(class_of(json)),
        }
    }

    pub(crate) fn is_branch(&self) -> bool {
        matches!(&self.body, Body::Typed(desc) if desc.is_branch())
    }

    /// Whether it is a root of execution. Of a raw node nobody knows, so it may be one.
    pub(crate) fn is_output(&self) -> bool {
        match &self.body {
            Body::Typed(desc) => desc.is_output_node(),
            Body::Raw(_) | Body::Verbatim(_) => true,
            Body::Open => false,
        }
    }
}

/// The class of a node read from JSON; empty if it says none.
fn class_of(json: &RawValue) -> String {
    let node: serde_json::Value = serde_json::from_str(json.get()).unwrap_or_default();
    node.get("class_type").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
