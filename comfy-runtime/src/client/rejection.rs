//! What the server has against a workflow.

use std::fmt;

use comfy_schema::Value;
use comfy_schema::validate::{NodeErrorKind, RequestErrorKind};

use super::json;
use super::origin::{NodeInfo, Origin};

/// The server rejected a workflow; nothing runs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rejection {
    /// The server's word for it.
    pub kind: RequestErrorKind,
    /// What it says.
    pub message: String,
    /// More of it; may be empty.
    pub details: String,
    /// The node that the error itself is about (`missing_node_type`).
    pub node: Option<NodeInfo>,
    /// What is wrong with which node.
    pub nodes: Vec<NodeProblem>,
    /// All that the server said.
    pub raw: Value,
}

/// The server took some outputs of a workflow and dropped others.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dropped {
    /// The run of the others; `None` from a preflight: nothing ran.
    pub prompt_id: Option<String>,
    /// What is wrong with which node; the outputs that depend on them do not run.
    pub nodes: Vec<NodeProblem>,
    /// Why the run of the others could not be cancelled, if that was tried and failed: it may still be running.
    pub cancel_failed: Option<String>,
}

impl Dropped {
    /// What the server dropped of a run.
    pub(crate) fn of_run(prompt_id: String, nodes: Vec<NodeProblem>) -> Self {
        Self { prompt_id: Some(prompt_id), nodes, cancel_failed: None }
    }

    /// What the server would drop.
    pub(crate) fn beforehand(nodes: Vec<NodeProblem>) -> Self {
        Self { prompt_id: None, nodes, cancel_failed: None }
    }
}

/// What is wrong with one node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeProblem {
    /// The node.
    pub node: NodeInfo,
    /// What is wrong with it.
    pub problems: Vec<InputProblem>,
    /// The output nodes that do not run because of it.
    pub dependent_outputs: Vec<String>,
}

/// One thing that is wrong with a node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputProblem {
    /// The server's word for it.
    pub kind: NodeErrorKind,
    /// What it says.
    pub message: String,
    /// More of it.
    pub details: String,
    /// The input that it is about, if it is about one.
    pub input: Option<String>,
    /// The value that was sent.
    pub received: Option<Value>,
    /// All that the server said besides.
    pub extra_info: Value,
}

impl Rejection {
    /// What an answer with status 400 says, if it is of that form.
    pub(crate) fn read(answer: &Value, origin: &Origin) -> Option<Self> {
        let error = json::get(answer, "error")?;
        let text = |key| json::string(error, key).unwrap_or_default();
        let about = json::at(error, &["extra_info", "node_id"]).and_then(Value::as_str);
        Some(Self {
            kind: json::text(error, "type")?.into(),
            message: text("message"),
            details: text("details"),
            node: about.map(|id| {
                let mut node = origin.node(id);
                if let Some(class) = json::at(error, &["extra_info", "class_type"]).and_then(Value::as_str) {
                    class.clone_into(&mut node.class);
                }
                node
            }),
            nodes: node_problems(answer, origin),
            raw: answer.clone(),
        })
    }
}

/// The `node_errors` of an answer.
pub(crate) fn node_problems(answer: &Value, origin: &Origin) -> Vec<NodeProblem> {
    json::members(json::get(answer, "node_errors"))
        .map(|(id, report)| {
            let mut node = origin.node(id);
            if node.class.is_empty() {
                node.class = json::string(report, "class_type").unwrap_or_default();
            }
            NodeProblem {
                node,
                problems: json::array(json::get(report, "errors")).iter().map(problem).collect(),
                dependent_outputs: json::strings(json::get(report, "dependent_outputs")),
            }
        })
        .collect()
}

fn problem(error: &Value) -> InputProblem {
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
        write!(f, "the server rejected the workflow: {} ({})", self.message, self.kind)?;
        if let Some(node) = &self.node {
            write!(f, "\n  {node}")?;
        }
        list(f, &self.nodes)
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outputs: Vec<&str> =
            self.nodes.iter().flat_map(|node| node.dependent_outputs.iter().map(String::as_str)).collect();
        outputs.sort_unstable();
        outputs.dedup();
        let verb = if self.prompt_id.is_some() { "dropped" } else { "would drop" };
        write!(f, "the server {verb} outputs of the workflow ({})", outputs.join(", "))?;
        list(f, &self.nodes)?;
        match (&self.cancel_failed, &self.prompt_id) {
            (Some(why), Some(id)) => write!(f, "\n  the others may still run as prompt {id}: cancelling failed: {why}"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for Rejection {}
impl std::error::Error for Dropped {}

fn list(f: &mut fmt::Formatter<'_>, nodes: &[NodeProblem]) -> fmt::Result {
    for node in nodes {
        write!(f, "\n  {}", node.node)?;
        for problem in &node.problems {
            write!(f, "\n    {}: {}", problem.kind, problem.message)?;
            if !problem.details.is_empty() {
                write!(f, ": {}", problem.details.trim())?;
            }
        }
    }
    Ok(())
}
