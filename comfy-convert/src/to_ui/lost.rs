//! What the editor would queue otherwise than the prompt says. The file is converted back to find out, so that nothing
//! is missed.

use std::collections::HashSet;
use std::fmt;

use comfy_schema::{Map, Schema, Text, Value};

use crate::{Converter, DateTime, UiWorkflow};

/// Something of a prompt that a file for the editor cannot hold, or that the editor adds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// The node; empty if it is not known.
    pub node: Text,
    /// The input; empty if it is the node itself.
    pub input: Text,
    /// In words.
    pub why: String,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.node.as_str(), self.input.as_str()) {
            ("", _) => f.write_str(&self.why),
            (node, "") => write!(f, "node {node}: {}", self.why),
            (node, input) => write!(f, "node {node}, input `{input}`: {}", self.why),
        }
    }
}

/// How much of a value is told.
const SHOWN_CHARACTERS: usize = 60;

/// Adds what is not known yet.
pub(super) fn complete(schema: &Schema, prompt: &Map, workflow: &Value, lost: &mut Vec<Lost>) {
    let back = UiWorkflow::from_value(workflow).map_err(|error| error.to_string()).and_then(|workflow| {
        // Any day will do: what the date goes into is not what the prompt says.
        let date = DateTime { year: 2000, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
        Converter::new(schema).date(date).convert(&workflow).map_err(|error| error.to_string())
    });
    let back = match &back {
        Ok(back) => back.prompt.as_object(),
        Err(why) => {
            let why = format!("the editor does not queue it: {why}");
            return lost.push(Lost { node: Text::default(), input: Text::default(), why });
        }
    };
    let known: HashSet<(Text, Text)> = lost.iter().map(|lost| (lost.node.clone(), lost.input.clone())).collect();
    let mut add = |node: &Text, input: &Text, why: String| {
        if !known.contains(&(node.clone(), input.clone())) {
            lost.push(Lost { node: node.clone(), input: input.clone(), why });
        }
    };
    for (id, node) in prompt {
        match back.and_then(|back| back.get(id)) {
            Some(other) => compare(schema, id, node, other, &mut add),
            None => add(id, &Text::default(), "the editor does not send it".to_owned()),
        }
    }
}

fn compare(schema: &Schema, id: &Text, node: &Value, back: &Value, add: &mut impl FnMut(&Text, &Text, String)) {
    let class = member(node, "class_type");
    if class != member(back, "class_type") {
        // What becomes of a class that is not known is told for each of its inputs.
        return;
    }
    let known = class.and_then(|class| schema.node(class.as_str()?));
    let no_inputs = Map::new();
    let inputs_of = |node| member(node, "inputs").and_then(Value::as_object).unwrap_or(&no_inputs);
    let (inputs, back) = (inputs_of(node), inputs_of(back));
    // The server does not look at what a class does not declare.
    let declared = |name: &str| known.is_none_or(|class| class.input(name.split('.').next().unwrap_or(name)).is_some());
    for (name, value) in inputs.iter().filter(|(name, _)| declared(name)) {
        match back.get(name) {
            Some(other) if same(value, other) => {}
            Some(other) => add(id, name, format!("the editor sends {}", short(other))),
            None => add(id, name, "the editor does not send it".to_owned()),
        }
    }
    for (name, value) in back.iter().filter(|(name, _)| declared(name) && !inputs.contains_key(name)) {
        add(id, name, format!("the prompt leaves it out; the editor sends {}", short(value)));
    }
}

fn member<'v>(node: &'v Value, key: &str) -> Option<&'v Value> {
    node.as_object()?.get(key)
}

/// Whether the server sees no difference: 7 and 7.0 are one number.
fn same(a: &Value, b: &Value) -> bool {
    a == b
        || matches!((a, b), (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)))
            && a.as_f64() == b.as_f64()
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    let shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}
