//! The inputs and widgets of a group node, and the inputs and widgets of inner nodes that they feed.

use std::collections::HashMap;

use comfy_schema::{ComboSpelling, InputKind, Text, Value};

use super::definition::Definition;
use crate::load::model::{Node, NodeKind, Slot};
use crate::ui::UiNode;
use crate::widgets::{Spec, Widgets, declared, has_widget};

/// The inputs and widgets of a group node.
pub(crate) struct Plan<'s> {
    pub(crate) slots: Vec<Slot>,
    pub(crate) widgets: Widgets<'s>,
    pub(crate) from_outside: HashMap<(usize, usize), usize>,
    /// The inner widgets (node and name) that take the value of the group's widget of this name.
    targets: Vec<(Text, usize, Text)>,
}

impl Plan<'_> {
    /// Copies the values of the group's widgets into the inner ones.
    pub(crate) fn write(&self, nodes: &mut [Node<'_>]) {
        for (name, node, inner) in &self.targets {
            let (Some(widget), Some(node)) = (self.widgets.get(name), nodes.get_mut(*node)) else {
                continue;
            };
            if let Some(at) = node.widgets.position(inner) {
                node.widgets.set(at, widget.value.clone());
            }
        }
    }
}

/// A widget converted to an input, which comes after the inputs of all nodes.
struct Converted<'s> {
    node: usize,
    number: usize,
    spec: Spec<'s>,
}

/// Plans the inputs of a group. Each inner node in turn adds its widgets and then its other inputs; the converted
/// widgets of all nodes come last.
pub(crate) fn plan<'s>(nodes: &[Node<'s>], definition: &Definition) -> Plan<'s> {
    let mut planner = Planner { definition, seen: HashMap::new(), count: 0, declared: Vec::new(), plan: empty() };
    let mut waiting = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        match &node.kind {
            NodeKind::Class(class) => planner.class(at, declared(class), &mut waiting),
            NodeKind::Primitive { .. } => planner.primitive(at, nodes),
            _ => {}
        }
    }
    for Converted { node, number, spec } in waiting {
        let name = planner.name(node, &spec.name, None);
        planner.plan.targets.push((name.clone(), node, spec.name.clone()));
        planner.declare(name, spec);
        planner.plan.from_outside.insert((node, number), planner.count);
        planner.count += 1;
    }
    planner.finish()
}

fn empty<'s>() -> Plan<'s> {
    Plan { slots: Vec::new(), widgets: Widgets::default(), from_outside: HashMap::new(), targets: Vec::new() }
}

struct Planner<'d, 's> {
    definition: &'d Definition,
    /// The number for the next duplicate of each name: one more than the number of times that the name was given.
    seen: HashMap<Text, usize>,
    /// The number of the next input.
    count: usize,
    /// The group's inputs, as a class would declare them.
    declared: Vec<(Text, Spec<'s>)>,
    plan: Plan<'s>,
}

impl<'s> Planner<'_, 's> {
    fn class(&mut self, at: usize, specs: Vec<Spec<'s>>, waiting: &mut Vec<Converted<'s>>) {
        let saved = &self.definition.nodes[at];
        let (mut converted, mut others) = (Vec::new(), Vec::new());
        for spec in specs {
            if is_array(&spec) || !has_widget(&spec.word()) {
                others.push(spec);
            } else if let Some(place) = converted_at(saved, &spec.name) {
                converted.push((place.to_string(), spec));
            } else {
                let name = self.name(at, &spec.name, None);
                self.plan.targets.push((name.clone(), at, spec.name.clone()));
                self.declare(name, spec);
            }
        }
        let first_converted = others.len();
        for (number, spec) in others.into_iter().enumerate() {
            if self.definition.links.contains_key(&(at, number)) {
                continue;
            }
            let name = self.name(at, &spec.name, None);
            let config = self.definition.config(at, "input", &spec.name);
            if config.and_then(|config| config.get("visible")).and_then(Value::as_bool) == Some(false) {
                continue;
            }
            self.declare(name, spec);
            self.plan.from_outside.insert((at, number), self.count);
            self.count += 1;
        }
        // The positions are compared as text, as JavaScript's `sort` does.
        converted.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (offset, (_, spec)) in converted.into_iter().enumerate() {
            let number = first_converted + offset;
            if !self.definition.links.contains_key(&(at, number)) {
                waiting.push(Converted { node: at, number, spec });
            }
        }
    }

