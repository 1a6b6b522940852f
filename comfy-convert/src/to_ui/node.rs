//! Nodes of the file: their widgets with the prompt's values, their slots with the prompt's links.

use std::collections::HashSet;

use comfy_schema::prompt::{Link, PromptNode};
use comfy_schema::{Map, NodeDef, OutputDef, OutputKind, Schema, Text, Value};

use super::lost::LostValue;
use super::size::{self, BoxSize, Rows};
use super::text;
use crate::frontend::{js, title};
use crate::limits::MAX_UNKNOWN_OUTPUTS;
use crate::load::{Template, slots_of};
use crate::widgets::{Kind, PREFIXED, Widget, Widgets, widgets_of};

/// The inputs of a node that has none.
static NO_INPUTS: Map = Map::new();
/// The class of a node that has none, and the name of the only value of a node of an unknown class.
const NO_CLASS: &str = "UNKNOWN";

/// An input slot.
#[derive(Debug)]
pub(super) struct Slot<'s> {
    name: Text,
    pub(super) kind: Text,
    widget: bool,
    /// The template of a matched type, if the slot has one.
    pub(super) template: Option<Template>,
    /// The source and output of the link in the prompt.
    wanted: Option<(&'s str, usize)>,
    link: Option<usize>,
}

/// An output slot.
#[derive(Debug, Clone)]
pub(super) struct Out {
    name: Text,
    pub(super) kind: Text,
    /// The id of the template of a matched type, if the output has one.
    pub(super) template: Option<Text>,
    links: Vec<usize>,
}

impl Out {
    fn new(name: &Text, kind: Text) -> Self {
        Self { name: name.clone(), kind, template: None, links: Vec::new() }
    }
}

/// A node ready to be linked and written.
#[derive(Debug)]
pub(super) struct Built<'s> {
    pub(super) id: &'s Text,
    class: Text,
    /// The class's definition, if the schema has it.
    known: Option<&'s NodeDef>,
    title: Option<Text>,
    pub(super) slots: Vec<Slot<'s>>,
    pub(super) outputs: Vec<Out>,
    values: Vec<Value>,
    pub(super) size: BoxSize,
    /// The literals of sockets, which have no widget to hold them.
    pub(super) literals: Vec<(Text, Value)>,
}

impl<'s> Built<'s> {
    /// Builds a node from the prompt; the values that the file cannot hold are added to `lost`.
    pub(super) fn new(schema: &'s Schema, node: PromptNode<'s>, lost: &mut Vec<LostValue>) -> Self {
        let class = node.class();
        let known = class.and_then(|class| schema.node(class));
        let title = node.title().filter(|title| known.is_none_or(|known| title::default(known) != *title));
        let mut built = Self {
            id: node.id,
            class: Text::new(class.unwrap_or(NO_CLASS)),
            known,
            title: title.map(Text::new),
            slots: Vec::new(),
            outputs: Vec::new(),
            values: Vec::new(),
            size: size::of_rows(1, 0),
            literals: Vec::new(),
        };
        match (known, node.inputs()) {
            (Some(known), inputs) => built.fill(known, inputs.unwrap_or(&NO_INPUTS), lost),
            (None, Some(inputs)) => built.keep(inputs, lost),
            (None, None) => {}
        }
        built
    }

