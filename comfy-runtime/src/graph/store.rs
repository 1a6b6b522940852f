//! What a graph holds: flat lists, so that building one costs few allocations.

use std::borrow::Cow;
use std::panic::Location;

use serde_json::value::RawValue;

use super::ids::{Id, Ids};
use super::site::Literal;
use crate::desc::{Desc, Table};
use crate::slot::Slot;

/// Nodes and their inputs, in the order of construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) nodes: Vec<NodeRecord>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) ids: Ids,
    /// Nodes without a title of their own are sent with the editor's.
    pub(crate) titles: bool,
}

/// One node, or one branch of a dynamic combo. Kept to one cache line: every pass over a large graph reads it.
#[derive(Debug, Clone)]
pub(crate) struct NodeRecord {
    pub(crate) body: Body,
    /// Where in the source it was placed.
    pub(crate) at: &'static Location<'static>,
    /// What was known of it when the program compiled.
    pub(crate) literal: &'static Literal,
    /// An id and a title that were computed.
    pub(crate) own: Option<Box<OwnLabel>>,
    /// Its id, once the graph is finished.
    pub(crate) id: Id,
    /// Where its entries begin, and how many they are, once the graph is finished.
    pub(crate) entries: (u32, u32),
}

/// A label that was computed, for nodes that are built without the macro.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnLabel {
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// Its literal is still being evaluated.
    Open,
    /// A node of the generated code; its inputs are entries.
    Placed(&'static Desc),
    /// The same, once the graph is finished.
    Typed(&'static Table),
    /// A node of a class that the generated code does not have.
    Raw(Box<RawBody>),
    /// A node that was read from JSON, kept to the letter.
    Verbatim(Box<Verbatim>),
}

/// A node that was read from JSON.
#[derive(Debug, Clone)]
pub(crate) struct Verbatim {
    pub(crate) json: Box<RawValue>,
}

/// A node of a class that the generated code does not have.
#[derive(Debug, Clone)]
pub(crate) struct RawBody {
    pub(crate) class: String,
    /// The class is only what the node is called here, and not sent.
    pub(crate) anonymous: bool,
    pub(crate) inputs: Vec<(String, Slot)>,
    /// The whole of `_meta`.
    pub(crate) meta: Option<Slot>,
}

/// The value of one input of a typed node.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) node: u32,
    /// Its index in the descriptor.
    pub(crate) input: u16,
    pub(crate) slot: Slot,
}

impl Body {
    /// Whether its class is not sent.
    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self, Self::Raw(raw) if raw.anonymous)
    }

    /// The whole of `_meta`, where the program gave it.
    pub(crate) fn meta(&self) -> Option<&Slot> {
        match self {
            Self::Raw(raw) => raw.meta.as_ref(),
            _ => None,
        }
    }
}

impl Store {
    /// An empty store with room for a small workflow.
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::with_capacity(8), entries: Vec::with_capacity(32), ..Self::default() }
    }

    /// A store of nodes that were read.
    pub(crate) fn verbatim(nodes: Vec<NodeRecord>, ids: Ids) -> Self {
        Self { nodes, ids, ..Self::default() }
    }

    /// Brings the inputs into the order of nodes and descriptors, and notes where those of each node begin.
    pub(crate) fn index(&mut self) {
        // Only a node that was placed while the inputs of another were read stands out of order.
        if !self.entries.is_sorted_by_key(|entry| entry.node) {
            self.entries.sort_by_key(|entry| entry.node);
        }
        let mut rest = self.entries.as_mut_slice();
        let mut start = 0;
        for (index, node) in (0..).zip(&mut self.nodes) {
            let count = rest.iter().take_while(|entry| entry.node == index).count();
            let (own, others) = rest.split_at_mut(count);
            if !own.is_sorted_by_key(|entry| entry.input) {
                own.sort_by_key(|entry| entry.input);
            }
            rest = others;
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            node.entries = (start, count);
            start += count;
        }
    }

    /// The inputs of a node, in the order of its descriptor.
    #[inline]
    pub(crate) fn entries_of(&self, node: &NodeRecord) -> &[Entry] {
        let (start, count) = node.entries;
        self.entries.get(start as usize..(start + count) as usize).unwrap_or_default()
    }

    /// The title that is sent with a node.
    #[inline]
    pub(crate) fn title_of<'a>(&self, node: &'a NodeRecord) -> Option<&'a str> {
        match (&node.body, node.title()) {
            (Body::Typed(table), None) if self.titles => Some(table.desc.title()),
            (_, title) => title,
        }
    }

    /// The id of a node; empty if it has none.
    pub(crate) fn id_of(&self, index: u32) -> &str {
        self.node(index).map_or("", |node| self.ids.get(node.id))
    }

    pub(crate) fn node(&self, index: u32) -> Option<&NodeRecord> {
        self.nodes.get(index as usize)
    }
}

impl NodeRecord {
    #[inline]
    pub(crate) fn new(literal: &'static Literal, at: &'static Location<'static>) -> Self {
        Self { body: Body::Open, at, literal, own: None, id: Id::default(), entries: (0, 0) }
    }

    /// The class name; of a branch, its key.
    pub(crate) fn class(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Open => Cow::Borrowed(""),
            Body::Placed(desc) => Cow::Borrowed(desc.class()),
            Body::Typed(table) => Cow::Borrowed(table.desc.class()),
            Body::Raw(raw) => Cow::Borrowed(&raw.class),
            Body::Verbatim(node) => Cow::Owned(class_of(&node.json)),
        }
    }

    pub(crate) fn title(&self) -> Option<&str> {
        self.own.as_ref().and_then(|own| own.title.as_deref()).or(self.literal.title)
    }

    #[inline]
    pub(crate) fn is_branch(&self) -> bool {
        matches!(&self.body, Body::Typed(table) if table.is_branch)
    }

    /// Whether it is a root of execution. Of a raw node nobody knows, so it may be one.
    #[inline]
    pub(crate) fn is_output(&self) -> bool {
        match &self.body {
            Body::Typed(table) => table.is_output,
            Body::Raw(_) | Body::Verbatim(_) => true,
            Body::Open | Body::Placed(_) => false,
        }
    }
}

/// The class of a node read from JSON; empty if it says none.
fn class_of(json: &RawValue) -> String {
    let node: serde_json::Value = serde_json::from_str(json.get()).unwrap_or_default();
    node.get("class_type").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
