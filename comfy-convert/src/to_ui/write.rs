//! Writing of the file's graphs: nodes and instances with their positions, links, and definitions.

use std::fmt::{self, Display, Write as _};

use comfy_schema::{Map, Value};

use super::levels::{Helper, Item, Level, Levels, Link, Origin, Port, Target};
use super::links::{INPUT, OUTPUT};
use super::node::Built;
use super::size::{self, BoxSize, Rows, TITLE};

/// The version of the front end whose files are imitated.
const FRONT_END: &str = "1.45.19";

/// The width of a definition's input node and output node.
const END_WIDTH: f64 = 120.0;
/// The distance of a definition's input node and output node from its other nodes.
const END_GAP: f64 = 90.0;

/// The data from which a file is written.
pub(super) struct Writer<'w, 's, L> {
    pub(super) nodes: &'w [Built<'s>],
    pub(super) levels: &'w Levels,
    /// The rank of each node in an order of execution.
    pub(super) order: &'w [usize],
    /// The least rank in each level.
    pub(super) first: &'w [usize],
    /// The function that lays out the nodes of a graph.
    pub(super) layout: L,
    /// The greatest id of a node and that of a link.
    pub(super) last: (u32, usize),
}

/// The nodes of a graph, and their right edge.
pub(super) struct Written {
    pub(super) nodes: Vec<Value>,
    right: f64,
}

impl<L: Fn(&[BoxSize], &[(usize, usize)]) -> Vec<(f64, f64)>> Writer<'_, '_, L> {
    /// Writes the nodes of a graph.
    pub(super) fn nodes(&self, graph: usize) -> Written {
        let level = &self.levels.list[graph];
        let items: Vec<Item> = level.items.iter().copied().chain((0..level.helpers.len()).map(Item::Helper)).collect();
        let sizes: Vec<BoxSize> = items.iter().map(|&item| self.size(item)).collect();
        let places = (self.layout)(&sizes, &self.edges(level));
        let mut written = Written { nodes: Vec::with_capacity(items.len()), right: 0.0 };
        for (at, (&item, &size)) in items.iter().zip(&sizes).enumerate() {
            let (x, y) = places.get(at).copied().unwrap_or_default();
            written.right = written.right.max(x + size.width);
            // The editor draws the title above a node's position.
            let place = (x, y + TITLE);
            written.nodes.push(match item {
                Item::Node(node) => {
                    let id = self.levels.id_of_node(node, self.nodes[node].id);
                    self.nodes[node].write(id, place, size, self.order[node])
                }
                Item::Instance(level) => self.instance(level, place, size),
                Item::Helper(helper) => level.helpers[helper].write(place),
            });
        }
        written
    }

    /// Returns the links between the items of a graph, as pairs of their positions.
    fn edges(&self, level: &Level) -> Vec<(usize, usize)> {
        let edge = |link: &Link| {
            let from = match link.from {
                Origin::Node(node, _) => self.levels.place_of_node[node],
                Origin::Instance(level, _) => self.levels.list[level].place,
                Origin::Border(_) => return None,
            };
            let to = match link.to {
                Target::Node(node, _) => self.levels.place_of_node[node],
                Target::Instance(level, _) => self.levels.list[level].place,
                Target::Border(_) | Target::Helper(_) => return None,
            };
            Some((from, to))
        };
        level.links.iter().filter_map(edge).collect()
    }

    fn size(&self, item: Item) -> BoxSize {
        match item {
            Item::Node(node) => self.nodes[node].size,
            Item::Helper(_) => Helper::size(),
            Item::Instance(level) => {
                let level = &self.levels.list[level];
                let rows = Rows {
                    inputs: level.inputs.iter().map(|port| port.name.as_str()).collect(),
                    outputs: level.outputs.iter().map(|port| port.name.as_str()).collect(),
                };
                let widgets = level.inputs.iter().filter(|port| port.widget).count();
                let size = size::of_rows(rows.count(), widgets);
                BoxSize { width: size.width.max(rows.width()), ..size }
            }
        }
    }

    /// Writes the links of the root.
    pub(super) fn root_links(&self) -> Value {
        let link = |link: &Link| {
            let [(from, output), (to, slot)] = link.ends(0, self.nodes, self.levels);
            Value::Array(vec![link.id.into(), from, output.into(), to, slot.into(), (&link.kind).into()])
        };
        self.levels.list[0].links.iter().map(link).collect()
    }

    /// Writes the definitions of all subgraphs.
    pub(super) fn definitions(&self) -> Vec<Value> {
        (1..self.levels.list.len()).map(|graph| self.definition(graph)).collect()
    }

