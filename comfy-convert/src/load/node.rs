//! Loading of one node of the file.

use std::cell::Cell;
use std::collections::HashMap;

use comfy_schema::{NodeDef, OutputKind, Text, Value};

use super::group::{self, Definition};
use super::model::{Group, Loading, Node, NodeKind, OutSlot, Slot};
use super::slots;
use crate::limits::{MAX_NODES, MAX_WIDGETS};
use crate::ui::{Saved, UiNode, UiOutput, UiWorkflow};
use crate::widgets::{Widgets, widgets_of};

/// The context for loading nodes.
pub(crate) struct Loader<'w, 's> {
    pub(crate) workflow: &'w UiWorkflow,
    pub(crate) loading: Loading<'s>,
    /// The graphs of subgraph definitions by id.
    definitions: &'w HashMap<&'w Text, usize>,
    /// The classes by name. The schema's own search is slow for classes that it does not have.
    classes: HashMap<&'s str, &'s NodeDef>,
    /// The number of parts of group nodes that may still be loaded. It is limited because every group node loads a copy
    /// of its definition.
    parts: Cell<usize>,
    /// The number of widgets that may still be loaded.
    widgets: Cell<usize>,
}

impl<'w, 's> Loader<'w, 's> {
    pub(super) fn new(
        workflow: &'w UiWorkflow,
        loading: Loading<'s>,
        definitions: &'w HashMap<&'w Text, usize>,
    ) -> Self {
        let classes = loading.schema.nodes.iter().map(|class| (class.class.as_str(), class)).collect();
        Self { workflow, loading, definitions, classes, parts: Cell::new(MAX_NODES), widgets: Cell::new(MAX_WIDGETS) }
    }

    /// Returns the class of this name.
    pub(crate) fn class(&self, name: &str) -> Option<&'s NodeDef> {
        self.classes.get(name).copied()
    }

    /// Takes the parts of a group node from the number that may still be loaded. Returns whether any are left.
    pub(crate) fn take_parts(&self, count: usize) -> bool {
        let left = self.parts.get().saturating_sub(count);
        self.parts.set(left);
        left > 0
    }

    /// Returns whether the limit on parts of group nodes is reached.
    pub(super) fn is_exhausted(&self) -> bool {
        self.parts.get() == 0
    }

    /// Returns whether the limit on widgets is reached.
    pub(super) fn has_too_many_widgets(&self) -> bool {
        self.widgets.get() == 0
    }

    /// Loads a node and gives it this id.
    pub(crate) fn node(&self, saved: &UiNode, id: &Text) -> Node<'s> {
        let kind = self.kind(saved);
        let mut node = Node {
            id: id.clone(),
            class: saved.class.clone(),
            title: saved.title.clone(),
            mode: saved.mode,
            kind,
            inputs: Vec::new(),
            outputs: saved.outputs.iter().map(out_slot).collect(),
            widgets: Widgets::default(),
            properties: saved.properties.clone(),
            named_values: matches!(saved.values, Saved::Named),
        };
        match &node.kind {
            // What follows the limit is not used.
            NodeKind::Class(_) if self.has_too_many_widgets() => {}
            NodeKind::Class(class) => {
                let class: &'s NodeDef = class;
                class_node(&mut node, class, saved);
                self.widgets.set(self.widgets.get().saturating_sub(node.widgets.list.len()));
            }
            NodeKind::Subgraph(graph) => self.instance(*graph, saved, &mut node),
            NodeKind::Group(group) => node.inputs = group.slots(saved),
            _ => node.inputs = saved.inputs.iter().map(slots::saved).collect(),
        }
        node
    }

    fn kind(&self, saved: &UiNode) -> NodeKind<'s> {
        if let Some(&graph) = self.definitions.get(&saved.class) {
            return NodeKind::Subgraph(graph);
        }
        let first = match &saved.values {
            Saved::List(values) => values.first().cloned(),
            _ => None,
        };
        match saved.class.as_str() {
            "Reroute" => return NodeKind::Reroute,
            "PrimitiveNode" => return NodeKind::Primitive { value: first },
            "Note" | "MarkdownNote" => return NodeKind::Note,
            "GetNode" | "SetNode" if self.loading.follow_named => {
                let name = first.as_ref().and_then(Value::as_str).map(Text::new).unwrap_or_default();
                return NodeKind::Named { name, sets: saved.class == "SetNode" };
            }
            _ => {}
        }
        if let Some(group) = Group::load(self, saved) {
            return NodeKind::Group(Box::new(group));
        }
        if let Some(class) = self.class(&saved.class) {
            return NodeKind::Class(class);
        }
        let value = match &saved.values {
            Saved::List(values) => values.last().cloned(),
            _ => None,
        };
        NodeKind::Unknown { value }
    }

    /// Fills a subgraph instance: it has the inputs and outputs of its definition, and each input takes the link of the
    /// last saved input of its name.
    fn instance(&self, graph: usize, saved: &UiNode, node: &mut Node<'_>) {
        let Some(definition) = self.workflow.subgraphs.get(graph - 1) else {
            return;
        };
        let by_name: HashMap<&Text, _> = saved.inputs.iter().map(|input| (&input.name, &input.link)).collect();
        let slot = |name: &Text, kind: &Text| Slot {
            name: name.clone(),
            kind: kind.clone(),
            link: by_name.get(name).and_then(|link| (*link).clone()),
            ..Slot::default()
        };
        node.inputs = definition.inputs.iter().map(|port| slot(&port.name, &port.kind)).collect();
        let links = |at: usize| saved.outputs.get(at).map(|output| output.links.clone()).unwrap_or_default();
        let outputs = definition.outputs.iter().enumerate();
        node.outputs =
            outputs.map(|(at, port)| OutSlot { kind: port.kind.clone(), links: links(at), template: None }).collect();
    }
}