    /// Adds a primitive as a widget of the group, of the type of its first target. The value is written to all of its
    /// targets.
    fn primitive(&mut self, at: usize, nodes: &[Node<'s>]) {
        let mut links: Vec<_> =
            self.definition.links.iter().filter(|(_, from)| from.0 == at).map(|(to, _)| *to).collect();
        links.sort_unstable();
        let targets: Vec<(usize, Spec<'s>)> = links
            .into_iter()
            .filter_map(|(to, number)| Some((to, input_of(nodes, self.definition, to, number)?)))
            .collect();
        let Some((_, first)) = targets.first() else {
            return;
        };
        let title = self.definition.nodes[at].title.clone();
        let name = self.name(at, &"value".into(), title.as_ref());
        self.declare(name.clone(), first.clone());
        for (to, spec) in targets {
            self.plan.targets.push((name.clone(), to, spec.name));
        }
    }

    /// Returns the name that an inner input has outside the group.
    fn name(&mut self, at: usize, inner: &Text, primitive: Option<&Text>) -> Text {
        let saved = &self.definition.nodes[at];
        let custom = self.definition.config(at, "input", inner).and_then(|config| config.get("name"));
        let custom = custom.and_then(Value::as_str).map(Text::new);
        let label = saved.inputs.iter().find(|input| input.name == *inner).and_then(|input| input.label.clone());
        let mut name = custom.or(label).unwrap_or_else(|| inner.clone());
        let mut key = name.clone();
        if primitive.is_some() || self.seen.contains_key(&name) {
            let prefix = saved.title.as_ref().unwrap_or(&saved.class);
            name = format!("{prefix} {inner}").into();
            key = name.clone();
            if let Some(count) = self.seen.get(&name) {
                name = format!("{prefix} {count} {inner}").into();
            }
        }
        let count = self.seen.entry(key).or_insert(1);
        *count += 1;
        name
    }

    fn declare(&mut self, name: Text, spec: Spec<'s>) {
        self.declared.push((name, spec));
    }

    /// Builds the group's inputs like those of a class: sockets before widgets.
    fn finish(mut self) -> Plan<'s> {
        for (name, spec) in &self.declared {
            self.plan.widgets.add(spec, name);
        }
        let (widgets, sockets): (Vec<_>, Vec<_>) =
            self.declared.into_iter().partition(|(_, spec)| spec.widget().is_some());
        let slot = |(name, spec): (Text, Spec<'s>)| Slot { name, kind: spec.word(), ..Slot::default() };
        self.plan.slots = sockets.into_iter().chain(widgets).map(slot).collect();
        self.plan
    }
}

/// Returns the input of an inner node by number: its sockets come first, then its converted widgets.
fn input_of<'s>(nodes: &[Node<'s>], definition: &Definition, at: usize, number: usize) -> Option<Spec<'s>> {
    let NodeKind::Class(class) = nodes.get(at)?.kind else {
        return None;
    };
    let (mut others, mut converted) = (Vec::new(), Vec::new());
    for spec in declared(class) {
        if is_array(&spec) || !has_widget(&spec.word()) {
            others.push(spec);
        } else if let Some(place) = converted_at(definition.nodes.get(at)?, &spec.name) {
            converted.push((place.to_string(), spec));
        }
    }
    converted.sort_by(|(a, _), (b, _)| a.cmp(b));
    others.extend(converted.into_iter().map(|(_, spec)| spec));
    others.into_iter().nth(number)
}

/// Returns the position of an input of an inner node if the definition lists it with a `widget` entry, which marks a
/// converted widget.
fn converted_at(saved: &UiNode, name: &Text) -> Option<usize> {
    saved.inputs.iter().position(|input| input.name == *name && input.widget.as_ref() == Some(name))
}

fn is_array(spec: &Spec<'_>) -> bool {
    matches!(&spec.input.kind, InputKind::Combo(combo) if combo.spelling == ComboSpelling::Array)
}
