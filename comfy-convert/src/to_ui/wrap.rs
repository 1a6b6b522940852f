//! Literals on sockets that have no widget.
//!
//! A file has no place for them but one: an input of a subgraph that also feeds a widget gives that widget's value to
//! everything it feeds, as a literal. That is where they come from, too. So a node `12:5` with
//! such a literal goes into a subgraph instance `12`, next to a muted node that holds the value.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Map, Schema, Text, Value};

use super::node::{Built, Wire};
use super::{Lost, NodePlace, uuid_of};

/// The ends of a definition.
const INPUT: i32 = -10;
const OUTPUT: i32 = -20;
/// What the helpers are called, the number apart. No number, so that loading does not renumber it.
const HELPER: &str = "literal";
/// So many subgraphs are made; each looks at all links.
const MOST_SUBGRAPHS: usize = 200;

/// A subgraph with one instance.
pub(super) struct Subgraph {
    /// The instance's id.
    id: Text,
    /// The nodes in it, by place.
    members: Vec<usize>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    links: Vec<Inner>,
    helpers: Vec<Value>,
    /// The names of the inputs.
    names: HashSet<Text>,
}

/// An input or output of the definition and of the instance.
struct Port {
    name: Text,
    kind: Text,
    /// Links outside.
    outside: Vec<usize>,
    /// Links inside.
    inside: Vec<usize>,
}

/// A link inside.
struct Inner {
    origin: Value,
    origin_slot: usize,
    target: Value,
    target_slot: usize,
    kind: Text,
}

/// The subgraphs that are needed; what has no place is lost.
pub(super) fn subgraphs(schema: &Schema, nodes: &[Built<'_>], lost: &mut Vec<Lost>) -> Vec<Subgraph> {
    let ids: HashSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
    let mut found: Vec<Subgraph> = Vec::new();
    let mut inner_ids: HashSet<&str> = HashSet::new();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| !node.literals.is_empty()) {
        let parts = node.id.rsplit_once(':').filter(|(instance, inner)| {
            // Equal numbers would be renumbered when the file is loaded.
            !instance.is_empty() && !ids.contains(instance) && !ids.contains(inner) && !inner_ids.contains(inner)
        });
        let holdable = node.literals.iter().all(|(_, value)| helper_class(schema, value).is_some());
        let Some((instance, inner)) = parts.filter(|_| holdable) else {
            lost.extend(node.literals.iter().map(|(name, _)| node.lost(name, "the socket has no widget")));
            continue;
        };
        inner_ids.insert(inner);
        match found.iter().position(|subgraph| subgraph.id == instance) {
            Some(known) => found[known].members.push(at),
            None if found.len() == MOST_SUBGRAPHS => {
                lost.extend(node.literals.iter().map(|(name, _)| node.lost(name, "too many sockets without a widget")));
            }
            None => found.push(Subgraph {
                id: instance.into(),
                members: vec![at],
                inputs: Vec::new(),
                outputs: Vec::new(),
                links: Vec::new(),
                helpers: Vec::new(),
                names: HashSet::new(),
            }),
        }
    }
    found
}

/// The class whose only widget holds such a value.
fn helper_class(schema: &Schema, value: &Value) -> Option<&'static str> {
    let class = match value {
        Value::Int(_) => "PrimitiveInt",
        Value::Float(_) => "PrimitiveFloat",
        Value::String(_) => "PrimitiveString",
        Value::Bool(_) => "PrimitiveBoolean",
        _ => return None,
    };
    let input = schema.node(class)?.input("value")?;
    (!input.options.force_input()).then_some(class)
}