/// Fills a node of a known class: it has the widgets, inputs and outputs of its class, with the saved values and links.
fn class_node<'s>(node: &mut Node<'s>, class: &'s NodeDef, saved: &UiNode) {
    let mut widgets = widgets_of(class);
    widgets.read(class, &saved.values);
    node.inputs = slots::of_class(class, &widgets, &saved.inputs);
    widgets.repair(class);
    // Vectors that grow on demand have space for four at first, and there may be many nodes.
    node.inputs.shrink_to_fit();
    widgets.list.shrink_to_fit();
    if class.class == "Preview3D"
        && let Some(file) = saved
            .properties
            .get("Last Time Model File")
            .filter(|file| file.as_str().is_some_and(|file| !file.is_empty()))
        && let Some(at) = widgets.position("model_file")
    {
        widgets.set(at, Some(file.clone()));
    }
    node.widgets = widgets;
    let more = class.outputs.len().saturating_sub(node.outputs.len());
    node.outputs.extend(std::iter::repeat_n(OutSlot::default(), more));
    for (slot, output) in node.outputs.iter_mut().zip(&class.outputs) {
        slot.kind = output.kind.type_word();
        slot.template = match &output.kind {
            OutputKind::Match(id) => id.clone(),
            _ => None,
        };
    }
}

fn out_slot(saved: &UiOutput) -> OutSlot {
    OutSlot { kind: saved.kind.clone(), links: saved.links.clone(), template: None }
}

impl<'s> Group<'s> {
    /// Loads a group node. Returns `None` if the node is not one, has no definition, or has an inner node of an unknown
    /// class.
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
        let mut plan = group::plan(&nodes, &definition);
        if let Saved::List(values) = &saved.values {
            plan.widgets.read_list(values);
        }
        plan.write(&mut nodes);
        let outputs = group::outputs(&nodes, &definition);
        Some(Self { nodes, slots: plan.slots, from_outside: plan.from_outside, from_inside: definition.links, outputs })
    }
}
