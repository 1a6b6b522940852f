//! The content of a graph, in flat lists, so that building a graph takes few allocations.

use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::Location;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::desc::{Desc, Literal, Table};
use crate::slot::Slot;
use crate::text::{is_plain, push_number};

/// Nodes and their inputs, in the order of construction.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    pub(crate) nodes: Vec<NodeRecord>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) ids: Ids,
    /// Whether nodes without a title of their own are sent with the editor's title for their class.
    pub(crate) titles: bool,
}

/// One node, or one branch of a dynamic combo. It fits into one cache line, because every pass over a graph reads it.
#[derive(Debug, Clone)]
pub(crate) struct NodeRecord {
    pub(crate) body: Body,
    /// The source location at which the node was placed.
    pub(crate) at: &'static Location<'static>,
    /// The node literal, or [`NO_LITERAL`](crate::desc::NO_LITERAL).
    pub(crate) literal: &'static Literal,
    /// An id and a title set at run time.
    pub(crate) own: Option<Box<OwnLabel>>,
    /// The id of the node, once the graph is finished.
    pub(crate) id: Id,
    /// The index of the node's first entry and the number of its entries, once the graph is finished.
    pub(crate) entries: (u32, u32),
}

/// An id and a title set at run time, for nodes that are built without the macro.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnLabel {
    pub(crate) id: Option<String>,
    pub(crate) title: Option<String>,
}

/// The class of a node, and its content where that is not stored in entries.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// A node whose literal is still being evaluated.
    Open,
    /// A node of the generated code. Its inputs are entries.
    Placed(&'static Desc),
    /// A node of the generated code in a finished graph.
    Typed(&'static Table),
    /// A node of a class that the generated code does not have.
    Raw(Box<RawBody>),
    /// A node that was read from JSON and is written back unchanged.
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
    /// Whether `class_type` is omitted: the class then only names the node in ids and messages.
    pub(crate) anonymous: bool,
    pub(crate) inputs: Vec<(String, Slot)>,
    /// The whole `_meta` object.
    pub(crate) meta: Option<Slot>,
}

/// The value of one input of a typed node.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) node: u32,
    /// The index of the input in the descriptor.
    pub(crate) input: u16,
    pub(crate) slot: Slot,
}

/// The position of a node's id in the [`Ids`] of its store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Id {
    start: u32,
    /// The length in bytes with the quotes; 0 for a branch or a node without an id.
    len: u32,
}

impl Id {
    /// Returns whether the node has no id.
    pub(crate) fn is_none(self) -> bool {
        self.len == 0
    }
}

/// The ids of all nodes, each in quotes, one after another in one string. Separate strings would need an allocation
/// each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    text: String,
    /// Whether some id contains characters that JSON must escape.
    escapes: bool,
}

impl Ids {
    /// Reserves room for the ids of this many nodes.
    pub(crate) fn reserve(&mut self, nodes: usize) {
        const TYPICAL: usize = 20;
        self.text.reserve(nodes * TYPICAL);
    }

    /// Appends an id that may be any string.
    pub(crate) fn push_any(&mut self, id: &str) -> Id {
        self.escapes |= !is_plain(id);
        self.push(id, None)
    }

    /// Appends an id that needs no JSON escapes: a name, with a number unless the node is the first of that name.
    pub(crate) fn push(&mut self, name: &str, number: Option<u32>) -> Id {
        let start = self.text.len();
        self.text.push('"');
        self.text.push_str(name);
        if let Some(number) = number {
            push_number(&mut self.text, number);
        }
        self.text.push('"');
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Id { start: place(start), len: place(self.text.len() - start) }
    }

    /// Returns an id without quotes.
    pub(crate) fn get(&self, id: Id) -> &str {
        let quoted = self.quoted(id);
        quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
    }

    /// Returns an id in quotes, without escapes.
    fn quoted(&self, id: Id) -> &str {
        self.text.get(id.start as usize..(id.start + id.len) as usize).unwrap_or_default()
    }