    /// Returns the position of a slot.
    pub(super) fn slot_of(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.name == name)
    }

    /// Returns the name of a slot, and whether it belongs to a widget.
    pub(super) fn slot_name(&self, slot: usize) -> (Text, bool) {
        self.slots.get(slot).map(|slot| (slot.name.clone(), slot.widget)).unwrap_or_default()
    }

    /// Returns the node's links in the prompt: slot, source and output of each.
    pub(super) fn wanted(&self) -> Vec<(usize, &'s str, usize)> {
        let wanted = |(at, slot): (usize, &Slot<'s>)| {
            let (source, output) = slot.wanted?;
            Some((at, source, output))
        };
        self.slots.iter().enumerate().filter_map(wanted).collect()
    }

    /// Returns whether the node has an output. A node of an unknown class gets any output below the maximum number when
    /// it is asked for.
    pub(super) fn has_output(&mut self, output: usize) -> bool {
        if self.known.is_none() && output < MAX_UNKNOWN_OUTPUTS && output >= self.outputs.len() {
            self.outputs.resize(output + 1, Out::new(&"*".into(), "*".into()));
        }
        output < self.outputs.len()
    }

    /// Returns the type of an output.
    pub(super) fn output_kind(&self, output: usize) -> Text {
        self.outputs.get(output).map_or_else(|| "*".into(), |output| output.kind.clone())
    }

    pub(super) fn add_link(&mut self, output: usize, link: usize) {
        if let Some(output) = self.outputs.get_mut(output) {
            output.links.push(link);
        }
    }

    pub(super) fn set_link(&mut self, slot: usize, link: usize) {
        if let Some(slot) = self.slots.get_mut(slot) {
            slot.link = Some(link);
        }
    }

    /// Fills a node of a known class.
    fn fill(&mut self, known: &'s NodeDef, inputs: &'s Map, lost: &mut Vec<LostValue>) {
        let mut widgets = widgets_of(known);
        let mut at = 0;
        // A dynamic combo's children exist once it is set.
        while let Some(widget) = widgets.list.get(at) {
            if let Some(value) = self.value(widget, inputs, lost) {
                widgets.set(at, Some(value));
            }
            at += 1;
        }
        companions(&mut widgets);
        let saved = widgets.list.iter().filter(|widget| widget.saved);
        self.values = saved.map(|widget| widget.value.clone().unwrap_or(Value::Null)).collect();
        self.outputs = known
            .outputs
            .iter()
            .map(|output| Out { template: template(output), ..Out::new(&output.name, output.kind.type_word()) })
            .collect();
        for slot in slots_of(known, &widgets, &linked(inputs)) {
            let (wanted, widget) = (inputs.get(&slot.name).and_then(link), slot.widget.is_some());
            // A widget that is not linked also has a slot, which files do not hold.
            if !widget || wanted.is_some() {
                let (name, kind, template) = (slot.name, slot.kind, slot.template);
                self.slots.push(Slot { name, kind, widget, template, wanted, link: None });
            }
        }
        self.size = self.measured(known, &widgets);
        let sent: HashSet<&str> =
            widgets.list.iter().filter(|widget| widget.sent).map(|widget| widget.name.as_str()).collect();
        self.rest(inputs, &sent, lost);
        // Vectors that grow on demand have space for four at first, and there may be many nodes.
        self.slots.shrink_to_fit();
    }

    /// Returns the size at which the editor draws the node.
    fn measured(&self, known: &NodeDef, widgets: &Widgets<'_>) -> BoxSize {
        let sockets = self.slots.iter().filter(|slot| !slot.widget);
        let rows = Rows {
            inputs: sockets.map(|slot| slot.name.as_str()).collect(),
            outputs: self.outputs.iter().map(|output| output.name.as_str()).collect(),
        };
        let title = self.title.clone().unwrap_or_else(|| title::default(known));
        size::of_class(known, widgets, &title, &rows)
    }

    /// Handles the inputs that no widget holds: links to slots that the class does not declare are kept, literals of
    /// sockets are noted, and all other values are lost.
    fn rest(&mut self, inputs: &'s Map, sent: &HashSet<&str>, lost: &mut Vec<LostValue>) {
        if inputs.is_empty() {
            return;
        }
        let told: HashSet<Text> = self.slots.iter().map(|slot| slot.name.clone()).collect();
        for (name, value) in inputs {
            if let Some(wanted) = link(value) {
                if !told.contains(name) {
                    self.add_slot(name, wanted);
                }
            } else if sent.contains(name.as_str()) {
                // A widget holds the value.
            } else if told.contains(name) && js::survives(value) {
                self.literals.push((name.clone(), value.clone()));
            } else {
                lost.push(self.lost(name, "the class has no widget of this name"));
            }
        }
    }

    /// Returns the value to save for a widget, so that the editor sends the prompt's value. Returns `None` if the
    /// prompt has no literal for the widget.
    fn value(&self, widget: &Widget<'_>, inputs: &Map, lost: &mut Vec<LostValue>) -> Option<Value> {
        let value = inputs.get(&widget.name).filter(|value| widget.sent && link(value).is_none())?;
        let value = match value {
            Value::Object(map) => map.get("__value__").unwrap_or(value),
            other => other,
        };
        if !js::survives(value) {
            lost.push(self.lost(&widget.name, "the editor's numbers have 53 bits, so it sends a different one"));
        }
        match (widget.kind, value) {
            (Kind::Multiline { dynamic: true } | Kind::DynamicText, Value::String(text)) => {
                let saved = text::protected(text);
                if saved.is_none() {
                    lost.push(self.lost(&widget.name, "a backslash in it has a meaning to the editor"));
                }
                Some(saved.map_or_else(|| value.clone(), Value::from))
            }
            (Kind::Rendered | Kind::Webcam, _) => {
                lost.push(self.lost(&widget.name, "the browser renders it anew"));
                Some(value.clone())
            }
            _ => Some(value.clone()),
        }
    }

    /// Fills a node of an unknown class with its links and the one value that such a node can hold.
    fn keep(&mut self, inputs: &'s Map, lost: &mut Vec<LostValue>) {
        for (name, value) in inputs {
            if let Some(wanted) = link(value) {
                self.add_slot(name, wanted);
                continue;
            }
            self.values.push(value.clone());
            if name != NO_CLASS {
                lost.push(self.lost(name, "the definitions do not have the class, so its widgets are unknown"));
            }
        }
    }

    fn add_slot(&mut self, name: &Text, wanted: (&'s str, usize)) {
        let (name, kind) = (name.clone(), "*".into());
        self.slots.push(Slot { name, kind, widget: false, template: None, wanted: Some(wanted), link: None });
    }

    pub(super) fn lost(&self, input: &Text, reason: impl Into<String>) -> LostValue {
        LostValue { node: self.id.clone(), input: input.clone(), reason: reason.into() }
    }

    /// Returns the node in the form of the file.
    pub(super) fn write(&self, id: Value, (x, y): (f64, f64), size: BoxSize, order: usize) -> Value {
        // Classes whose prefix the front end fills in have no such property.
        let name = (self.known.is_some() && !PREFIXED.contains(&self.class.as_str())).then_some(&self.class);
        let properties: Map = name.into_iter().map(|name| ("Node name for S&R", name)).collect();
        let members = [
            ("id", id),
            ("type", Value::from(&self.class)),
            ("pos", Value::Array(vec![x.into(), y.into()])),
            ("size", size.write()),
            ("flags", Map::new().into()),
            ("order", Value::from(order)),
            ("mode", Value::from(0)),
            ("inputs", self.slots.iter().map(Slot::write).collect()),
            ("outputs", self.outputs.iter().map(Out::write).collect()),
        ];
        let title = self.title.iter().map(|title| ("title", Value::from(title)));
        let values = (!self.values.is_empty()).then(|| ("widgets_values", Value::Array(self.values.clone())));
        // The number of members is known before they are collected, so that no space is reserved for more.
        let members = members.into_iter().chain(title).chain([("properties", properties.into())]).chain(values);
        members.collect::<Map>().into()
    }
}

