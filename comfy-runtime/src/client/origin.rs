//! The nodes of a submitted workflow, by which messages name the source lines of nodes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::panic::Location;

use comfy_schema::shown::escaped;

use crate::key::{Key, NodeKey, UnknownNode};
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
        write!(f, "node `{}`", escaped(&self.id))?;
        match (self.class.as_str(), &self.title) {
            ("", _) => {}
            (class, Some(title)) => write!(f, " ({} {})", escaped(class), escaped(format_args!("{title:?}")))?,
            (class, None) => write!(f, " ({})", escaped(class))?,
        }
        self.location.map_or(Ok(()), |location| write!(f, " at {location}"))
    }
}

/// The nodes of a workflow that was submitted.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    /// The number of the graph that handles of the workflow carry.
    graph: Option<u32>,
    /// The node ids, by the index that a handle holds; empty for a branch of a dynamic input.
    ids: Vec<String>,
    /// The node ids in the order of the workflow.
    order: Vec<String>,
    nodes: HashMap<String, NodeInfo>,
    /// The ids of the nodes whose classes are known to save and show nothing.
    no_outputs: HashSet<String>,
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
        let order = workflow.nodes().map(|node| node.id().to_owned()).collect();
        let (graph, ids) = workflow.handles();
        let no_outputs =
            workflow.nodes().filter(|node| !node.may_be_output()).map(|node| node.id().to_owned()).collect();
        Self { graph, ids, order, nodes, no_outputs }
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

    /// Returns the id of the node that a key names.
    pub(crate) fn resolve(&self, key: &impl NodeKey) -> Result<String, Box<UnknownNode>> {
        let id = match key.key() {
            Key::Handle(node) => {
                self.ids.get(node.index as usize).filter(|id| self.graph == Some(node.graph) && !id.is_empty())
            }
            Key::Id(id) => self.nodes.get(id).map(|node| &node.id),
        };
        id.cloned().ok_or_else(|| Box::new(UnknownNode::new(&key.key(), self.graph, self.order.clone())))
    }

    /// Returns the ids of the nodes of each class.
    pub(crate) fn ids_by_class(&self) -> HashMap<&str, Vec<String>> {
        let mut classes: HashMap<&str, Vec<String>> = HashMap::new();
        for node in self.nodes.values() {
            classes.entry(&node.class).or_default().push(node.id.clone());
        }
        classes
    }

    /// Returns whether a node may save or show something, as far as its class is known.
    pub(crate) fn may_be_output(&self, id: &str) -> bool {
        !self.no_outputs.contains(id)
    }

    pub(crate) fn class(&self, id: &str) -> Option<&str> {
        self.nodes.get(id).map(|node| node.class.as_str())
    }
}
