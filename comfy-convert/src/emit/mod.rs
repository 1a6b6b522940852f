//! Writing of the prompt: nodes with their values and links.

mod empty;
mod inactive;
mod values;

use std::collections::{HashMap, HashSet};

use comfy_schema::prompt::NodeLabel;
use comfy_schema::{Map, Text, Value};

use crate::error::{ConvertError, ConvertWarning, ConvertWarningKind};
use crate::flatten::{Flat, Promoted, Resolver, Source};
use crate::frontend::{js, title};
use crate::load::{Group, InnerSource, Link, Loaded, Node, NodeKind};
use crate::options::Options;
use crate::ui::Mode;
pub use inactive::{InactiveNode, InactiveState, OutgoingLink};

/// The content of an input in the prompt.
#[derive(Debug)]
enum Held {
    Value(Value),
    Link(Text, usize),
}

/// The inputs by name; `None` is JavaScript's `undefined`. If a name occurs several times, the first occurrence
/// determines the position and the last one the content.
type Inputs = Vec<(Text, Option<Held>)>;

/// A node of the prompt.
struct Emitted {
    id: Text,
    inputs: Inputs,
    class: Option<Text>,
    title: Option<Text>,
}

/// The result of [`emit`].
pub(crate) struct Output {
    pub(crate) prompt: Value,
    pub(crate) warnings: Vec<ConvertWarning>,
    pub(crate) inactive: Vec<InactiveNode>,
}

/// Writes the prompt.
///
/// # Errors
///
/// Returns an error if a link cannot be followed or a value cannot be sent.
pub(crate) fn emit(
    loaded: &Loaded<'_>,
    flat: &Flat,
    promoted: &Promoted,
    options: &Options,
) -> Result<Output, ConvertError> {
    let mut emitter = Emitter {
        loaded,
        flat,
        resolver: Resolver::new(loaded, flat, promoted),
        values: values::Values::new(loaded, options),
        warnings: Vec::new(),
        nodes: Vec::new(),
    };
    for &(frame, node) in &flat.nodes {
        emitter.node(frame, node)?;
    }
    if let Some(reason) = emitter.reason_if_empty() {
        emitter.warnings.push(ConvertWarning { node: None, kind: ConvertWarningKind::EmptyPrompt { reason } });
    }
    let inactive = if options.inactive { emitter.inactive() } else { Vec::new() };
    let Emitter { nodes, mut warnings, .. } = emitter;
    warnings.dedup();
    Ok(Output { prompt: prompt(nodes), warnings, inactive })
}

struct Emitter<'a, 's> {
    loaded: &'a Loaded<'s>,
    flat: &'a Flat,
    resolver: Resolver<'a, 's>,
    values: values::Values<'a, 's>,
    warnings: Vec<ConvertWarning>,
    nodes: Vec<Emitted>,
}

impl Emitter<'_, '_> {
    fn node(&mut self, frame: usize, at: usize) -> Result<(), ConvertError> {
        let node = self.loaded.node(self.flat.frames[frame].graph, at);
        if node.mode != Mode::Always {
            return Ok(());
        }
        if let NodeKind::Group(group) = &node.kind {
            return self.group(frame, at, group);
        }
        if node.is_virtual() {
            return Ok(());
        }
        let label = self.resolver.label(frame, at);
        let mut inputs = self.values_of(node, &label)?;
        for slot in 0..node.inputs.len() {
            let held = match self.resolver.input(frame, at, slot)? {
                Source::Nothing => continue,
                Source::Output(id, output) => Some(Held::Link(id, output)),
                Source::Literal(value) => value.map(|value| Held::Value(values::wrapped(&value))),
            };
            inputs.push((node.inputs[slot].name.clone(), held));
        }
        self.push(node, label.id, inputs);
        Ok(())
    }

    /// Adds the inner nodes of a group node. Unlike other links, theirs are not followed through bypassed or virtual
    /// nodes.
    fn group(&mut self, frame: usize, at: usize, group: &Group<'_>) -> Result<(), ConvertError> {
        let graph = &self.loaded.graphs[self.flat.frames[frame].graph];
        let outer = self.resolver.label(frame, at);
        for (index, inner) in group.nodes.iter().enumerate() {
            if inner.is_virtual() || inner.mode != Mode::Always {
                continue;
            }
            let id = Text::new(format!("{}:{index}", outer.id));
            let mut label = NodeLabel::new(id, Some(inner.class.clone()), inner.title.clone());
            label.subgraph.clone_from(&outer.class);
            let mut inputs = self.values_of(inner, &label)?;
            for (number, slot) in inner.inputs.iter().enumerate() {
                let (id, output) = match group.source(index, number) {
                    InnerSource::Nothing => continue,
                    InnerSource::Inside(from, output) if group.nodes[from].is_virtual() => {
                        // The value of a primitive is already in the widget; links through other virtual nodes are not
                        // followed.
                        if matches!(group.nodes[from].kind, NodeKind::Primitive { .. }) {
                            continue;
                        }
                        (Text::new(format!("{}:{from}", outer.id)), output)
                    }
                    InnerSource::Inside(from, output) => (Text::new(format!("{}:{from}", outer.id)), output),
                    InnerSource::Outside(outside) => {
                        let link = graph.nodes[at].inputs.get(outside).and_then(|slot| slot.link.as_ref());
                        match link.and_then(|id| graph.links.get(id)) {
                            Some(link) => self.raw_source(frame, link),
                            None => continue,
                        }
                    }
                };
                inputs.push((slot.name.clone(), Some(Held::Link(id, output))));
            }
            self.push(inner, label.id, inputs);
        }
        Ok(())
    }

