//! Looks up the class of every node, and selects the outputs.

use std::collections::HashMap;

use super::error::RequestErrorKind;
use super::python::{self, Exception, truthy};
use super::replace::{not_a_node, raised};
use super::verdict::{RequestError, ServerException};
use crate::{Map, NodeDef, Schema, Text, Value};

/// The nodes of a prompt, by their position in it.
pub(super) struct Graph<'s> {
    /// The definition of each node.
    pub(super) classes: Vec<&'s NodeDef>,
    /// The position of each node, by id.
    pub(super) positions: HashMap<Text, usize>,
    /// The positions of the selected outputs.
    pub(super) outputs: Vec<usize>,
}

/// The reason why a prompt is refused before its outputs are validated.
pub(super) enum Refused {
    Raised(ServerException),
    Error(RequestError),
}

impl From<ServerException> for Refused {
    fn from(raised: ServerException) -> Self {
        Self::Raised(raised)
    }
}

/// Looks up the class of every node, in the order of the prompt. Returns the first error.
pub(super) fn scan<'s>(prompt: &Map, schema: &'s Schema, targets: Option<&Value>) -> Result<Graph<'s>, Refused> {
    let mut graph = Graph {
        classes: Vec::with_capacity(prompt.len()),
        positions: HashMap::with_capacity(prompt.len()),
        outputs: Vec::new(),
    };
    for (at, (id, node)) in prompt.iter().enumerate() {
        let Value::Object(node) = node else {
            return Err(not_a_node(id, node).into());
        };
        let class = class(id, node, schema)?;
        if class.output_node && selected(id, targets)? {
            graph.outputs.push(at);
        }
        graph.classes.push(class);
        graph.positions.insert(id.clone(), at);
    }
    if graph.outputs.is_empty() {
        return Err(Refused::Error(RequestError {
            kind: RequestErrorKind::NoOutputs,
            message: "Prompt has no outputs".into(),
            details: String::new(),
            extra_info: Map::new(),
        }));
    }
    Ok(graph)
}

fn class<'s>(id: &Text, node: &Map, schema: &'s Schema) -> Result<&'s NodeDef, Refused> {
    let Some(class_type) = node.get("class_type") else {
        let title = title(id, node)?;
        let shown = title.filter(|title| truthy(title)).map_or_else(|| format!("ID #{id}"), python::str);
        let message =
            format!("Node '{shown}' has no class_type. The workflow may be corrupted or a custom node is missing.");
        return Err(missing(id, message, &Value::Null, title.unwrap_or(&Value::Null)));
    };
    if matches!(class_type, Value::Array(_) | Value::Object(_)) {
        let reason = format!("expected a string in `class_type`, found {}", class_type.kind_name());
        let exception = Exception::type_error(format!("unhashable type: '{}'", python::type_name(class_type)));
        return Err(raised(id, reason, exception).into());
    }
    if let Some(class) = class_type.as_str().and_then(|class| schema.node(class)) {
        return Ok(class);
    }
    let title = title(id, node)?.unwrap_or(class_type);
    let message = format!("Node '{}' not found. The custom node may not be installed.", python::str(title));
    Err(missing(id, message, class_type, title))
}

/// Returns `_meta.title`. A `_meta` that is not an object raises an exception.
fn title<'v>(id: &Text, node: &'v Map) -> Result<Option<&'v Value>, ServerException> {
    match node.get("_meta") {
        None => Ok(None),
        Some(Value::Object(meta)) => Ok(meta.get("title")),
        Some(other) => {
            let message = format!("'{}' object has no attribute 'get'", python::type_name(other));
            let reason = format!("expected an object in `_meta`, found {}", other.kind_name());
            Err(raised(id, reason, Exception::new("AttributeError", message)))
        }
    }
}

fn missing(id: &Text, message: String, class_type: &Value, title: &Value) -> Refused {
    Refused::Error(RequestError {
        kind: RequestErrorKind::MissingNodeType,
        message,
        details: format!("Node ID '#{id}'"),
        extra_info: Map::from_iter([
            ("node_id", Value::from(id)),
            ("class_type", class_type.clone()),
            ("node_title", title.clone()),
        ]),
    })
}

/// Returns the result of Python's `id in targets`.
fn selected(id: &Text, targets: Option<&Value>) -> Result<bool, ServerException> {
    match targets {
        None | Some(Value::Null) => Ok(true),
        Some(Value::Array(targets)) => Ok(targets.iter().any(|target| target.as_str() == Some(id))),
        Some(targets) => python::contains(targets, &Value::from(id)).map_err(|exception| ServerException {
            node: None,
            reason: format!("expected an array in `partial_execution_targets`, found {}", targets.kind_name()),
            exception,
        }),
    }
}
