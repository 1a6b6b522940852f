//! The workflow as the front end holds it once it is loaded: classes known, values in their widgets, links in slots.

mod graph;
mod ids;
mod links;
mod nesting;
pub(crate) mod node;
mod slots;
mod types;

use std::collections::HashMap;

use comfy_schema::{Map, Schema, Text, Value};

pub(crate) use links::{Link, Links, ORIGIN};
pub(crate) use slots::slots_of;
pub(crate) use types::compatible;

use crate::error::{ConvertError, Place};
use crate::flatten::{MOST_NODES, group::Group};
use crate::ui::{LinkId, Mode, UiPort, UiWorkflow};
use crate::widgets::Widgets;

/// A workflow with its classes, ready to be flattened.
#[derive(Debug)]
pub(crate) struct Loaded<'s> {
    /// The root graph, then the subgraph definitions in the file's order. Those that nothing uses are empty.
    pub(crate) graphs: Vec<Graph<'s>>,
    /// The graphs that are used, each before those that it holds: the root first.
    pub(crate) order: Vec<usize>,
}

/// One graph: the root or a subgraph definition.
#[derive(Debug, Default)]
pub(crate) struct Graph<'s> {
    pub(crate) name: Text,
    pub(crate) nodes: Vec<Node<'s>>,
    pub(crate) by_id: HashMap<Text, usize>,
    pub(crate) links: Links,
    /// The input slots that name a link, by node and link.
    pub(crate) slots: HashMap<(usize, LinkId), usize>,
    pub(crate) inputs: Vec<UiPort>,
    pub(crate) outputs: Vec<UiPort>,
}

/// One node.
#[derive(Debug)]
pub(crate) struct Node<'s> {
    pub(crate) id: Text,
    /// `type` in the file
    pub(crate) class: Text,
    pub(crate) title: Option<Text>,
    pub(crate) mode: Mode,
    pub(crate) kind: NodeKind<'s>,
    pub(crate) inputs: Vec<Slot>,
    pub(crate) outputs: Vec<OutSlot>,
    pub(crate) widgets: Widgets<'s>,
    pub(crate) properties: Map,
    /// Its values were saved by name, which only the pack's script could read.
    pub(crate) named_values: bool,
}

/// What a node is to the conversion.
#[derive(Debug)]
pub(crate) enum NodeKind<'s> {
    /// A class of the schema.
    Class(&'s comfy_schema::NodeDef),
    /// A class that the schema does not have.
    Unknown {
        /// The last entry of `widgets_values`.
        value: Option<Value>,
    },
    /// `Reroute`
    Reroute,
    /// `PrimitiveNode`
    Primitive {
        /// The saved value.
        value: Option<Value>,
    },
    /// `Note`, `MarkdownNote`
    Note,
    /// `GetNode` or `SetNode`, where they are followed.
    Named {
        /// The name that a pair shares.
        name: Text,
        /// It is the setting one.
        sets: bool,
    },
    /// An instance of the definition that is this graph.
    Subgraph(usize),
    /// A group node.
    Group(Box<Group<'s>>),
}

/// An input slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot {
    pub(crate) name: Text,
    pub(crate) kind: Text,
    pub(crate) link: Option<LinkId>,
    /// The widget of the same node that it belongs to, by name. For an instance: it has a promoted widget.
    pub(crate) widget: Option<Text>,
    /// The template of a matched type.
    pub(crate) template: Option<Template>,
}

/// What an input with a matched type says of it.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: Text,
    /// `allowed_types`: a comma list or `*`.
    pub(crate) allowed: Text,
}

/// An output slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct OutSlot {
    pub(crate) kind: Text,
    pub(crate) links: Vec<LinkId>,
    /// The template of a matched type.
    pub(crate) template: Option<Text>,
}

/// How a workflow is loaded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loading<'s> {
    pub(crate) schema: &'s Schema,
    /// `GetNode` and `SetNode` are followed as their pack's script does.
    pub(crate) follow_named: bool,
}

impl Node<'_> {
    /// Whether it is never part of a prompt.
    pub(crate) fn is_virtual(&self) -> bool {
        !matches!(self.kind, NodeKind::Class(_) | NodeKind::Unknown { .. })
    }
}

impl Graph<'_> {
    /// The node and input slot that a link goes to: the slot that names it, else the one it says.
    pub(crate) fn target_of(&self, id: &LinkId) -> Option<(usize, usize)> {
        let link = self.links.get(id)?;
        let &node = self.by_id.get(&link.target)?;
        let inputs = &self.nodes.get(node)?.inputs;
        let named = self.slots.get(&(node, id.clone())).copied();
        // The input may have been disconnected since.
        let named = named.filter(|slot| inputs.get(*slot).is_some_and(|input| input.link.as_ref() == Some(id)));
        let slot = named.unwrap_or(link.target_slot);
        (slot < inputs.len()).then_some((node, slot))
    }
}

impl<'s> Loaded<'s> {
    /// Loads a workflow.
    ///
    /// # Errors
    ///
    /// A subgraph that contains itself; too many nodes inside group nodes.
    pub(crate) fn new(workflow: &UiWorkflow, loading: Loading<'s>) -> Result<Self, ConvertError> {
        let definitions: HashMap<&Text, usize> =
            workflow.subgraphs.iter().enumerate().map(|(at, subgraph)| (&subgraph.id, at + 1)).collect();
        let order = nesting::order(workflow, &definitions)?;
        let renumbered = ids::renumber(workflow);
        let mut graphs: Vec<Graph<'s>> = Vec::new();
        graphs.resize_with(workflow.subgraphs.len() + 1, Graph::default);
        let loader = node::Loader::new(workflow, loading, &definitions);
        for &at in &order {
            graphs[at] = graph::load(&loader, at, renumbered.get(&at));
        }
        if loader.is_exhausted() {
            return Err(ConvertError::TooLarge { most: MOST_NODES });
        }
        for graph in &mut graphs {
            types::settle(graph);
        }
        Ok(Self { graphs, order })
    }

    /// Where a node stands, for messages. `path` names the instances around it.
    pub(crate) fn place(&self, graph: usize, node: usize, id: &str) -> Place {
        let name = self.graphs.get(graph).map(|graph| graph.name.clone()).unwrap_or_default();
        let found = self.graphs.get(graph).and_then(|graph| graph.nodes.get(node));
        Place {
            id: id.into(),
            class: found.map(|node| node.class.clone()).unwrap_or_default(),
            title: found.and_then(|node| node.title.clone()),
            subgraph: (graph > 0).then_some(name),
        }
    }
}
