//! The workflow as the front end holds it once it is loaded.

use std::collections::HashMap;

use comfy_schema::prompt::NodeLabel;
use comfy_schema::{Map, NodeDef, Schema, Text, Value};

use super::links::Links;
use crate::ui::{LinkId, Mode, UiNode, UiPort};
use crate::widgets::Widgets;

/// The maximum number of nodes, copies of subgraphs included. Real workflows have some hundred.
pub(crate) const MAX_NODES: usize = 200_000;

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
    Class(&'s NodeDef),
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
    /// Returns a node by its graph and its position there.
    pub(crate) fn node(&self, graph: usize, at: usize) -> &Node<'s> {
        &self.graphs[graph].nodes[at]
    }

    /// Where a node stands, for messages. `path` names the instances around it.
    pub(crate) fn label(&self, graph: usize, node: usize, id: &str) -> NodeLabel {
        let name = self.graphs.get(graph).map(|graph| graph.name.clone()).unwrap_or_default();
        let found = self.graphs.get(graph).and_then(|graph| graph.nodes.get(node));
        let class = found.map(|node| node.class.clone());
        let mut label = NodeLabel::new(id.into(), class, found.and_then(|node| node.title.clone()));
        label.subgraph = (graph > 0).then_some(name);
        label
    }
}

/// A group node with its inner nodes.
#[derive(Debug)]
pub(crate) struct Group<'s> {
    /// The inner nodes, their widgets set from the group's values.
    pub(crate) nodes: Vec<Node<'s>>,
    /// The group's own inputs, without links.
    pub(super) slots: Vec<Slot>,
    /// Inner node and input number to the group's input.
    pub(super) from_outside: HashMap<(usize, usize), usize>,
    /// Inner node and input number to inner node and output.
    pub(super) from_inside: HashMap<(usize, usize), (usize, usize)>,
    /// The group's outputs: inner node and output.
    pub(super) outputs: Vec<(usize, usize)>,
}

/// Where an inner node's input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InnerSource {
    /// The group's input of this number.
    Outside(usize),
    /// An output of an inner node.
    Inside(usize, usize),
    /// Nowhere.
    Nothing,
}

impl Group<'_> {
    /// The group's inputs with the saved links.
    pub(crate) fn slots(&self, saved: &UiNode) -> Vec<Slot> {
        let by_name: HashMap<&Text, _> = saved.inputs.iter().map(|input| (&input.name, &input.link)).collect();
        let link = |slot: &Slot| by_name.get(&slot.name).and_then(|link| (*link).clone());
        self.slots.iter().map(|slot| Slot { link: link(slot), ..slot.clone() }).collect()
    }

    /// The inner node and output behind an output of the group.
    pub(crate) fn output(&self, slot: usize) -> Option<(usize, usize)> {
        self.outputs.get(slot).copied()
    }

    /// Where the input of this number of an inner node comes from.
    pub(crate) fn source(&self, node: usize, input: usize) -> InnerSource {
        if let Some(&outside) = self.from_outside.get(&(node, input)) {
            return InnerSource::Outside(outside);
        }
        match self.from_inside.get(&(node, input)) {
            Some(&(node, output)) => InnerSource::Inside(node, output),
            None => InnerSource::Nothing,
        }
    }
}