    fn definition(&self, graph: usize) -> Value {
        let level = &self.levels.list[graph];
        let links = level.links.iter().map(|link| {
            let [(from, output), (to, slot)] = link.ends(graph, self.nodes, self.levels);
            Map::from_iter([
                ("id", Value::from(link.id)),
                ("origin_id", from),
                ("origin_slot", Value::from(output)),
                ("target_id", to),
                ("target_slot", Value::from(slot)),
                ("type", Value::from(&link.kind)),
            ])
        });
        let port = |(at, port): (usize, &Port)| {
            Map::from_iter([
                ("id", Value::from(uuid_of(&format!("{} {at} {}", level.id, port.name)))),
                ("name", Value::from(&port.name)),
                ("type", Value::from(&port.kind)),
                ("linkIds", port.inside.iter().copied().collect()),
            ])
        };
        let Written { nodes, right } = self.nodes(graph);
        let (last_node, last_link) = self.last;
        Map::from_iter([
            ("id", Value::from(definition_id(level))),
            ("version", Value::from(1)),
            (
                "state",
                Map::from_iter([
                    ("lastGroupId", Value::from(0)),
                    ("lastNodeId", Value::from(last_node)),
                    ("lastLinkId", Value::from(last_link)),
                    ("lastRerouteId", Value::from(0)),
                ])
                .into(),
            ),
            ("revision", Value::from(0)),
            ("config", Map::new().into()),
            ("name", Value::from(format!("Subgraph {}", level.id))),
            ("inputNode", end(INPUT, -(END_WIDTH + END_GAP), level.inputs.len())),
            ("outputNode", end(OUTPUT, right + END_GAP, level.outputs.len())),
            ("inputs", level.inputs.iter().enumerate().map(port).collect()),
            ("outputs", level.outputs.iter().enumerate().map(port).collect()),
            ("widgets", Value::Array(Vec::new())),
            ("nodes", Value::Array(nodes)),
            ("groups", Value::Array(Vec::new())),
            ("links", links.collect()),
            ("extra", Map::new().into()),
        ])
        .into()
    }

    fn instance(&self, graph: usize, (x, y): (f64, f64), size: BoxSize) -> Value {
        let level = &self.levels.list[graph];
        let inputs = level.inputs.iter().map(|port| {
            Map::from_iter([
                ("name", Value::from(&port.name)),
                ("type", Value::from(&port.kind)),
                ("link", Value::from(port.outside.first().copied())),
            ])
        });
        let outputs = level.outputs.iter().map(|port| {
            Map::from_iter([
                ("name", Value::from(&port.name)),
                ("type", Value::from(&port.kind)),
                ("links", port.outside.iter().copied().collect()),
            ])
        });
        Map::from_iter([
            ("id", self.levels.id_of_instance(graph)),
            ("type", Value::from(definition_id(level))),
            ("pos", Value::Array(vec![x.into(), y.into()])),
            ("size", size.write()),
            ("flags", Map::new().into()),
            ("order", Value::from(self.first[graph])),
            ("mode", Value::from(0)),
            ("inputs", inputs.collect()),
            ("outputs", outputs.collect()),
            ("properties", Map::new().into()),
            ("widgets_values", Value::Array(Vec::new())),
        ])
        .into()
    }
}

/// Writes the input or output node of a definition, with a height that fits its ports.
fn end(id: i32, x: f64, ports: usize) -> Value {
    let height = size::of_rows(ports + 1, 0).height;
    let bounding = [x, 0.0, END_WIDTH, height].map(Value::from).to_vec();
    Map::from_iter([("id", Value::from(id)), ("bounding", Value::Array(bounding))]).into()
}

fn definition_id(level: &Level) -> String {
    uuid_of(&format!("subgraph {}", level.id))
}

/// Writes the file.
pub(super) fn workflow<L>(writer: &Writer<'_, '_, L>) -> Map
where
    L: Fn(&[BoxSize], &[(usize, usize)]) -> Vec<(f64, f64)>,
{
    let nodes = Value::Array(writer.nodes(0).nodes);
    let definitions = writer.definitions();
    let mut workflow = Map::from_iter([
        ("id", Value::from(uuid_of(&nodes))),
        ("revision", Value::from(0)),
        ("last_node_id", Value::from(writer.last.0)),
        ("last_link_id", Value::from(writer.last.1)),
        ("nodes", nodes),
        ("links", writer.root_links()),
        ("groups", Value::Array(Vec::new())),
        ("config", Map::new().into()),
        ("extra", Map::from_iter([("frontendVersion", FRONT_END)]).into()),
        ("version", Value::from(0.4)),
    ]);
    if !definitions.is_empty() {
        workflow.insert("definitions", Map::from_iter([("subgraphs", definitions)]));
    }
    workflow
}

/// A 128-bit FNV-1a hash of a text that is written to it, which is never held as a whole.
struct Fnv(u128);

impl fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 ^= u128::from(byte);
            self.0 = self.0.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        Ok(())
    }
}

/// Returns a UUID that depends on a text only.
fn uuid_of(text: &impl Display) -> String {
    // The UUID is a hash of the text, with the version (8) and variant of UUIDs in a custom format.
    let mut hash = Fnv(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
    // Writing to a hash cannot fail.
    _ = write!(hash, "{text}");
    let hash = hash.0 & !(0xf << 76) & !(0b11 << 62) | 0x8 << 76 | 0b10 << 62;
    let text = format!("{hash:032x}");
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
