//! The way back: a prompt becomes a workflow that the editor opens.
//!
//! It is the inverse of the conversion: what the editor queues for the file is the prompt again. Only what no file can
//! say is lost, and each such thing is told ([`UiDocument::lost`]).

mod node;
mod text;
mod wrap;

use std::collections::{HashMap, VecDeque};
use std::fmt;

use comfy_schema::{Map, Schema, Text, Value};
use thiserror::Error;

use node::{Built, Wire};

/// The front end whose files these are like.
const FRONT_END: &str = "1.45.19";

/// A workflow in UI format 0.4, as the front end saves it.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the workflow is not written anywhere"]
#[non_exhaustive]
pub struct UiDocument {
    /// The file.
    pub workflow: Map,
    /// What of the prompt the file cannot hold, so that the editor queues something else.
    pub lost: Vec<Lost>,
}

/// Something of a prompt that a file for the editor cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// The node.
    pub node: Text,
    /// The input.
    pub input: Text,
    /// In words.
    pub why: String,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}, input `{}`: {}", self.node, self.input, self.why)
    }
}

/// Why a prompt does not become a workflow for the editor.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToUiError {
    /// What was given is no prompt.
    #[error("a prompt is an object of node id to node, not {found}; give a workflow in API format")]
    NotAPrompt {
        /// What it is.
        found: &'static str,
    },

    /// A node that is none.
    #[error("node `{node}` is {found}, not an object; give a workflow in API format")]
    NotANode {
        /// Its id.
        node: Text,
        /// What it is.
        found: &'static str,
    },
}

/// Where a node stands: its left top corner and its size, in the editor's points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NodePlace {
    /// From the left.
    pub x: f64,
    /// From the top. The editor draws the title above it.
    pub y: f64,
    /// How wide.
    pub width: f64,
    /// How high, without the title.
    pub height: f64,
}

/// Makes a workflow for the editor from a prompt in API format. `places` gives a node's place by its id; where it gives
/// none, nodes stand at the origin.
///
/// Ids stay as they are, titles too. Widgets that change a value after each run are set to `fixed`, so that the editor
/// runs what the prompt says. The same prompt gives the same file.
///
/// ```
/// use comfy_convert::{Converter, UiWorkflow, to_ui};
/// use comfy_schema::{Schema, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = Schema::from_slice(br#"{"Blur": {
///     "input": {"required": {"image": ["IMAGE"], "radius": ["INT", {"default": 1}]}}, "output": ["IMAGE"]
/// }}"#)?;
/// let prompt = Value::parse(br#"{"soft": {"class_type": "Blur", "inputs": {"radius": 4}, "_meta": {"title": "Soft"}}}"#)?;
/// let document = to_ui(&prompt, &schema, |_| None)?;
/// let file = Value::Object(document.workflow);
/// let back = Converter::new(&schema).convert(&UiWorkflow::from_value(&file)?)?;
/// assert_eq!(back.prompt, prompt);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If `prompt` is no object of objects.
pub fn to_ui(
    prompt: &Value,
    schema: &Schema,
    places: impl Fn(&str) -> Option<NodePlace>,
) -> Result<UiDocument, ToUiError> {
    let prompt = prompt.as_object().ok_or_else(|| ToUiError::NotAPrompt { found: prompt.kind_name() })?;
    let mut lost = Vec::new();
    let mut nodes: Vec<Built<'_>> = Vec::with_capacity(prompt.len());
    for (id, node) in prompt {
        let Some(node) = node.as_object() else {
            return Err(ToUiError::NotANode { node: id.clone(), found: node.kind_name() });
        };
        nodes.push(Built::new(schema, id, node, &mut lost));
    }
    let mut subgraphs = wrap::subgraphs(schema, &nodes, &mut lost);
    let mut wires = connect(&mut nodes, &mut lost);
    let order = order(nodes.len(), &wires);
    let most_links = wires.len();
    for subgraph in &mut subgraphs {
        wires = subgraph.take(schema, &mut nodes, wires);
    }
    let links: Value = wires.iter().map(Wire::write).collect();
    let written = write(nodes, &subgraphs, &order, places);
    let nodes = Value::Array(written.nodes);
    let most = prompt.keys().filter_map(|id| id.parse::<u32>().ok()).max().unwrap_or(0);
    let mut workflow = Map::from_iter([
        ("id", Value::from(uuid_of(&nodes.to_string()))),
        ("revision", Value::from(0)),
        ("last_node_id", Value::from(most)),
        ("last_link_id", Value::from(most_links)),
        ("nodes", nodes),
        ("links", links),
        ("groups", Value::Array(Vec::new())),
        ("config", Map::new().into()),
        ("extra", Map::from_iter([("frontendVersion", FRONT_END)]).into()),
        ("version", Value::from(0.4)),
    ]);
    if !written.definitions.is_empty() {
        workflow.insert("definitions", Map::from_iter([("subgraphs", written.definitions)]));
    }
    Ok(UiDocument { workflow, lost })
}

