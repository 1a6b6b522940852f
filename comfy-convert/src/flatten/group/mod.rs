//! Group nodes, the older form of subgraphs: `workflow>Name`, with the definition in `extra.groupNodes`.

mod definition;
mod inputs;

use std::collections::{HashMap, HashSet};

use comfy_schema::{Text, Value};

use crate::load::node::Loader;
use crate::load::{Node, NodeKind, Slot};
use crate::ui::{Saved, UiNode};
use definition::Definition;

/// A group node with its inner nodes.
#[derive(Debug)]
pub(crate) struct Group<'s> {
    /// The inner nodes, their widgets set from the group's values.
    pub(crate) nodes: Vec<Node<'s>>,
    /// The group's own inputs, without links.
    slots: Vec<Slot>,
    /// Inner node and input number to the group's input.
    from_outside: HashMap<(usize, usize), usize>,
    /// Inner node and input number to inner node and output.
    from_inside: HashMap<(usize, usize), (usize, usize)>,
    /// The group's outputs: inner node and output.
    outputs: Vec<(usize, usize)>,
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

impl<'s> Group<'s> {
    /// The group that a node is; none if it is no group node, has no definition, or has an inner node of a class that
    /// is not known.
    pub(crate) fn load(loader: &Loader<'_, 's>, saved: &UiNode) -> Option<Self> {
        let name = saved.class.strip_prefix("workflow>").or_else(|| saved.class.strip_prefix("workflow/"))?;
        let definition = loader.workflow.group_nodes.get(name)?;
        if !loader.take_parts(Definition::parts(definition)) {
            return None;
        }
        let definition = Definition::read(definition)?;
        let known = |node: &UiNode| {
            loader.class(&node.class).is_some()
                || matches!(node.class.as_str(), "Reroute" | "PrimitiveNode" | "Note" | "MarkdownNote")
        };
        if !definition.nodes.iter().all(known) {
            return None;
        }
        let mut nodes: Vec<Node<'s>> = definition.nodes.iter().map(|node| loader.node(node, &node.id)).collect();
        let mut plan = inputs::plan(&nodes, &definition);
        if let Saved::List(values) = &saved.values {
            plan.widgets.read_list(values);
        }
        plan.write(&mut nodes);
        let outputs = outputs(&nodes, &definition);
        Some(Self { nodes, slots: plan.slots, from_outside: plan.from_outside, from_inside: definition.links, outputs })
    }

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

/// The outputs that are not linked inside or are linked outside too, less those made invisible.
fn outputs(nodes: &[Node<'_>], definition: &Definition) -> Vec<(usize, usize)> {
    let linked: HashSet<(usize, usize)> = definition.links.values().copied().collect();
    let mut outputs = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        // A primitive's output is inside its widget.
        if matches!(node.kind, NodeKind::Primitive { .. }) {
            continue;
        }
        for slot in 0..node.outputs.len() {
            let hidden = linked.contains(&(at, slot)) && !definition.external.contains(&(at, slot));
            let config = definition.config(at, "output", &slot.to_string());
            let visible = config.and_then(|config| config.get("visible")).and_then(Value::as_bool);
            if visible.unwrap_or(!hidden) {
                outputs.push((at, slot));
            }
        }
    }
    outputs
}
