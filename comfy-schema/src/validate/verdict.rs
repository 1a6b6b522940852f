//! The verdict of a server on a prompt, and its parts.

use super::error::{NodeError, RequestErrorKind};
use super::python::Exception;
use super::warning::{PromptWarning, Unverifiable};
use crate::{Map, Text, Value};

/// The server's answer to a prompt.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the prompt may be refused"]
#[non_exhaustive]
pub enum Verdict {
    /// The server queues the prompt.
    Accepted {
        /// The ids of the valid outputs, which the server executes. There is at least one.
        outputs: Vec<Text>,
        /// The findings about the nodes. Node errors of an accepted prompt belong to outputs that are dropped.
        report: PromptReport,
    },
    /// The server answers with status 400 and this error.
    Refused {
        /// The error of the request as a whole.
        error: RequestError,
        /// The findings about the nodes. It is empty if the request was refused before its nodes were validated.
        report: PromptReport,
    },
    /// Validation itself raises an exception: the server answers with status 500 and no JSON.
    Raised(ServerException),
}

/// The findings about the nodes of a prompt.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PromptReport {
    /// The prompt after validation: nodes replaced, literals converted, wrappers removed. An accepted prompt is queued
    /// in this form. It is `null` if the request has no prompt.
    pub prompt: Value,
    /// The errors, by node.
    pub node_errors: NodeErrors,
    /// The facts that cannot be verified with the definitions alone, each with the assumption made.
    pub unverifiable: Vec<Unverifiable>,
    /// The parts of the prompt that the server accepts and then ignores or fails on.
    pub warnings: Vec<PromptWarning>,
}

/// The report of a prompt that was not validated.
static NO_REPORT: PromptReport = PromptReport::new(Value::Null);

/// An exception that validation itself raises.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerException {
    /// The id of the node at fault, if there is one.
    pub node: Option<Text>,
    /// The description of the mistake in the request.
    pub reason: String,
    /// The Python exception.
    pub exception: Exception,
}

/// The `error` of a refused request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RequestError {
    /// The kind of error.
    pub kind: RequestErrorKind,
    /// The server's message.
    pub message: String,
    /// The server's details: one line for each error of an output node.
    pub details: String,
    /// The server's additional information.
    pub extra_info: Map,
}

impl RequestError {
    /// Returns the error as the server sends it.
    pub fn to_value(&self) -> Value {
        Value::Object(Map::from_iter([
            ("type", Value::from(self.kind.as_str())),
            ("message", Value::from(self.message.as_str())),
            ("details", Value::from(self.details.as_str())),
            ("extra_info", Value::Object(self.extra_info.clone())),
        ]))
    }
}

/// The nodes with errors, in the order in which the errors were found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NodeErrors {
    pub(super) nodes: Vec<NodeReport>,
    /// The outputs that failed, in the order in which they were validated.
    pub(super) failed_outputs: Vec<Text>,
}

/// The errors of one node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeReport {
    /// The node's id.
    pub id: Text,
    /// The node's class.
    pub class_type: Text,
    /// The errors, in no particular order.
    pub errors: Vec<NodeError>,
    /// The number of outputs that had failed before these errors were found.
    pub(super) failed_before: usize,
}

impl NodeErrors {
    const NONE: Self = Self { nodes: Vec::new(), failed_outputs: Vec::new() };

    /// Returns whether no node has errors.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns the number of nodes with errors.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the nodes with errors.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &NodeReport> {
        self.nodes.iter()
    }

    /// Returns the errors of a node.
    pub fn get(&self, id: &str) -> Option<&NodeReport> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// Returns the outputs that the server lists as dependent on a node: those that failed when its errors were found
    /// or later. Unrelated outputs may be among them.
    pub fn dependent_outputs(&self, node: &NodeReport) -> &[Text] {
        self.failed_outputs.get(node.failed_before..).unwrap_or_default()
    }

    /// Returns `node_errors` as the server sends it.
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

impl PromptReport {
    /// Creates a report without findings.
    pub(super) const fn new(prompt: Value) -> Self {
        Self { prompt, node_errors: NodeErrors::NONE, unverifiable: Vec::new(), warnings: Vec::new() }
    }
}

impl Verdict {
    /// Returns whether the server queues the prompt.
    pub const fn is_valid(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    /// Returns the ids of the outputs that the server executes. The slice is empty unless the prompt is accepted.
    pub fn outputs(&self) -> &[Text] {
        if let Self::Accepted { outputs, .. } = self { outputs } else { &[] }
    }

    /// Returns the ids of the outputs that the server drops while it executes others. The slice is empty unless the
    /// prompt is accepted.
    pub fn dropped_outputs(&self) -> &[Text] {
        if let Self::Accepted { report, .. } = self { &report.node_errors.failed_outputs } else { &[] }
    }

    /// Returns the error of the request, if the server refuses the prompt.
    pub const fn error(&self) -> Option<&RequestError> {
        if let Self::Refused { error, .. } = self { Some(error) } else { None }
    }

    /// Returns the exception, if validation itself raises one.
    pub const fn exception(&self) -> Option<&ServerException> {
        if let Self::Raised(exception) = self { Some(exception) } else { None }
    }

    /// Returns the findings about the nodes. The report is empty if validation raises an exception.
    pub fn report(&self) -> &PromptReport {
        match self {
            Self::Accepted { report, .. } | Self::Refused { report, .. } => report,
            Self::Raised(_) => &NO_REPORT,
        }
    }

    /// Returns the errors, by node.
    pub fn node_errors(&self) -> &NodeErrors {
        &self.report().node_errors
    }

    /// Returns the facts that cannot be verified with the definitions alone.
    pub fn unverifiable(&self) -> &[Unverifiable] {
        &self.report().unverifiable
    }

    /// Returns the warnings.
    pub fn warnings(&self) -> &[PromptWarning] {
        &self.report().warnings
    }

    /// Returns the body with which the server refuses the prompt: `{"error": …, "node_errors": …}`. For an accepted
    /// prompt, `error` is `null` and `node_errors` holds the errors of the dropped outputs, as in the server's answer.
    pub fn to_response(&self) -> Value {
        let error = self.error().map(RequestError::to_value);
        Value::Object(Map::from_iter([("error", Value::from(error)), ("node_errors", self.node_errors().to_value())]))
    }
}