    /// Returns an id as JSON.
    pub(crate) fn json(&self, id: Id) -> Cow<'_, str> {
        if self.escapes {
            Cow::Owned(serde_json::Value::from(self.get(id)).to_string())
        } else {
            Cow::Borrowed(self.quoted(id))
        }
    }
}

impl Body {
    /// Returns whether `class_type` is omitted.
    pub(crate) fn is_anonymous(&self) -> bool {
        matches!(self, Self::Raw(raw) if raw.anonymous)
    }

    /// Returns the whole `_meta` object of a raw node that has one.
    pub(crate) fn meta(&self) -> Option<&Slot> {
        match self {
            Self::Raw(raw) => raw.meta.as_ref(),
            _ => None,
        }
    }
}

impl Store {
    /// Creates an empty store with room for a small workflow.
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::with_capacity(8), entries: Vec::with_capacity(32), ..Self::default() }
    }

    /// Creates a store of nodes that were read from JSON.
    pub(crate) fn verbatim(nodes: Vec<NodeRecord>, ids: Ids) -> Self {
        Self { nodes, ids, ..Self::default() }
    }

    /// Sorts the entries by node and by descriptor index, and records where the entries of each node begin.
    pub(crate) fn index(&mut self) {
        // Entries are out of order only if a node was placed while the inputs of another were evaluated.
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

    /// Returns the entries of a node, in the order of its descriptor.
    #[inline]
    pub(crate) fn entries_of(&self, node: &NodeRecord) -> &[Entry] {
        let (start, count) = node.entries;
        self.entries.get(start as usize..(start + count) as usize).unwrap_or_default()
    }

    /// Returns the title that is sent with a node.
    #[inline]
    pub(crate) fn title_of<'a>(&self, node: &'a NodeRecord) -> Option<&'a str> {
        match (&node.body, node.title()) {
            (Body::Typed(table), None) if self.titles => Some(table.desc.title()),
            (_, title) => title,
        }
    }

    /// Returns the id of a node, or an empty string if it has none.
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

    /// Returns the class name, or the key of a branch.
    pub(crate) fn class(&self) -> Cow<'_, str> {
        match &self.body {
            Body::Open => Cow::Borrowed(""),
            Body::Placed(desc) => Cow::Borrowed(desc.class()),
            Body::Typed(table) => Cow::Borrowed(table.desc.class()),
            Body::Raw(raw) => Cow::Borrowed(&raw.class),
            Body::Verbatim(node) => Cow::Owned(node.class()),
        }
    }

    pub(crate) fn title(&self) -> Option<&str> {
        self.own.as_ref().and_then(|own| own.title.as_deref()).or(self.literal.title)
    }

    #[inline]
    pub(crate) fn is_branch(&self) -> bool {
        matches!(&self.body, Body::Typed(table) if table.is_branch)
    }

    /// Returns whether the node is an output node. A raw node counts as one, because its class is unknown.
    #[inline]
    pub(crate) fn is_output(&self) -> bool {
        match &self.body {
            Body::Typed(table) => table.is_output,
            Body::Raw(_) | Body::Verbatim(_) => true,
            Body::Open | Body::Placed(_) => false,
        }
    }
}

impl Verbatim {
    /// Returns the class of the node, or an empty string if the JSON has none.
    fn class(&self) -> String {
        member(self.json.get(), "class_type").unwrap_or_default()
    }

    /// Returns the title in the node's `_meta` object.
    pub(crate) fn title(&self) -> Option<String> {
        let meta: Box<RawValue> = member(self.json.get(), "_meta")?;
        title_in(meta.get())
    }
}

/// Returns the title in a `_meta` object, unless it is empty.
pub(crate) fn title_in(meta: &str) -> Option<String> {
    member(meta, "title").filter(|title: &String| !title.is_empty())
}

/// Returns a member of a JSON object. The other members may hold anything, such as numbers that no Rust type holds.
fn member<T: DeserializeOwned>(object: &str, key: &str) -> Option<T> {
    let mut members: HashMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    serde_json::from_str(members.remove(key)?.get()).ok()
}
