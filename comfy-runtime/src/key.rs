//! Values that name a node of a workflow.

use std::fmt;

use crate::out::{Handle, NodeRef};

/// Maximum number of characters of an id that a message shows.
const MAX_ID_CHARS: usize = 40;

/// Maximum number of nodes that a message lists.
const MAX_NODES: usize = 12;

/// A value that names a node of a workflow: a handle from `workflow!`, or the node's id.
pub trait NodeKey: sealed::Sealed {
    #[doc(hidden)]
    fn key(&self) -> Key<'_>;
}

/// A handle or an id.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Key<'k> {
    Handle(NodeRef),
    Id(&'k str),
}

impl<H: Handle> NodeKey for &H {
    fn key(&self) -> Key<'_> {
        Key::Handle(self.node())
    }
}

impl NodeKey for &str {
    fn key(&self) -> Key<'_> {
        Key::Id(self)
    }
}

impl NodeKey for &String {
    fn key(&self) -> Key<'_> {
        Key::Id(self.as_str())
    }
}

/// The error of a handle that belongs to another workflow, or of an id that no node of the workflow has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownNode {
    /// The id; `None` for a handle.
    pub id: Option<String>,
    /// Whether the workflow has handles at all: one that was read from JSON has none.
    pub has_handles: bool,
    /// The ids of the nodes of the workflow.
    pub nodes: Vec<String>,
}

impl UnknownNode {
    pub(crate) fn new(key: &Key<'_>, has_handles: bool, nodes: Vec<String>) -> Self {
        let id = match key {
            Key::Handle(_) => None,
            Key::Id(id) => Some((*id).to_owned()),
        };
        Self { id, has_handles, nodes }
    }
}

impl fmt::Display for UnknownNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.id, self.has_handles) {
            (Some(id), _) => write!(f, "no node of the workflow has the id {}", shown(id))?,
            (None, true) => f.write_str(
                "the handle belongs to another workflow; take it from the workflow that was built or submitted here",
            )?,
            (None, false) => f.write_str(
                "the handle belongs to another workflow; this one was read from JSON, so that its nodes are named by id",
            )?,
        }
        f.write_str("; the workflow has the nodes ")?;
        for (index, id) in self.nodes.iter().take(MAX_NODES).enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, shown(id))?;
        }
        if self.nodes.len() > MAX_NODES { write!(f, " and {} more", self.nodes.len() - MAX_NODES) } else { Ok(()) }
    }
}

impl std::error::Error for UnknownNode {}

/// Returns an id as messages show it: shortened, in quotes, and with escapes.
fn shown(id: &str) -> String {
    let short: String = id.chars().take(MAX_ID_CHARS).collect();
    if short.len() < id.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

mod sealed {
    /// Prevents implementations outside of this module.
    pub trait Sealed {}
    impl<H: crate::out::Handle> Sealed for &H {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}
