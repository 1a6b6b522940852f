//! The editor's file as a typed, tolerant model: the parts that a conversion needs, in the file's order.

mod fields;
mod parse;

use std::collections::HashMap;
use std::fmt;

use comfy_schema::{Map, Text, Value};

use crate::limits::{MAX_NAME_DEPTH, MAX_NAMES};

/// A workflow in UI format (0.4 or v1), as [`read`](crate::read) or [`UiWorkflow::from_value`] returns it.
///
/// Only the parts that a conversion needs are kept; positions, colours and groups are not.
#[derive(Debug, Clone)]
pub struct UiWorkflow {
    /// The root graph.
    pub(crate) root: UiGraph,
    /// All subgraph definitions: those of the file first, in its order, then those nested in definitions.
    pub(crate) subgraphs: Vec<UiSubgraph>,
    /// The definitions of group nodes by name: `extra.groupNodes`.
    pub(crate) group_nodes: Map,
    /// The highest node id in use so far, according to the file.
    pub(crate) last_node_id: i128,
    /// Messages about the parts of the file that were ignored.
    pub(crate) ignored: Vec<String>,
}

impl UiWorkflow {
    /// Returns the number of nodes, including those in subgraph definitions.
    pub fn node_count(&self) -> usize {
        self.root.nodes.len() + self.subgraphs.iter().map(|subgraph| subgraph.graph.nodes.len()).sum::<usize>()
    }

    /// Returns the path and the name of every copy of a subgraph. The path, such as `12` or `12:5`, is the part of the
    /// ids of its nodes in a prompt that comes before the last colon. The name is the title of the instance, or else
    /// the name of the definition.
    pub fn subgraph_names(&self) -> Vec<(String, String)> {
        let definitions: HashMap<&str, &UiSubgraph> =
            self.subgraphs.iter().map(|subgraph| (subgraph.id.as_str(), subgraph)).collect();
        let mut names = Vec::new();
        let mut graphs = vec![(String::new(), &self.root, 0)];
        while let Some((prefix, graph, depth)) = graphs.pop() {
            for node in &graph.nodes {
                let Some(&definition) = definitions.get(node.class.as_str()) else { continue };
                // The number of copies can grow exponentially with the depth, and in a hostile file a subgraph may
                // contain itself.
                if names.len() >= MAX_NAMES || depth >= MAX_NAME_DEPTH {
                    return names;
                }
                let path = format!("{prefix}{}", node.id);
                let name = node.title.as_ref().unwrap_or(&definition.name);
                names.push((path.clone(), name.to_string()));
                graphs.push((format!("{path}:"), &definition.graph, depth + 1));
            }
        }
        names
    }

    /// Returns the classes of all nodes, in the file's order, with repetitions. The class of a subgraph instance is its
    /// definition's id.
    pub fn classes(&self) -> impl Iterator<Item = &Text> {
        let graphs = std::iter::once(&self.root).chain(self.subgraphs.iter().map(|subgraph| &subgraph.graph));
        graphs.flat_map(|graph| graph.nodes.iter().map(|node| &node.class))
    }
}

/// The nodes and links of one graph.
#[derive(Debug, Clone, Default)]
pub(crate) struct UiGraph {
    pub(crate) nodes: Vec<UiNode>,
    pub(crate) links: Vec<UiLink>,
}

/// A subgraph definition.
#[derive(Debug, Clone)]
pub(crate) struct UiSubgraph {
    /// The definition's id, which is the type of its instances.
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) inputs: Vec<UiPort>,
    pub(crate) outputs: Vec<UiPort>,
    pub(crate) graph: UiGraph,
    /// Whether the definition is nested in another one's `definitions`.
    pub(crate) nested: bool,
}

/// An input or output of a subgraph definition.
#[derive(Debug, Clone)]
pub(crate) struct UiPort {
    pub(crate) name: Text,
    pub(crate) kind: Text,
    pub(crate) link_ids: Vec<LinkId>,
}

/// A node as it was saved.
#[derive(Debug, Clone)]
pub(crate) struct UiNode {
    /// The node's id as text, which is how ids are compared.
    pub(crate) id: Text,
    /// The node's id, if it was saved as a number.
    pub(crate) number: Option<i128>,
    /// The node's class, `type` in the file.
    pub(crate) class: Text,
    /// The node's title, if it is a text that is not empty.
    pub(crate) title: Option<Text>,
    pub(crate) mode: Mode,
    pub(crate) inputs: Vec<UiInput>,
    pub(crate) outputs: Vec<UiOutput>,
    pub(crate) values: Saved,
    pub(crate) properties: Map,
}

/// An input as it was saved.
#[derive(Debug, Clone)]
pub(crate) struct UiInput {
    pub(crate) name: Text,
    pub(crate) kind: Text,
    pub(crate) link: Option<LinkId>,
    /// The user's name for the input, which only group nodes need.
    pub(crate) label: Option<Text>,
    /// The name in the input's `widget` entry, if it has one.
    pub(crate) widget: Option<Text>,
}

/// An output as it was saved.
#[derive(Debug, Clone)]
pub(crate) struct UiOutput {
    pub(crate) kind: Text,
    pub(crate) links: Vec<LinkId>,
}

/// The saved values of widgets, `widgets_values` in the file.
#[derive(Debug, Clone, Default)]
pub(crate) enum Saved {
    #[default]
    None,
    /// The values in the order of the widgets.
    List(Vec<Value>),
    /// Values by name, which only the script of the node's pack can read.
    Named,
}

/// The treatment of a node when the workflow is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// The node runs (mode 0, 1, 3 and any unknown mode).
    #[default]
    Always,
    /// The node does not run, and the links from it are dropped (mode 2).
    Muted,
    /// The node does not run, and its links pass through it (mode 4).
    Bypassed,
}

impl Mode {
    /// Returns whether the node is part of the prompt.
    pub(crate) fn runs(self) -> bool {
        self == Self::Always
    }
}

/// A link as it was saved.
#[derive(Debug, Clone)]
pub(crate) struct UiLink {
    pub(crate) id: LinkId,
    pub(crate) origin: Text,
    pub(crate) origin_slot: usize,
    pub(crate) target: Text,
    pub(crate) target_slot: usize,
}

/// The id of a link. The number `7` and the text `"7"` are different ids.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum LinkId {
    /// A number, as the bits of a 64-bit float.
    Number(u64),
    /// A text, or the JSON of anything else.
    Text(Text),
}

impl LinkId {
    pub(crate) fn number(value: f64) -> Self {
        // Zero has two signs and is one id.
        Self::Number(if value == 0.0 { 0 } else { value.to_bits() })
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(bits) => write!(f, "{}", f64::from_bits(*bits)),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}