/// The root's nodes and the definitions.
struct Written {
    nodes: Vec<Value>,
    definitions: Vec<Value>,
}

/// Writes the nodes, each where it belongs, and an instance of each subgraph in the place of its first node.
fn write(
    nodes: Vec<Built<'_>>,
    subgraphs: &[wrap::Subgraph],
    order: &[usize],
    places: impl Fn(&str) -> Option<NodePlace>,
) -> Written {
    let inside: HashMap<usize, usize> = subgraphs
        .iter()
        .enumerate()
        .flat_map(|(at, subgraph)| subgraph.members().iter().map(move |&member| (member, at)))
        .collect();
    let mut root = Vec::with_capacity(nodes.len());
    let mut members: Vec<Vec<Value>> = subgraphs.iter().map(|_| Vec::new()).collect();
    for (at, (node, &order)) in nodes.into_iter().zip(order).enumerate() {
        let place = places(&node.id).unwrap_or_default();
        match inside.get(&at) {
            Some(&of) => {
                if members[of].is_empty() {
                    root.push(subgraphs[of].instance(place, order));
                }
                let id = node.inner_id();
                members[of].push(node.write(id, place, order));
            }
            None => {
                let id = node.id_value();
                root.push(node.write(id, place, order));
            }
        }
    }
    let definitions = subgraphs.iter().zip(members).map(|(subgraph, members)| subgraph.definition(members)).collect();
    Written { nodes: root, definitions }
}

/// Numbers the links and tells both of their ends.
fn connect(nodes: &mut [Built<'_>], lost: &mut Vec<Lost>) -> Vec<Wire> {
    let places: HashMap<Text, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
    let mut wires = Vec::new();
    for to in 0..nodes.len() {
        for (slot, name, source, output) in nodes[to].wanted() {
            let id = wires.len() + 1;
            let from = places.get(&source).copied();
            let Some((from, kind)) = from.and_then(|from| Some((from, nodes[from].add_link(output, id)?))) else {
                let why = format!("it is linked to output {output} of node {source}, which does not exist");
                lost.push(Lost { node: nodes[to].id.clone(), input: name, why });
                continue;
            };
            nodes[to].set_link(slot, id);
            let (from_id, to_id) = (nodes[from].id_value(), nodes[to].id_value());
            wires.push(Wire { id, from: Some(from), to: Some(to), from_id, to_id, output, slot, kind });
        }
    }
    wires
}

/// The place of every node in an order of execution: behind all that feed it. In a circle, any.
fn order(count: usize, wires: &[Wire]) -> Vec<usize> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for (from, to) in wires.iter().filter_map(|wire| wire.from.zip(wire.to)) {
        targets[from].push(to);
        waits[to] += 1;
    }
    let mut order = vec![count; count];
    let mut ready: VecDeque<usize> = (0..count).filter(|&at| waits[at] == 0).collect();
    let mut number = 0;
    while let Some(at) = ready.pop_front() {
        order[at] = number;
        number += 1;
        for &to in &targets[at] {
            waits[to] -= 1;
            if waits[to] == 0 {
                ready.push_back(to);
            }
        }
    }
    for place in order.iter_mut().filter(|place| **place == count) {
        *place = number;
        number += 1;
    }
    order
}

/// An id that depends on a text only.
fn uuid_of(text: &str) -> String {
    // FNV-1a over 128 bits; version and variant say that it is an application's own.
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in text.bytes() {
        hash ^= u128::from(byte);
        hash = hash.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    let hash = hash & !(0xf << 76) & !(0b11 << 62) | 0x8 << 76 | 0b10 << 62;
    let text = format!("{hash:032x}");
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}
