//! The editor's file as a typed, tolerant model: what a conversion needs of it, in the file's order.

mod fields;
mod parse;

use std::collections::HashMap;
use std::fmt;

use comfy_schema::{Map, Text, Value};

/// The most copies of subgraphs that get names.
const MAX_NAMES: usize = 10_000;
/// The deepest copy that gets a name.
const MAX_NAME_DEPTH: usize = 32;

/// A workflow in UI format (0.4 or v1), as [`read`](crate::read) or [`UiWorkflow::from_value`] gives it.
///
/// Only what a conversion needs is kept; positions, colours and groups are not.
#[derive(Debug, Clone)]
pub struct UiWorkflow {
    /// The root graph.
    pub(crate) root: UiGraph,
    /// All subgraph definitions: those of the file first, in its order, then those nested in definitions.
    pub(crate) subgraphs: Vec<UiSubgraph>,
    /// `extra.groupNodes`: name to definition.
    pub(crate) group_nodes: Map,
    /// The highest node id given out so far, as the file says.
    pub(crate) last_node_id: i128,
    /// What was odd and is left out.
    pub(crate) oddities: Vec<String>,
}

impl UiWorkflow {
    /// The number of nodes, those in subgraph definitions included.
    pub fn node_count(&self) -> usize {
        self.root.nodes.len() + self.subgraphs.iter().map(|subgraph| subgraph.graph.nodes.len()).sum::<usize>()
    }

    /// What each copy of a subgraph is called: by its title, else by its definition. A copy is named by the ids that lead
    /// to it, as they begin the ids of its nodes in a prompt: `12`, `12:5`.
    pub fn subgraph_names(&self) -> Vec<(String, String)> {
        let definitions: HashMap<&str, &UiSubgraph> =
            self.subgraphs.iter().map(|subgraph| (subgraph.id.as_str(), subgraph)).collect();
        let mut names = Vec::new();
        let mut graphs = vec![(String::new(), &self.root, 0)];
        while let Some((prefix, graph, depth)) = graphs.pop() {
            for node in &graph.nodes {
                let Some(&definition) = definitions.get(node.class.as_str()) else { continue };
                // Copies multiply, and a hostile file has copies in itself.
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

    /// The classes of all nodes, in the file's order, with repetitions. Subgraph instances give their definition's id.
    pub fn classes(&self) -> impl Iterator<Item = &Text> {
        let graphs = std::iter::once(&self.root).chain(self.subgraphs.iter().map(|subgraph| &subgraph.graph));
        graphs.flat_map(|graph| graph.nodes.iter().map(|node| &node.class))
    }
}

/// Nodes and links.
#[derive(Debug, Clone, Default)]
pub(crate) struct UiGraph {
    pub(crate) nodes: Vec<UiNode>,
    pub(crate) links: Vec<UiLink>,
}

/// A subgraph definition.
#[derive(Debug, Clone)]
pub(crate) struct UiSubgraph {
    /// The type of its instances.
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) inputs: Vec<UiPort>,
    pub(crate) outputs: Vec<UiPort>,
    pub(crate) graph: UiGraph,
    /// It stands in another definition's `definitions`.
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
    /// Its id as text, which is how ids are compared.
    pub(crate) id: Text,
    /// Its id, if it was saved as a number.
    pub(crate) number: Option<i128>,
    /// `type`
    pub(crate) class: Text,
    /// `title`, if it is a text that is not empty.
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
    /// What the user calls it; of use for group nodes only.
    pub(crate) label: Option<Text>,
    /// It has a `widget` entry; the name in it.
    pub(crate) widget: Option<Text>,
}

/// An output as it was saved.
#[derive(Debug, Clone)]
pub(crate) struct UiOutput {
    pub(crate) kind: Text,
    pub(crate) links: Vec<LinkId>,
}

/// `widgets_values`
#[derive(Debug, Clone, Default)]
pub(crate) enum Saved {
    #[default]
    None,
    /// In the order of the widgets.
    List(Vec<Value>),
    /// By name, which only a pack's own script reads.
    Named,
}

/// What the queue does with a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// It runs (0, 1, 3 and whatever else).
    #[default]
    Always,
    /// 2: it does not run, nor what needs it.
    Muted,
    /// 4: it does not run, and its links pass through.
    Bypassed,
}

impl Mode {
    /// Whether the node is part of the prompt.
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

/// The id of a link: `7` and `"7"` are two.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum LinkId {
    /// A number, as the bits of the float that JavaScript makes of it.
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
