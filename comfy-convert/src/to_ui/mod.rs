//! The way back: a prompt becomes a workflow that the editor opens.
//!
//! It is the inverse of the conversion: what the editor queues for the file is the prompt again. Only what no file can
//! say is lost, and each such thing is told ([`UiDocument::lost`]).

mod kinds;
mod levels;
mod links;
mod literals;
mod lost;
mod node;
mod size;
mod text;
mod write;

use std::collections::{HashMap, VecDeque};

use comfy_schema::{Map, Schema, Text, Value};
use thiserror::Error;

pub use lost::Lost;
pub use size::BoxSize;

use levels::Levels;
use links::{Router, Wire};
use node::Built;
use write::Writer;

/// The front end whose files these are like.
const FRONT_END: &str = "1.45.19";

/// A workflow in UI format 0.4, as the front end saves it.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the workflow is not written anywhere"]
#[non_exhaustive]
pub struct UiDocument {
    /// The file.
    pub workflow: Value,
    /// What the editor queues otherwise than the prompt says: what the file cannot hold, and inputs that the prompt
    /// leaves out and the editor sends.
    pub lost: Vec<Lost>,
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

/// Makes a workflow for the editor from a prompt in API format. `layout` lays the nodes of a graph out: of their sizes
/// and the links between them, by place, it gives the left top corner of each. It is asked once for the root and once
/// for each subgraph.
///
/// Ids stay as they are, titles too; nodes with ids like `12:5` stand in a subgraph whose instance is `12`. Widgets that
/// change a value after each run are set to `fixed`, so that the editor runs what the prompt says. The same prompt gives
/// the same file.
///
/// ```
/// use comfy_convert::{BoxSize, Converter, UiWorkflow, to_ui};
/// use comfy_schema::{Schema, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = Schema::from_slice(br#"{"Blur": {
///     "input": {"required": {"radius": ["INT", {"default": 1}]}}, "output": ["IMAGE"]
/// }}"#)?;
/// let prompt = Value::parse(br#"{"soft": {"inputs": {"radius": 4}, "class_type": "Blur", "_meta": {"title": "Soft"}}}"#)?;
/// let in_a_row = |sizes: &[BoxSize], _: &[(usize, usize)]| sizes.iter().map(|size| (0.0, size.height)).collect();
/// let document = to_ui(&prompt, &schema, in_a_row)?;
/// assert!(document.lost.is_empty());
/// let back = Converter::new(&schema).convert(&UiWorkflow::from_value(&document.workflow)?)?;
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
    layout: impl Fn(&[BoxSize], &[(usize, usize)]) -> Vec<(f64, f64)>,
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
    let wires = wires(&mut nodes, &mut lost);
    let order = order(nodes.len(), &wires);
    kinds::resolve(&mut nodes, &wires, &order);
    let ids: Vec<Text> = nodes.iter().map(|node| node.id.clone()).collect();
    let ids: Vec<&str> = ids.iter().map(Text::as_str).collect();
    let mut levels = Levels::new(&ids);
    let mut last_node = last_number(&ids);
    let mut router = Router::new(&mut nodes, &mut levels);
    for wire in &wires {
        router.connect(wire);
    }
    literals::hold(schema, &mut router, &mut last_node, &mut lost);
    let last_link = router.last;
    let mut places = vec![0; order.len()];
    for (place, &node) in order.iter().enumerate() {
        places[node] = place;
    }
    let (order, first) = (&places[..], &levels.first(&places)[..]);
    let writer = Writer { nodes: &nodes, levels: &levels, order, first, layout, last: (last_node, last_link) };
    let workflow = Value::Object(workflow(&writer));
    lost::complete(schema, prompt, &workflow, &mut lost);
    Ok(UiDocument { workflow, lost })
}

/// The file.
fn workflow<L>(writer: &Writer<'_, '_, L>) -> Map
where
    L: Fn(&[BoxSize], &[(usize, usize)]) -> Vec<(f64, f64)>,
{
    let nodes = Value::Array(writer.nodes(0).nodes);
    let definitions = writer.definitions();
    let mut workflow = Map::from_iter([
        ("id", Value::from(uuid_of(&nodes.to_string()))),
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

/// The greatest number that is an id, or a part of one.
fn last_number(ids: &[&str]) -> u32 {
    let numbers = ids.iter().flat_map(|id| id.split(':')).filter_map(|part| part.parse::<u32>().ok());
    // Ids beyond are texts to us, and no number is made behind them.
    numbers.filter(|&number| number < u32::MAX / 2).max().unwrap_or(0)
}

/// The links that the prompt wants and that can be.
fn wires(nodes: &mut [Built<'_>], lost: &mut Vec<Lost>) -> Vec<Wire> {
    let places: HashMap<Text, usize> = nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
    let mut wires = Vec::new();
    for to in 0..nodes.len() {
        for (slot, name, source, output) in nodes[to].wanted() {
            match places.get(&source) {
                Some(&from) if nodes[from].has_output(output) => wires.push(Wire { from, output, to, slot }),
                _ => {
                    let why = format!("it is linked to output {output} of node {source}, which does not exist");
                    lost.push(Lost { node: nodes[to].id.clone(), input: name, why });
                }
            }
        }
    }
    wires
}

/// The nodes in an order of execution: behind all that feed them. In a circle, any.
fn order(count: usize, wires: &[Wire]) -> Vec<usize> {
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waits = vec![0_usize; count];
    for wire in wires {
        targets[wire.from].push(wire.to);
        waits[wire.to] += 1;
    }
    let mut ready: VecDeque<usize> = (0..count).filter(|&at| waits[at] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(at) = ready.pop_front() {
        order.push(at);
        for &to in &targets[at] {
            waits[to] -= 1;
            if waits[to] == 0 {
                ready.push_back(to);
            }
        }
    }
    let circles = (0..count).filter(|&at| waits[at] > 0);
    order.extend(circles);
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
