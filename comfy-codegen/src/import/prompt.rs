//! A prompt in API format, read: nodes, and links between them found.

use std::collections::HashMap;

use comfy_schema::{Map, Text, Value};

use super::error::{ImportError, ImportWarning, Place, Shown};

/// The most nodes that are imported. The largest workflow that was seen has 3,000.
pub(super) const MOST_NODES: usize = 100_000;

/// The nodes of a prompt, in its order.
#[derive(Debug)]
pub(super) struct Prompt {
    pub(super) nodes: Vec<Node>,
}

/// One node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: Text,
    pub(super) class: Option<Text>,
    pub(super) title: Option<Text>,
    /// The whole of `_meta`, if it is not just the title.
    pub(super) meta: Option<Value>,
    pub(super) inputs: Vec<(Text, Given)>,
}

/// The value of an input.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    Link(Link),
    Value(Value),
}

/// An output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Link {
    /// The node's place in the prompt.
    pub(super) node: usize,
    pub(super) slot: u16,
}

impl Node {
    pub(super) fn place(&self) -> Place {
        Place { id: self.id.clone(), class: self.class.clone(), title: self.title.clone() }
    }
}

/// Reads a prompt. What must not be sent again (`is_changed`) is left out with a warning.
pub(super) fn read(prompt: &Value, warnings: &mut Vec<ImportWarning>) -> Result<Prompt, ImportError> {
    let map = prompt.as_object().ok_or(ImportError::NotAPrompt { found: prompt.kind_name() })?;
    if map.is_empty() {
        return Err(ImportError::Empty);
    }
    if map.len() > MOST_NODES {
        return Err(ImportError::TooMany { found: map.len() });
    }
    let ids: HashMap<&str, usize> = map.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
    let nodes = map.iter().map(|(id, value)| node(id, value, &ids, warnings)).collect::<Result<_, _>>()?;
    Ok(Prompt { nodes })
}

fn node(
    id: &Text,
    value: &Value,
    ids: &HashMap<&str, usize>,
    warnings: &mut Vec<ImportWarning>,
) -> Result<Node, ImportError> {
    let mut node = Node { id: id.clone(), class: None, title: None, meta: None, inputs: Vec::new() };
    let wrong = |node: &Node, problem: String| ImportError::Node { place: node.place(), problem };
    let Some(map) = value.as_object() else {
        return Err(wrong(&node, format!("is {}, not an object with `class_type` and `inputs`", value.kind_name())));
    };
    match map.get("class_type") {
        Some(Value::String(class)) => node.class = Some(class.clone()),
        None => {}
        Some(other) => return Err(wrong(&node, format!("its `class_type` is {}, not a string", other.kind_name()))),
    }
    (node.title, node.meta) = meta(map.get("_meta"));
    let inputs = match map.get("inputs") {
        Some(Value::Object(inputs)) => inputs,
        Some(other) => return Err(wrong(&node, format!("its `inputs` are {}, not an object", other.kind_name()))),
        None => return Err(wrong(&node, "it has no `inputs`".to_owned())),
    };
    for (name, value) in inputs {
        let given = given(value, ids).map_err(|problem| wrong(&node, format!("input {}: {problem}", Shown(name))))?;
        node.inputs.push((name.clone(), given));
    }
    for key in map.keys().filter(|key| !matches!(key.as_str(), "class_type" | "inputs" | "_meta")) {
        let what = format!("`{}` belongs to the run that saved the file, and is left out", Shown(key));
        warnings.push(ImportWarning { place: node.place(), what });
    }
    Ok(node)
}

/// The title, or all of `_meta` if it is anything but an object with a title.
fn meta(meta: Option<&Value>) -> (Option<Text>, Option<Value>) {
    let Some(meta) = meta else { return (None, None) };
    let title = meta.as_object().and_then(|map| map.get("title"));
    match title {
        Some(Value::String(title)) => {
            let more = meta.as_object().is_some_and(|map: &Map| map.len() > 1);
            (Some(title.clone()), more.then(|| meta.clone()))
        }
        _ => (None, Some(meta.clone())),
    }
}

fn given(value: &Value, ids: &HashMap<&str, usize>) -> Result<Given, String> {
    if let Value::Array(parts) = value
        && let [Value::String(id), slot] = parts.as_slice()
        && let Some(&node) = ids.get(id.as_str())
    {
        let number = match slot {
            Value::Int(slot) => u16::try_from(*slot).ok(),
            Value::Float(slot) => Value::Float(*slot).as_i128().and_then(|slot| u16::try_from(slot).ok()),
            // To the server a list like this is a literal.
            _ => return Ok(Given::Value(value.clone())),
        };
        // The last number stands for the node itself.
        let slot = number
            .filter(|slot| *slot < u16::MAX)
            .ok_or_else(|| format!("links to slot {slot} of node {}, which cannot be", Shown(id)))?;
        return Ok(Given::Link(Link { node, slot }));
    }
    if !is_finite(value) {
        return Err("holds NaN or an infinity, which JSON cannot; give it a number".to_owned());
    }
    Ok(Given::Value(value.clone()))
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Float(number) => number.is_finite(),
        Value::Array(values) => values.iter().all(is_finite),
        Value::Object(map) => map.iter().all(|(_, value)| is_finite(value)),
        _ => true,
    }
}
