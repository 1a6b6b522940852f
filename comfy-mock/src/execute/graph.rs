//! A prompt as a graph: nodes by position, and what links them.

use std::collections::HashMap;

use comfy_schema::{Map, NodeDef, Schema, Text, Value};

use crate::json;

/// A prompt that can be executed.
#[derive(Debug)]
pub(crate) struct Graph<'p> {
    pub(crate) nodes: Vec<GraphNode<'p>>,
    by_id: HashMap<&'p str, usize>,
}

/// A node of a prompt.
#[derive(Debug)]
pub(crate) struct GraphNode<'p> {
    pub(crate) id: &'p Text,
    pub(crate) class: &'p str,
    pub(crate) inputs: &'p Map,
    /// Its definition; every node of a prompt that was accepted has one.
    pub(crate) definition: Option<&'p NodeDef>,
    pub(crate) links: Vec<Link<'p>>,
}

/// An input that takes what another node gives.
#[derive(Debug)]
pub(crate) struct Link<'p> {
    pub(crate) input: &'p Text,
    pub(crate) from: usize,
    pub(crate) slot: &'p Value,
    /// It is evaluated only when the node asks for it.
    pub(crate) lazy: bool,
}

/// What passes validation and kills the thread that executes prompts: a node without `inputs`, or a link to a node
/// that is not there, on an input that nobody declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deadly;

impl<'p> Graph<'p> {
    /// The graph of a prompt.
    pub(crate) fn new(prompt: &'p Map, schema: &'p Schema) -> Result<Self, Deadly> {
        let by_id: HashMap<&str, usize> = prompt.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let nodes = prompt.iter().map(|(id, node)| graph_node(id, node, schema, &by_id)).collect::<Result<_, _>>()?;
        Ok(Self { nodes, by_id })
    }

    /// The position of a node.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }
}

fn graph_node<'p>(
    id: &'p Text,
    node: &'p Value,
    schema: &'p Schema,
    by_id: &HashMap<&str, usize>,
) -> Result<GraphNode<'p>, Deadly> {
    let node = node.as_object().ok_or(Deadly)?;
    let class = node.get("class_type").and_then(Value::as_str).ok_or(Deadly)?;
    let inputs = node.get("inputs").and_then(Value::as_object).ok_or(Deadly)?;
    let definition = schema.node(class);
    let mut links = Vec::new();
    for (input, value) in inputs {
        if let Some((from, slot)) = json::link(value) {
            let from = *by_id.get(from).ok_or(Deadly)?;
            let declared = definition.and_then(|definition| definition.input(input));
            links.push(Link { input, from, slot, lazy: declared.is_some_and(|input| input.options.lazy()) });
        }
    }
    Ok(GraphNode { id, class, inputs, definition, links })
}

impl GraphNode<'_> {
    /// Whether it saves or shows something.
    pub(crate) fn is_output(&self) -> bool {
        self.definition.is_some_and(|definition| definition.output_node)
    }

    /// A literal, as a whole number that is not negative.
    pub(crate) fn number(&self, input: &str) -> Option<u32> {
        let number = self.inputs.get(input)?.as_f64().filter(|number| *number >= 0.0)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        Some(number as u32)
    }

    /// A literal text.
    pub(crate) fn text(&self, input: &str) -> Option<&str> {
        self.inputs.get(input)?.as_str()
    }

    /// The node that an input is linked to.
    pub(crate) fn linked(&self, input: &str) -> Option<usize> {
        self.links.iter().find(|link| link.input == input).map(|link| link.from)
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::{Schema, Value};

    use super::{Deadly, Graph};

    #[test]
    fn what_kills_the_worker_is_told() {
        let schema = Schema::default();
        for json in [r#"{"1":{"class_type":"A"}}"#, r#"{"1":{"class_type":"A","inputs":{"x":["2",0]}}}"#] {
            let Ok(Value::Object(prompt)) = Value::parse(json.as_bytes()) else { panic!() };
            assert_eq!(Graph::new(&prompt, &schema).err(), Some(Deadly), "{json}");
        }
    }
}
