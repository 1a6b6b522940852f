//! Differences between a prompt and what the editor queues for its file. The file is converted back to find them, so
//! that none is missed.

use std::collections::HashSet;
use std::fmt;

use comfy_schema::prompt::{Prompt, PromptNode};
use comfy_schema::shown::{escaped, shortened_value};
use comfy_schema::{Map, Schema, Text, Value};

use crate::convert::Converter;
use crate::frontend::date::DateTime;
use crate::ui::UiWorkflow;

/// The maximum number of characters of a value that a message shows.
const MAX_VALUE_LEN: usize = 60;

/// A difference between a prompt and the prompt that the editor queues for its file: a value that the file cannot hold,
/// or one that the editor adds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostValue {
    /// The node's id; empty if the difference concerns the whole file.
    pub node: Text,
    /// The name of the input; empty if the difference concerns the node itself.
    pub input: Text,
    /// A description of the difference and its cause.
    pub reason: String,
}

impl fmt::Display for LostValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.node.as_str(), self.input.as_str()) {
            ("", _) => escaped(&self.reason).fmt(f),
            (node, "") => write!(f, "node {}: {}", escaped(node), escaped(&self.reason)),
            (node, input) => {
                write!(f, "node {}, input `{}`: {}", escaped(node), escaped(input), escaped(&self.reason))
            }
        }
    }
}

/// Adds the differences that are not in `lost` yet.
pub(super) fn complete(schema: &Schema, prompt: &Prompt<'_>, workflow: &Value, lost: &mut Vec<LostValue>) {
    let back = UiWorkflow::from_value(workflow).map_err(|error| error.to_string()).and_then(|workflow| {
        // The date is arbitrary: any date in place of the pattern differs from the prompt.
        let date = DateTime { year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        Converter::new(schema).date(date).convert(&workflow).map_err(|error| error.to_string())
    });
    let back = match back {
        Ok(back) => back.prompt,
        Err(error) => {
            let reason = format!("the editor cannot queue the file: {error}");
            return lost.push(LostValue { node: Text::default(), input: Text::default(), reason });
        }
    };
    let back = back.as_object().map(Prompt::of);
    let known: HashSet<(Text, Text)> = lost.iter().map(|lost| (lost.node.clone(), lost.input.clone())).collect();
    let mut add = |node: &Text, input: &Text, reason: String| {
        if !known.contains(&(node.clone(), input.clone())) {
            lost.push(LostValue { node: node.clone(), input: input.clone(), reason });
        }
    };
    for &node in prompt.nodes() {
        let other = back.as_ref().and_then(|back| Some(back.nodes()[back.position(node.id)?]));
        match other {
            Some(other) => compare(schema, node, other, &mut add),
            None => add(node.id, &Text::default(), "the editor does not send it".to_owned()),
        }
    }
}

fn compare(schema: &Schema, node: PromptNode<'_>, back: PromptNode<'_>, add: &mut impl FnMut(&Text, &Text, String)) {
    let class = node.class();
    if class != back.class() {
        // The inputs of a node of an unknown class are in `lost` already.
        return;
    }
    let known = class.and_then(|class| schema.node(class));
    let no_inputs = Map::new();
    let (inputs, back) = (node.inputs().unwrap_or(&no_inputs), back.inputs().unwrap_or(&no_inputs));
    // The server ignores inputs that the class does not declare.
    let declared = |name: &str| known.is_none_or(|class| class.input(name.split('.').next().unwrap_or(name)).is_some());
    let sends = |value: &Value| format!("the editor sends {}", shortened_value(value, MAX_VALUE_LEN));
    for (name, value) in inputs.iter().filter(|(name, _)| declared(name)) {
        match back.get(name) {
            Some(other) if same(value, other) => {}
            Some(other) => add(node.id, name, sends(other)),
            None => add(node.id, name, "the editor does not send it".to_owned()),
        }
    }
    for (name, value) in back.iter().filter(|(name, _)| declared(name) && !inputs.contains_key(name)) {
        add(node.id, name, format!("the prompt leaves it out; {}", sends(value)));
    }
}

/// Returns whether two values are the same for the server, to which 7 and 7.0 are one number.
fn same(a: &Value, b: &Value) -> bool {
    a == b
        || matches!((a, b), (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)))
            && a.as_f64() == b.as_f64()
}
