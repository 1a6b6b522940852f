//! The model of a loaded workflow.

use std::collections::HashMap;

use comfy_schema::prompt::NodeLabel;
use comfy_schema::{Map, NodeDef, Schema, Text, Value};

use super::links::Links;
use crate::ui::{LinkId, Mode, UiNode, UiPort};
use crate::widgets::Widgets;

/// A loaded workflow, ready to be flattened.
#[derive(Debug)]
pub(crate) struct Loaded<'s> {
    /// The root graph, then the subgraph definitions in the file's order. Unused definitions are empty.
    pub(crate) graphs: Vec<Graph<'s>>,
    /// The graphs that are used, each before those that it contains: the root first.
    pub(crate) order: Vec<usize>,
}

/// A graph: the root or a subgraph definition.
#[derive(Debug, Default)]
pub(crate) struct Graph<'s> {
    pub(crate) name: Text,
    pub(crate) nodes: Vec<Node<'s>>,
    pub(crate) by_id: HashMap<Text, usize>,
    pub(crate) links: Links,
    /// The position of the input slot that refers to a link, by node and link id.
    pub(crate) slots: HashMap<(usize, LinkId), usize>,
    pub(crate) inputs: Vec<UiPort>,
    pub(crate) outputs: Vec<UiPort>,
}

/// A loaded node.
#[derive(Debug)]
pub(crate) struct Node<'s> {
    pub(crate) id: Text,
    /// The node's class, `type` in the file.
    pub(crate) class: Text,
    pub(crate) title: Option<Text>,
    pub(crate) mode: Mode,
    pub(crate) kind: NodeKind<'s>,
    pub(crate) inputs: Vec<Slot>,
    pub(crate) outputs: Vec<OutSlot>,
    pub(crate) widgets: Widgets<'s>,
    pub(crate) properties: Map,
    /// Whether the values were saved by name, which only the script of the node's pack can read.
    pub(crate) named_values: bool,
}

/// The kind of a node, which decides how it is converted.
#[derive(Debug)]
pub(crate) enum NodeKind<'s> {
    /// A node of a class that the schema has.
    Class(&'s NodeDef),
    /// A node of a class that the schema does not have.
    Unknown {
        /// The last entry of `widgets_values`.
        value: Option<Value>,
    },
    /// A `Reroute` node.
    Reroute,
    /// A `PrimitiveNode`.
    Primitive {
        /// The saved value.
        value: Option<Value>,
    },
    /// A `Note` or `MarkdownNote`.
    Note,
    /// A `GetNode` or `SetNode`, if [`Loading::follow_named`] is set.
    Named {
        /// The name that a pair of nodes shares.
        name: Text,
        /// Whether this is the `SetNode`.
        sets: bool,
    },
    /// An instance of a subgraph, with the position of its definition in [`Loaded::graphs`].
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
    /// The name of the node's widget that belongs to the slot. In a subgraph instance, it marks a slot with a promoted
    /// widget.
    pub(crate) widget: Option<Text>,
    /// The template of a matched type, if the input has one.
    pub(crate) template: Option<Template>,
}

/// The template of an input with a matched type.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: Text,
    /// The types that the template allows (`allowed_types`): a comma-separated list or `*`.
    pub(crate) allowed: Text,
}

/// An output slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct OutSlot {
    pub(crate) kind: Text,
    pub(crate) links: Vec<LinkId>,
    /// The id of the template of a matched type, if the output has one.
    pub(crate) template: Option<Text>,
}

/// The settings for loading a workflow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loading<'s> {
    pub(crate) schema: &'s Schema,
    /// Whether a `GetNode` is connected to the `SetNode` of the same name, as the script of their node pack does.
    pub(crate) follow_named: bool,
}

impl Node<'_> {
    /// Returns whether the node itself is never part of a prompt because of its kind.
    pub(crate) fn is_virtual(&self) -> bool {
        !matches!(self.kind, NodeKind::Class(_) | NodeKind::Unknown { .. })
    }
}

impl Graph<'_> {
    /// Returns the node and input slot that a link goes to: the slot that refers to it, or else the one that the link
    /// states.
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

    /// Returns the label of a node for messages. `id` includes the ids of the instances around it.
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
    /// The inner nodes, with their widgets set from the group's values.
    pub(crate) nodes: Vec<Node<'s>>,
    /// The group's own inputs, without links.
    pub(super) slots: Vec<Slot>,
    /// The number of the group's input that feeds an inner input, by inner node and input number.
    pub(super) from_outside: HashMap<(usize, usize), usize>,
    /// The source inside the group (inner node and output) of an inner input, by inner node and input number.
    pub(super) from_inside: HashMap<(usize, usize), (usize, usize)>,
    /// The inner node and output behind each output of the group.
    pub(super) outputs: Vec<(usize, usize)>,
}

/// The source of an inner node's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InnerSource {
    /// An input of the group, by number.
    Outside(usize),
    /// An output of an inner node.
    Inside(usize, usize),
    /// No source.
    Nothing,
}

impl Group<'_> {
    /// Returns the group's inputs with the saved links.
    pub(crate) fn slots(&self, saved: &UiNode) -> Vec<Slot> {
        let by_name: HashMap<&Text, _> = saved.inputs.iter().map(|input| (&input.name, &input.link)).collect();
        let link = |slot: &Slot| by_name.get(&slot.name).and_then(|link| (*link).clone());
        self.slots.iter().map(|slot| Slot { link: link(slot), ..slot.clone() }).collect()
    }

    /// Returns the inner node and output behind an output of the group.
    pub(crate) fn output(&self, slot: usize) -> Option<(usize, usize)> {
        self.outputs.get(slot).copied()
    }

    /// Returns the source of an input of an inner node.
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
