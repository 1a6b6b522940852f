//! The inverse conversion: from a prompt to a workflow that the editor opens.
//!
//! When the editor queues the workflow, it sends the same prompt again. Values that no file can hold are reported in
//! [`UiDocument::lost`].

mod kinds;
mod levels;
mod links;
mod literals;
mod lost;
mod node;
mod size;
mod text;
mod write;

use std::collections::VecDeque;

use comfy_schema::prompt::{NotAPrompt, Prompt};
use comfy_schema::shown::escaped;
use comfy_schema::{Schema, Text, Value};
use thiserror::Error;

pub use lost::LostValue;
pub use size::BoxSize;

use levels::Levels;
use links::{Router, Wire};
use node::Built;
use write::{Writer, workflow};

/// A workflow in UI format 0.4, as the front end saves it.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the workflow is not written anywhere"]
#[non_exhaustive]
pub struct UiDocument {
    /// The content of the file.
    pub workflow: Value,
    /// The differences between the prompt and what the editor queues for the file: values that the file cannot hold,
    /// and inputs that the prompt leaves out and the editor sends.
    pub lost: Vec<LostValue>,
}

/// The error of [`to_ui_with`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ToUiError {
    /// The JSON is not a prompt.
    #[error(transparent)]
    NotAPrompt(#[from] NotAPrompt),

    /// A node is not an object.
    #[error("node `{}`: expected an object, found {found}; give a workflow in API format", escaped(node))]
    NotANode {
        /// The node's id.
        node: Text,
        /// The kind of value found.
        found: &'static str,
    },
}

/// Creates a workflow for the editor from a prompt in API format. `layout` lays out the nodes of one graph: it takes
/// their sizes and the links between them, as pairs of positions, and returns the top left corner of each node. It is
/// called once for the root and once for each subgraph.
///
/// Ids and titles are kept; nodes with ids like `12:5` are put into a subgraph whose instance is `12`. Widgets that
/// change a value after each run are set to `fixed`, so that the editor runs the workflow with the values of the
/// prompt. The same prompt gives the same file.
///
/// ```
/// use comfy_convert::{BoxSize, Converter, UiWorkflow, to_ui_with};
/// use comfy_schema::{Schema, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = Schema::from_slice(br#"{"Blur": {
///     "input": {"required": {"radius": ["INT", {"default": 1}]}}, "output": ["IMAGE"]
/// }}"#)?;
/// let prompt = Value::parse(br#"{"soft": {"inputs": {"radius": 4}, "class_type": "Blur", "_meta": {"title": "Soft"}}}"#)?;
/// let in_a_row = |sizes: &[BoxSize], _: &[(usize, usize)]| sizes.iter().map(|size| (0.0, size.height)).collect();
/// let document = to_ui_with(&prompt, &schema, in_a_row)?;
/// assert!(document.lost.is_empty());
/// let back = Converter::new(&schema).convert(&UiWorkflow::from_value(&document.workflow)?)?;
/// assert_eq!(back.prompt, prompt);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Returns a [`ToUiError`] if `prompt` is not an object of objects.
pub fn to_ui_with(
    prompt: &Value,
    schema: &Schema,
    layout: impl Fn(&[BoxSize], &[(usize, usize)]) -> Vec<(f64, f64)>,
) -> Result<UiDocument, ToUiError> {
    let prompt = Prompt::new(prompt)?;
    let mut lost = Vec::new();
    let mut nodes: Vec<Built<'_>> = Vec::with_capacity(prompt.nodes().len());
    for &node in prompt.nodes() {
        if node.json.as_object().is_none() {
            return Err(ToUiError::NotANode { node: node.id.clone(), found: node.json.kind_name() });
        }
        nodes.push(Built::new(schema, node, &mut lost));
    }
    let wires = wires(&prompt, &mut nodes, &mut lost);
    let order = order(nodes.len(), &wires);
    kinds::resolve(&mut nodes, &wires, &order);
    let ids: Vec<&str> = prompt.nodes().iter().map(|node| node.id.as_str()).collect();
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
    drop(writer);
    // What follows takes as much memory as the file.
    drop((nodes, levels, wires, places));
    lost::complete(schema, &prompt, &workflow, &mut lost);
    Ok(UiDocument { workflow, lost })
}

/// Returns the greatest number that is an id or a part of an id.
fn last_number(ids: &[&str]) -> u32 {
    let numbers = ids.iter().flat_map(|id| id.split(':')).filter_map(|part| part.parse::<u32>().ok());
    // Greater numbers are left out, so that there is room above the result for new ids.
    numbers.filter(|&number| number < u32::MAX / 2).max().unwrap_or(0)
}

/// Returns the prompt's links between existing slots and outputs. The other links are added to `lost`.
fn wires(prompt: &Prompt<'_>, nodes: &mut [Built<'_>], lost: &mut Vec<LostValue>) -> Vec<Wire> {
    let mut wires = Vec::new();
    for to in 0..nodes.len() {
        for (slot, source, output) in nodes[to].wanted() {
            match prompt.position(source) {
                Some(from) if nodes[from].has_output(output) => wires.push(Wire { from, output, to, slot }),
                _ => {
                    let reason = format!("it is linked to output {output} of node {source}, which does not exist");
                    let (input, _) = nodes[to].slot_name(slot);
                    lost.push(nodes[to].lost(&input, reason));
                }
            }
        }
    }
    wires
}

/// Returns the nodes in an order of execution: each one after all nodes that feed it. Nodes in cycles, and nodes that
/// depend on them, come last.
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
    let in_cycles = (0..count).filter(|&at| waits[at] > 0);
    order.extend(in_cycles);
    order
}
