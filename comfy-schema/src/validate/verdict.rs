//! The answer.

use super::error::{NodeError, RequestErrorKind};
use super::python::Exception;
use super::warning::{PromptWarning, Unverifiable};
use crate::{Map, Text, Value};

/// What the server would say of a prompt.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the prompt may be refused"]
#[non_exhaustive]
pub struct Verdict {
    /// It is queued.
    pub valid: bool,
    /// Validation itself raised: the server answers 500 without JSON.
    pub raised: Option<ServerException>,
    /// Why the request is refused, in the terms of the 400's `error`.
    pub error: Option<RequestError>,
    /// The good outputs: what the server executes.
    pub outputs: Vec<Text>,
    /// What is wrong with which node. Not empty for some valid prompts: then bad outputs were dropped.
    pub node_errors: NodeErrors,
    /// The prompt as it is queued: nodes replaced, literals converted, wrappers removed.
    pub prompt: Value,
    /// What cannot be known from the definitions, and what was assumed.
    pub unverifiable: Vec<Unverifiable>,
    /// What the server lets through and then ignores or breaks on.
    pub warnings: Vec<PromptWarning>,
}

/// Where validation itself raises.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerException {
    /// The node at fault, if it is one.
    pub node: Option<Text>,
    /// In words.
    pub why: String,
    /// What Python raises.
    pub exception: Exception,
}

/// The `error` of a refused request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RequestError {
    /// What it is.
    pub kind: RequestErrorKind,
    /// The server's message.
    pub message: String,
    /// The server's details: a line for each error of the outputs themselves.
    pub details: String,
    /// What the server adds.
    pub extra_info: Map,
}

impl RequestError {
    /// The error as the server sends it.
    pub fn to_value(&self) -> Value {
        Value::Object(Map::from_iter([
            ("type", Value::from(self.kind.as_str())),
            ("message", Value::from(self.message.as_str())),
            ("details", Value::from(self.details.as_str())),
            ("extra_info", Value::Object(self.extra_info.clone())),
        ]))
    }
}

/// The nodes that have errors of their own, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeErrors {
    pub(super) nodes: Vec<NodeReport>,
    /// The outputs that failed, in the order in which they were looked at.
    pub(super) failed_outputs: Vec<Text>,
}

/// What is wrong with one node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeReport {
    /// Its id.
    pub id: Text,
    /// Its class.
    pub class_type: Text,
    /// Its errors; their order says nothing.
    pub errors: Vec<NodeError>,
    /// How many outputs had failed before this was found.
    pub(super) failed_before: usize,
}

impl NodeErrors {
    /// No node has errors.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The number of nodes with errors.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &NodeReport> {
        self.nodes.iter()
    }

    /// What is wrong with a node.
    pub fn get(&self, id: &str) -> Option<&NodeReport> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The outputs that the server lists as depending on a node: those that failed when or after its error was found.
    /// Unrelated ones are among them; it is a hint.
    pub fn dependent_outputs(&self, node: &NodeReport) -> &[Text] {
        self.failed_outputs.get(node.failed_before..).unwrap_or_default()
    }

    /// `node_errors` as the server sends it.
    pub fn to_value(&self) -> Value {
        Value::Object(self.nodes.iter().map(|node| (node.id.clone(), self.node_value(node))).collect())
    }

    fn node_value(&self, node: &NodeReport) -> Value {
        Value::Object(Map::from_iter([
            ("errors", node.errors.iter().map(NodeError::to_value).collect::<Value>()),
            ("dependent_outputs", self.dependent_outputs(node).iter().collect()),
            ("class_type", Value::from(&node.class_type)),
        ]))
    }
}

impl Verdict {
    pub(super) fn new(prompt: Value) -> Self {
        Self {
            valid: false,
            raised: None,
            error: None,
            outputs: Vec::new(),
            node_errors: NodeErrors::default(),
            prompt,
            unverifiable: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// `{"error": …, "node_errors": …}`: the body with which the server refuses the prompt. Of a valid prompt, `error`
    /// is null and `node_errors` is what the server's answer has too.
    pub fn to_response(&self) -> Value {
        let error = self.error.as_ref().map(RequestError::to_value);
        Value::Object(Map::from_iter([("error", Value::from(error)), ("node_errors", self.node_errors.to_value())]))
    }
}
