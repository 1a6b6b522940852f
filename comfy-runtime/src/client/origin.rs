//! The nodes of a submitted workflow, by which messages name the source lines of nodes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;

use crate::out::Handle;
use crate::workflow::Workflow;

/// A node as the program knows it, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// The node id: the name that the node is bound to in `workflow!`.
    pub id: String,
    /// The class; empty if neither the workflow nor the server names it.
    pub class: String,
    /// The title, if the workflow has one for the node.
    pub title: Option<String>,
    /// The source line of the node; `None` for a node that was read from JSON.
    pub location: Option<&'static Location<'static>>,
}

impl fmt::Display for NodeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node `{}`", self.id)?;
        match (self.class.as_str(), &self.title) {
            ("", _) => {}
            (class, Some(title)) => write!(f, " ({class} {title:?})")?,
            (class, None) => write!(f, " ({class})")?,
        }
        self.location.map_or(Ok(()), |location| write!(f, " at {location}"))
    }
}

/// The nodes of a workflow that was submitted.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// The number of the graph that handles of the workflow carry.
    graph: Option<u32>,
    /// The node ids, by the index that a handle holds.
    ids: Vec<String>,
    nodes: HashMap<String, NodeInfo>,
}

impl Origin {
    pub(crate) fn new<T>(workflow: &Workflow<T>) -> Self {
        let nodes = workflow.nodes().map(|node| {
            let info = NodeInfo {
                id: node.id().to_owned(),
                class: node.class().into_owned(),
                title: node.title().map(Cow::into_owned),
                location: node.location(),
            };
            (info.id.clone(), info)
        });
        let nodes = nodes.collect();
        let (graph, ids) = workflow.handles();
        Self { graph, ids, nodes }
    }

    /// Returns the node of this id.
    ///
    /// If the workflow does not have the node, another node expanded to it (`<parent>.<call>.<graph>.<n>`), and only
    /// its id is known.
    pub(crate) fn node(&self, id: &str) -> NodeInfo {
        self.nodes.get(id).cloned().unwrap_or_else(|| NodeInfo {
            id: id.to_owned(),
            class: String::new(),
            title: None,
            location: None,
        })
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.nodes.contains_key(id)
    }

    /// Returns the ids of the nodes of each class.
    pub(crate) fn ids_by_class(&self) -> HashMap<&str, Vec<String>> {
        let mut classes: HashMap<&str, Vec<String>> = HashMap::new();
        for node in self.nodes.values() {
            classes.entry(&node.class).or_default().push(node.id.clone());
        }
        classes
    }

    pub(crate) fn class(&self, id: &str) -> Option<&str> {
        self.nodes.get(id).map(|node| node.class.as_str())
    }
}

/// A value that names a node of a workflow: a handle from `workflow!`, or the node's id.
pub trait NodeKey: sealed::Sealed {
    /// Returns the node id, or a description of the key if the workflow has no such node.
    #[doc(hidden)]
    fn id_in(&self, origin: &OriginRef<'_>) -> Result<String, String>;
}

/// The nodes of a workflow, for [`NodeKey`].
#[doc(hidden)]
#[derive(Debug)]
pub struct OriginRef<'o>(pub(crate) &'o Origin);

impl<H: Handle> NodeKey for &H {
    fn id_in(&self, origin: &OriginRef<'_>) -> Result<String, String> {
        let node = self.node();
        let id = origin.0.ids.get(node.index as usize).filter(|_| origin.0.graph == Some(node.graph));
        id.cloned().ok_or_else(|| "this handle".to_owned())
    }
}

impl NodeKey for &str {
    fn id_in(&self, origin: &OriginRef<'_>) -> Result<String, String> {
        if origin.0.contains(self) { Ok((*self).to_owned()) } else { Err(format!("{self:?}")) }
    }
}

impl NodeKey for &String {
    fn id_in(&self, origin: &OriginRef<'_>) -> Result<String, String> {
        self.as_str().id_in(origin)
    }
}

mod sealed {
    /// Prevents implementations outside of this module.
    pub trait Sealed {}
    impl<H: crate::out::Handle> Sealed for &H {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}
