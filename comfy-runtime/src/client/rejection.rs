//! The errors that the server finds in a workflow.

use std::fmt;

use comfy_schema::Value;
use comfy_schema::shown::escaped;
use comfy_schema::validate::{NodeErrorKind, RequestErrorKind};

use super::json;
use super::origin::{NodeInfo, Origin};

/// The server's rejection of a workflow; nothing runs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rejection {
    /// The type of the error.
    pub kind: RequestErrorKind,
    /// The server's message.
    pub message: String,
    /// The server's details; may be empty.
    pub details: String,
    /// The node that the error itself names, as `missing_node_type` does.
    pub node: Option<NodeInfo>,
    /// The errors of single nodes.
    pub nodes: Vec<NodeProblem>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

/// The outputs of a workflow that the server dropped while it accepted others.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DroppedOutputs {
    /// The id of the run of the other outputs; `None` from a preflight, after which nothing runs.
    pub prompt_id: Option<String>,
    /// The errors of single nodes; the outputs that depend on them do not run.
    pub nodes: Vec<NodeProblem>,
    /// The reason why the run of the other outputs could not be cancelled, so that it may still be running; `None` if
    /// no cancellation failed.
    pub cancel_error: Option<String>,
}

/// The errors of one node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeProblem {
    /// The node.
    pub node: NodeInfo,
    /// Its errors.
    pub problems: Vec<InputProblem>,
    /// The ids of the output nodes that do not run because of them.
    pub dependent_outputs: Vec<String>,
}

/// One error of a node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputProblem {
    /// The type of the error.
    pub kind: NodeErrorKind,
    /// The server's message.
    pub message: String,
    /// The server's details; may be empty.
    pub details: String,
    /// The name of the input at fault, if the error concerns one.
    pub input: Option<String>,
    /// The value that the server received.
    pub received: Option<Value>,
    /// The server's `extra_info`.
    pub extra_info: Value,
}

impl NodeProblem {
    /// Creates the problem of an output that the server dropped for a reason that it no longer tells.
    pub(crate) fn dropped(node: NodeInfo) -> Self {
        let dependent_outputs = vec![node.id.clone()];
        Self { node, problems: Vec::new(), dependent_outputs }
    }
}

impl Rejection {
    /// Reads the response with status 400; returns `None` if it is not a rejection.
    pub(crate) fn read(response: &Value, origin: &Origin) -> Option<Self> {
        let error = json::get(response, "error")?;
        let text = |key| json::string(error, key).unwrap_or_default();
        let node_id = json::at(error, &["extra_info", "node_id"]).and_then(Value::as_str);
        Some(Self {
            kind: json::text(error, "type")?.into(),
            message: text("message"),
            details: text("details"),
            node: node_id.map(|id| {
                let mut node = origin.node(id);
                if let Some(class) = json::at(error, &["extra_info", "class_type"]).and_then(Value::as_str) {
                    class.clone_into(&mut node.class);
                }
                node
            }),
            nodes: node_problems(response, origin),
            raw: response.clone(),
        })
    }
}

/// Reads the `node_errors` of a response.
pub(crate) fn node_problems(response: &Value, origin: &Origin) -> Vec<NodeProblem> {
    json::members(json::get(response, "node_errors"))
        .map(|(id, report)| {
            let mut node = origin.node(id);
            if node.class.is_empty() {
                node.class = json::string(report, "class_type").unwrap_or_default();
            }
            NodeProblem {
                node,
                problems: json::array(json::get(report, "errors")).iter().map(input_problem).collect(),
                dependent_outputs: json::strings(json::get(report, "dependent_outputs")),
            }
        })
        .collect()
}

fn input_problem(error: &Value) -> InputProblem {
    let text = |key| json::string(error, key).unwrap_or_default();
    let extra = json::get(error, "extra_info");
    InputProblem {
        kind: json::text(error, "type").unwrap_or_default().into(),
        message: text("message"),
        details: text("details"),
        input: extra.and_then(|extra| json::string(extra, "input_name")),
        received: extra.and_then(|extra| json::get(extra, "received_value")).cloned(),
        extra_info: extra.cloned().unwrap_or(Value::Null),
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server rejected the workflow: {} ({})", escaped(&self.message), self.kind)?;
        if let Some(node) = &self.node {
            write!(f, "\n  {node}")?;
        }
        write_problems(f, &self.nodes)
    }
}

impl fmt::Display for DroppedOutputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outputs: Vec<&str> =
            self.nodes.iter().flat_map(|node| node.dependent_outputs.iter().map(String::as_str)).collect();
        outputs.sort_unstable();
        outputs.dedup();
        let verb = if self.prompt_id.is_some() { "dropped" } else { "would drop" };
        write!(f, "the server {verb} outputs of the workflow ({})", escaped(outputs.join(", ")))?;
        write_problems(f, &self.nodes)?;
        match (&self.cancel_error, &self.prompt_id) {
            (Some(reason), Some(id)) => {
                let (id, reason) = (escaped(id), escaped(reason));
                write!(f, "\n  the other outputs may still run as prompt {id}, which cannot be cancelled: {reason}")
            }
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Rejection {}
impl std::error::Error for DroppedOutputs {}

fn write_problems(f: &mut fmt::Formatter<'_>, nodes: &[NodeProblem]) -> fmt::Result {
    for node in nodes {
        write!(f, "\n  {}", node.node)?;
        for problem in &node.problems {
            write!(f, "\n    {}: {}", problem.kind, escaped(&problem.message))?;
            if !problem.details.is_empty() {
                write!(f, ": {}", escaped(problem.details.trim()))?;
            }
        }
    }
    Ok(())
}
