//! Values that name a node of a workflow.

use std::fmt;

use crate::out::{Handle, NodeRef};
use crate::shown::escaped;

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
    /// The ids of the nodes of the workflow.
    pub nodes: Vec<String>,
    /// The handle and the number of the workflow's graph, which are numbered in the order of their construction.
    handle: Option<(NodeRef, Option<u32>)>,
}

impl UnknownNode {
    pub(crate) fn new(key: &Key<'_>, graph: Option<u32>, nodes: Vec<String>) -> Self {
        match key {
            Key::Handle(node) => Self { id: None, nodes, handle: Some((*node, graph)) },
            Key::Id(id) => Self { id: Some((*id).to_owned()), nodes, handle: None },
        }
    }
}

impl fmt::Display for UnknownNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "no node of the workflow has the id {}", shown(id))?;
        }
        if let Some((node, graph)) = &self.handle {
            write!(f, "the handle belongs to node {} of graph {}, but the workflow ", node.index, node.graph)?;
            match graph {
                Some(graph) => write!(f, "is graph {graph}; take the handle from the workflow that was submitted")?,
                None => f.write_str("was read from JSON; name its nodes by id")?,
            }
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
    let quoted = escaped(format_args!("{short:?}"));
    if short.len() < id.len() { quoted + "…" } else { quoted }
}

mod sealed {
    /// Prevents implementations outside of this module.
    pub trait Sealed {}
    impl<H: crate::out::Handle> Sealed for &H {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}