    /// Returns the source of a link into a group node. The link is followed into another group node, but not through
    /// bypassed or virtual nodes.
    fn raw_source(&self, frame: usize, link: &Link) -> (Text, usize) {
        let graph = &self.loaded.graphs[self.flat.frames[frame].graph];
        let origin = graph.by_id.get(&link.origin).map(|&at| &graph.nodes[at].kind);
        if let Some(NodeKind::Group(group)) = origin
            && let Some((inner, output)) = group.output(link.origin_slot)
        {
            return (Text::new(format!("{}:{inner}", link.origin)), output);
        }
        (link.origin.clone(), link.origin_slot)
    }

    fn values_of(&mut self, node: &Node<'_>, label: &NodeLabel) -> Result<Inputs, ConvertError> {
        let unknown = |hint: &str| ConvertWarningKind::UnknownClass { hint: hint.into() };
        let mut warn = |kind| self.warnings.push(ConvertWarning { node: Some(label.clone()), kind });
        if node.named_values {
            warn(ConvertWarningKind::NamedValues);
        }
        if let NodeKind::Unknown { value } = &node.kind {
            warn(match node.class.as_str() {
                "GetNode" | "SetNode" => unknown("; follow Get and Set nodes by their names to convert it"),
                _ => unknown(""),
            });
            let value = value.as_ref().map(|value| Held::Value(values::of_unknown(value)));
            return Ok(value.map(|value| ("UNKNOWN".into(), Some(value))).into_iter().collect());
        }
        let mut inputs = Inputs::with_capacity(node.widgets.list.len() + node.inputs.len());
        for widget in node.widgets.list.iter().filter(|widget| widget.sent) {
            let (value, warning) = self.values.of(widget, node, label)?;
            self.warnings.extend(warning.map(|kind| ConvertWarning { node: Some(label.clone()), kind }));
            inputs.push((widget.name.clone(), value.map(Held::Value)));
        }
        Ok(inputs)
    }

    fn push(&mut self, node: &Node<'_>, id: Text, inputs: Inputs) {
        let class = match node.kind {
            NodeKind::Class(class) => Some(class),
            _ => None,
        };
        let title = node.title.clone().or_else(|| class.map(title::default));
        self.nodes.push(Emitted { id, inputs, class: class.map(|class| class.class.clone()), title });
    }
}

/// Returns the nodes as an object with keys in JavaScript's order, without links to nodes that are not in it.
fn prompt(mut nodes: Vec<Emitted>) -> Value {
    let ids: HashSet<Text> = nodes.iter().map(|node| node.id.clone()).collect();
    // Integer keys come first, in ascending order; the others follow in insertion order.
    nodes.sort_by_cached_key(|node| integer(&node.id).map_or((1, 0), |id| (0, id)));
    nodes.into_iter().map(|node| (node.id.clone(), node.into_value(&ids))).collect::<Map>().into()
}

/// Returns the id as an integer, if JavaScript treats it as an array index.
fn integer(id: &str) -> Option<u32> {
    js::decimal(id).filter(|number| *number != u32::MAX)
}

/// Returns the inputs with unique names: the first place and the last content of each.
fn without_doubles(all: Inputs) -> Inputs {
    let mut places: HashMap<Text, usize> = HashMap::with_capacity(all.len());
    let mut inputs: Inputs = Vec::with_capacity(all.len());
    for (name, held) in all {
        match places.get(&name) {
            Some(&at) => inputs[at].1 = held,
            None => {
                places.insert(name.clone(), inputs.len());
                inputs.push((name, held));
            }
        }
    }
    inputs
}

impl Emitted {
    fn into_value(self, ids: &HashSet<Text>) -> Value {
        let inputs = if self.inputs.len() > 1 { without_doubles(self.inputs) } else { self.inputs };
        let value = |held| match held {
            Held::Value(value) => Some(value),
            Held::Link(id, slot) => ids.contains(&id).then(|| Value::Array(vec![id.into(), slot.into()])),
        };
        let inputs: Map = inputs.into_iter().filter_map(|(name, held)| Some((name, held.and_then(value)?))).collect();
        let mut node = Map::new();
        node.insert("inputs", inputs);
        if let Some(class) = self.class {
            node.insert("class_type", class);
        }
        let meta: Map = self.title.into_iter().map(|title| ("title", title)).collect();
        node.insert("_meta", meta);
        node.into()
    }
}
