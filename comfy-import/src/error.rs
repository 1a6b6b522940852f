//! Errors and warnings of an import.

use std::fmt::{self, Write as _};

use comfy_schema::prompt::{NodeLabel, NotAPrompt};
use comfy_schema::shown::escaped;
use comfy_schema::suggest::did_you_mean;
use thiserror::Error;

/// The reason why a prompt cannot become Rust source.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The JSON is not a prompt in API format.
    #[error(transparent)]
    NotAPrompt(#[from] NotAPrompt),
    /// The prompt has no nodes.
    #[error("the prompt has no nodes; export a workflow that has some")]
    Empty,
    /// A node is malformed.
    #[error("{node}: {}", escaped(message))]
    Node {
        /// The node.
        node: NodeLabel,
        /// The problem, and the input that has it.
        message: String,
    },
    /// The nodes form a cycle, so that none of them can come first.
    #[error("the nodes form a cycle, which no server can run: {}", cycle(nodes))]
    Cycle {
        /// The nodes of the cycle. Each needs the next one, and the last needs the first.
        nodes: Vec<NodeLabel>,
    },
    /// The prompt has more nodes than an import accepts.
    #[error("the prompt has {found} nodes; at most {max} are imported; split the workflow")]
    TooMany {
        /// The number of nodes in the prompt.
        found: usize,
        /// The maximum number of nodes.
        max: usize,
    },
    /// A requested parameter matches no value of the prompt.
    #[error(
        "unknown parameter `{}`; write `seed`, `KSampler.seed` or `12.seed`{}",
        escaped(name),
        did_you_mean(suggestions)
    )]
    Parameter {
        /// The name that was asked for.
        name: String,
        /// The names that may have been meant.
        suggestions: Vec<String>,
    },
    /// The name of the function is not a Rust identifier, or is a name that imported sources use themselves.
    #[error(
        "invalid function name `{}`; give a Rust identifier that imported sources do not use themselves",
        escaped(name)
    )]
    FunctionName {
        /// The name that was given.
        name: String,
    },
    /// The path of the generated nodes is not a valid Rust path.
    #[error("invalid module path `{}`; give the path of the generated nodes, such as `crate::nodes`", escaped(path))]
    NodesPath {
        /// The path that was given.
        path: String,
    },
}

/// Lists the first nodes of a cycle.
fn cycle(nodes: &[NodeLabel]) -> String {
    const MAX_NAMED: usize = 8;
    let mut text = nodes.iter().take(MAX_NAMED).map(ToString::to_string).collect::<Vec<_>>().join(" → ");
    if nodes.len() > MAX_NAMED {
        // Writing to a string cannot fail.
        let _ = write!(text, " → … ({} in all)", nodes.len());
    }
    text
}

/// A warning about a node: the node or one of its values has no typed form, or a value was left out or added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportWarning {
    /// The node.
    pub node: NodeLabel,
    /// The message about the node.
    pub message: String,
}

impl fmt::Display for ImportWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.node, escaped(&self.message))
    }
}
