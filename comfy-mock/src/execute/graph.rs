//! A prompt as a graph: nodes by position, their definitions, and the links between them.

use comfy_schema::prompt::{Link, Prompt};
use comfy_schema::{Map, NodeDef, Schema, Text};

/// A prompt that can be executed.
#[derive(Debug)]
pub(crate) struct Graph<'p> {
    prompt: Prompt<'p>,
    pub(crate) nodes: Vec<GraphNode<'p>>,
}

/// A node of a prompt.
#[derive(Debug)]
pub(crate) struct GraphNode<'p> {
    pub(crate) id: &'p Text,
    pub(crate) class: &'p str,
    pub(crate) inputs: &'p Map,
    /// The node definition; every node of an accepted prompt has one.
    pub(crate) definition: Option<&'p NodeDef>,
    pub(crate) links: Vec<GraphLink<'p>>,
}

/// An input that is linked to an output of another node.
#[derive(Debug)]
pub(crate) struct GraphLink<'p> {
    pub(crate) input: &'p Text,
    /// The position of the node that the link comes from.
    pub(crate) from: usize,
    pub(crate) value: Link<'p>,
    /// Whether the input is evaluated only when the node asks for it.
    pub(crate) lazy: bool,
}

/// The error for a prompt that passes validation, but kills the thread that executes prompts: a node has no `inputs`,
/// or an undeclared input is linked to a node that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FatalPrompt;

impl<'p> Graph<'p> {
    /// Creates the graph of a prompt.
    pub(crate) fn new(prompt: &'p Map, schema: &'p Schema) -> Result<Self, FatalPrompt> {
        let prompt = Prompt::of(prompt);
        let nodes = (0..prompt.nodes().len()).map(|at| graph_node(&prompt, at, schema)).collect::<Result<_, _>>()?;
        Ok(Self { prompt, nodes })
    }

    /// Returns the position of the node with this id.
    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.prompt.position(id)
    }
}

fn graph_node<'p>(prompt: &Prompt<'p>, at: usize, schema: &'p Schema) -> Result<GraphNode<'p>, FatalPrompt> {
    let node = prompt.nodes()[at];
    let (Some(class), Some(inputs)) = (node.class(), node.inputs()) else { return Err(FatalPrompt) };
    let definition = schema.node(class);
    let links = prompt.edges(at).map(|edge| {
        let declared = definition.and_then(|definition| definition.input(edge.input));
        let lazy = declared.is_some_and(|input| input.options.lazy());
        Ok(GraphLink { input: edge.input, from: edge.from.ok_or(FatalPrompt)?, value: edge.link, lazy })
    });
    Ok(GraphNode { id: node.id, class, inputs, definition, links: links.collect::<Result<_, _>>()? })
}

impl GraphNode<'_> {
    /// Returns whether this is an output node, which saves or shows something.
    pub(crate) fn is_output(&self) -> bool {
        self.definition.is_some_and(|definition| definition.output_node)
    }

    /// Returns a literal as a whole number; `None` if it is negative or not a number.
    pub(crate) fn number(&self, input: &str) -> Option<u32> {
        let number = self.inputs.get(input)?.as_f64().filter(|number| *number >= 0.0)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        Some(number as u32)
    }

    /// Returns a literal as a string; `None` if it is not one.
    pub(crate) fn text(&self, input: &str) -> Option<&str> {
        self.inputs.get(input)?.as_str()
    }

    /// Returns the position of the node that an input is linked to.
    pub(crate) fn linked(&self, input: &str) -> Option<usize> {
        self.links.iter().find(|link| link.input == input).map(|link| link.from)
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::{Schema, Value};

    use super::{FatalPrompt, Graph};

    #[test]
    fn a_prompt_that_kills_the_worker_is_refused() {
        let schema = Schema::default();
        for json in [r#"{"1":{"class_type":"A"}}"#, r#"{"1":{"class_type":"A","inputs":{"x":["2",0]}}}"#] {
            let Ok(Value::Object(prompt)) = Value::parse(json.as_bytes()) else { panic!() };
            assert_eq!(Graph::new(&prompt, &schema).err(), Some(FatalPrompt), "{json}");
        }
    }
}