impl Slot<'_> {
    fn write(&self) -> Value {
        let members = [("name", Value::from(&self.name)), ("type", Value::from(&self.kind))];
        let widget = self.widget.then(|| ("widget", Map::from_iter([("name", &self.name)]).into()));
        members.into_iter().chain(widget).chain([("link", self.link.into())]).collect::<Map>().into()
    }
}

impl Out {
    fn write(&self) -> Value {
        let links = (!self.links.is_empty()).then(|| self.links.iter().copied().collect::<Value>());
        Map::from_iter([
            ("name", Value::from(&self.name)),
            ("type", Value::from(&self.kind)),
            ("links", links.unwrap_or(Value::Null)),
        ])
        .into()
    }
}

/// Sets the widgets that are not sent to the values that the editor would have saved.
fn companions(widgets: &mut Widgets<'_>) {
    let mut area: Option<Value> = None;
    for widget in &mut widgets.list {
        if widget.sent {
            area.clone_from(&widget.value);
            continue;
        }
        let side = |key: &str| area.as_ref().and_then(|area| area.as_object()?.get(key).cloned());
        widget.value = Some(match widget.name.as_str() {
            "control_after_generate" => "fixed".into(),
            "control_filter_list" => "".into(),
            "Auto-refresh after generation" | "previewMode" => false.into(),
            "upload" => "image".into(),
            key @ ("x" | "y" | "width" | "height") => side(key).unwrap_or(Value::Null),
            _ => Value::Null,
        });
    }
}

/// Returns an id in the form of the file: as a number if it is a decimal integer.
pub(super) fn id_value(id: &str) -> Value {
    js::decimal(id).map_or_else(|| id.into(), Value::from)
}

/// Returns the template of an output with a matched type.
fn template(output: &OutputDef) -> Option<Text> {
    match &output.kind {
        OutputKind::Match(template) => Some(template.clone().unwrap_or_default()),
        _ => None,
    }
}

/// Returns the names of the inputs that are linked.
fn linked(inputs: &Map) -> HashSet<Text> {
    inputs.iter().filter(|(_, value)| link(value).is_some()).map(|(name, _)| name.clone()).collect()
}

/// Returns the source and output of a link.
fn link(value: &Value) -> Option<(&str, usize)> {
    let link = Link::of(value)?;
    Some((link.source, link.index()?))
}