impl Subgraph {
    /// Moves the links of its nodes inside, and those that cross its border to its ports. Gives the links that stay
    /// outside.
    pub(super) fn take(&mut self, schema: &Schema, nodes: &mut [Built<'_>], wires: Vec<Wire>) -> Vec<Wire> {
        let members: HashSet<usize> = self.members.iter().copied().collect();
        for &at in &self.members {
            nodes[at].unlink();
        }
        let mut outputs: HashMap<(usize, usize), usize> = HashMap::new();
        let mut outside = Vec::new();
        for mut wire in wires {
            let (from, to) = (wire.from.filter(|at| members.contains(at)), wire.to.filter(|at| members.contains(at)));
            match (from, to) {
                (None, None) => outside.push(wire),
                (Some(from), Some(to)) => {
                    let link = self.inner(
                        (nodes[from].inner_id(), wire.output),
                        (nodes[to].inner_id(), wire.slot),
                        &wire.kind,
                    );
                    nodes[from].add_link(wire.output, link);
                    nodes[to].set_link(wire.slot, link);
                }
                (None, Some(to)) => {
                    let port = self.inputs.len();
                    let name = nodes[to].slot_name(wire.slot);
                    let link = self.inner((INPUT.into(), port), (nodes[to].inner_id(), wire.slot), &wire.kind);
                    nodes[to].set_link(wire.slot, link);
                    self.add_input(&name, &wire.kind, vec![wire.id], vec![link]);
                    wire.to = None;
                    wire.to_id = self.id_value();
                    wire.slot = port;
                    outside.push(wire);
                }
                (Some(from), None) => {
                    let next = self.outputs.len();
                    let port = *outputs.entry((from, wire.output)).or_insert(next);
                    if port == next {
                        let link = self.inner((nodes[from].inner_id(), wire.output), (OUTPUT.into(), port), &wire.kind);
                        nodes[from].add_link(wire.output, link);
                        let name = Text::new(format!("{}_{port}", wire.kind));
                        self.outputs.push(Port {
                            name,
                            kind: wire.kind.clone(),
                            outside: Vec::new(),
                            inside: vec![link],
                        });
                    }
                    self.outputs[port].outside.push(wire.id);
                    wire.from = None;
                    wire.from_id = self.id_value();
                    wire.output = port;
                    outside.push(wire);
                }
            }
        }
        self.hold_literals(schema, nodes);
        outside
    }

    /// An input for each literal, which feeds the socket and a muted node that holds the value.
    fn hold_literals(&mut self, schema: &Schema, nodes: &mut [Built<'_>]) {
        for at in self.members.clone() {
            for (name, value) in std::mem::take(&mut nodes[at].literals) {
                let (Some(class), Some(slot)) = (helper_class(schema, &value), nodes[at].slot_of(&name)) else {
                    continue;
                };
                let kind: Text = schema
                    .node(class)
                    .and_then(|class| class.input("value"))
                    .map(|input| input.kind.type_word())
                    .unwrap_or_default();
                let helper = Value::from(format!("{HELPER}{}", self.helpers.len()));
                let port = self.inputs.len();
                let held = self.inner((INPUT.into(), port), (helper.clone(), 0), &kind);
                let fed = self.inner((INPUT.into(), port), (nodes[at].inner_id(), slot), &kind);
                nodes[at].set_link(slot, fed);
                self.add_input(&name, &kind, Vec::new(), vec![held, fed]);
                self.helpers.push(helper_node(helper, class, &kind, held, value));
            }
        }
    }

    /// Adds an input of this name, or of one like it.
    fn add_input(&mut self, name: &str, kind: &Text, outside: Vec<usize>, inside: Vec<usize>) {
        let mut free = Text::new(name);
        // No two inputs have one place, so this ends with the second try, but for names that look like made ones.
        while !self.names.insert(free.clone()) {
            free = Text::new(format!("{free}_{}", self.inputs.len()));
        }
        self.inputs.push(Port { name: free, kind: kind.clone(), outside, inside });
    }

    /// Adds a link inside and gives its id.
    fn inner(
        &mut self,
        (origin, origin_slot): (Value, usize),
        (target, target_slot): (Value, usize),
        kind: &Text,
    ) -> usize {
        self.links.push(Inner { origin, origin_slot, target, target_slot, kind: kind.clone() });
        self.links.len()
    }

    fn id_value(&self) -> Value {
        super::node::id_value(&self.id)
    }

    /// The definition, with its nodes as they stand in the file.
    pub(super) fn definition(&self, members: Vec<Value>) -> Value {
        let port = |(at, port): (usize, &Port)| {
            Map::from_iter([
                ("id", Value::from(uuid_of(&format!("{} {at} {}", self.id, port.name)))),
                ("name", Value::from(&port.name)),
                ("type", Value::from(&port.kind)),
                ("linkIds", port.inside.iter().copied().collect()),
            ])
        };
        let links = self.links.iter().enumerate().map(|(at, link)| {
            Map::from_iter([
                ("id", Value::from(at + 1)),
                ("origin_id", link.origin.clone()),
                ("origin_slot", Value::from(link.origin_slot)),
                ("target_id", link.target.clone()),
                ("target_slot", Value::from(link.target_slot)),
                ("type", Value::from(&link.kind)),
            ])
        });
        let end = |id: i32, x: f64| {
            let bounding = [x, 0.0, 120.0, 80.0].map(Value::from).to_vec();
            Value::from(Map::from_iter([("id", Value::from(id)), ("bounding", Value::Array(bounding))]))
        };
        let nodes: Vec<Value> = members.into_iter().chain(self.helpers.iter().cloned()).collect();
        Map::from_iter([
            ("id", Value::from(self.definition_id())),
            ("version", Value::from(1)),
            ("revision", Value::from(0)),
            ("config", Map::new().into()),
            ("name", Value::from(format!("Values of {}", self.id))),
            ("inputNode", end(INPUT, -400.0)),
            ("outputNode", end(OUTPUT, 400.0)),
            ("inputs", self.inputs.iter().enumerate().map(port).collect()),
            ("outputs", self.outputs.iter().enumerate().map(port).collect()),
            ("widgets", Value::Array(Vec::new())),
            ("nodes", Value::Array(nodes)),
            ("groups", Value::Array(Vec::new())),
            ("links", links.collect()),
            ("extra", Map::new().into()),
        ])
        .into()
    }

    /// The instance.
    pub(super) fn instance(&self, place: NodePlace, order: usize) -> Value {
        let inputs = self.inputs.iter().map(|port| {
            Map::from_iter([
                ("name", Value::from(&port.name)),
                ("type", Value::from(&port.kind)),
                ("link", Value::from(port.outside.first().copied())),
            ])
        });
        let outputs = self.outputs.iter().map(|port| {
            Map::from_iter([
                ("name", Value::from(&port.name)),
                ("type", Value::from(&port.kind)),
                ("links", port.outside.iter().copied().collect()),
            ])
        });
        Map::from_iter([
            ("id", self.id_value()),
            ("type", Value::from(self.definition_id())),
            ("pos", Value::Array(vec![place.x.into(), place.y.into()])),
            ("size", Value::Array(vec![place.width.into(), place.height.into()])),
            ("flags", Map::new().into()),
            ("order", Value::from(order)),
            ("mode", Value::from(0)),
            ("inputs", inputs.collect()),
            ("outputs", outputs.collect()),
            ("properties", Map::new().into()),
            ("widgets_values", Value::Array(Vec::new())),
        ])
        .into()
    }

    /// The places of its nodes.
    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }

    fn definition_id(&self) -> String {
        uuid_of(&format!("subgraph {}", self.id))
    }
}

/// A muted node that holds a value in the widget of its first input.
fn helper_node(id: Value, class: &str, kind: &Text, link: usize, value: Value) -> Value {
    let input = Map::from_iter([
        ("name", Value::from("value")),
        ("type", Value::from(kind)),
        ("widget", Map::from_iter([("name", "value")]).into()),
        ("link", Value::from(link)),
    ]);
    let output = Map::from_iter([("name", Value::from(kind)), ("type", Value::from(kind)), ("links", Value::Null)]);
    Map::from_iter([
        ("id", id),
        ("type", Value::from(class)),
        ("pos", Value::Array(vec![Value::from(-200.0), Value::from(0.0)])),
        ("size", Value::Array(vec![Value::from(210.0), Value::from(82.0)])),
        ("flags", Map::new().into()),
        ("order", Value::from(0)),
        ("mode", Value::from(2)),
        ("inputs", Value::Array(vec![input.into()])),
        ("outputs", Value::Array(vec![output.into()])),
        ("properties", Map::new().into()),
        ("widgets_values", Value::Array(vec![value, "fixed".into()])),
    ])
    .into()
}
