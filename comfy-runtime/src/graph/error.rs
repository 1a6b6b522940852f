//! Mistakes and warnings of a graph.

use std::fmt;
use std::panic::Location;

use super::store::NodeRecord;
use crate::shown::escaped;

/// The error of a graph that has mistakes. [`Display`](fmt::Display) lists all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    problems: Vec<Problem>,
}

impl GraphError {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// Returns the mistakes, in the order of the nodes. There is at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(f, "invalid workflow: {only}"),
            many => {
                write!(f, "invalid workflow with {} mistakes:", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for GraphError {}

/// One mistake of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    node: Option<String>,
    class: String,
    input: Option<String>,
    message: String,
    at: Option<&'static Location<'static>>,
}

/// The kind of a mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A value that its input does not accept: out of range, not an option, of the wrong type, NaN or an infinity.
    Value,
    /// A list with too few or too many items.
    Count,
    /// The value `None` for a required input without a default.
    Missing,
    /// A handle of another graph.
    ForeignHandle,
    /// Two nodes with the same explicit id.
    DuplicateId,
    /// A graph without an output node, which the server would refuse.
    NoOutputNode,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "wrong value",
            Self::Count => "wrong number of items",
            Self::Missing => "missing input",
            Self::ForeignHandle => "handle of another graph",
            Self::DuplicateId => "duplicate id",
            Self::NoOutputNode => "no output node",
        })
    }
}

impl Problem {
    pub(super) fn of_node(
        node: &NodeRecord,
        id: &str,
        input: Option<String>,
        kind: ProblemKind,
        message: String,
    ) -> Self {
        Self { kind, node: Some(id.to_owned()), class: node.class().into_owned(), input, message, at: Some(node.at) }
    }

    pub(super) fn of_graph(kind: ProblemKind, message: String) -> Self {
        Self { kind, node: None, class: String::new(), input: None, message, at: None }
    }

    /// Returns the kind of the mistake.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// Returns the id of the node, or `None` if the mistake concerns the whole graph.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// Returns the class of the node, or an empty string if the mistake concerns the whole graph.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// Returns the input as the prompt names it (`resize_type.width`), if the mistake concerns one input.
    pub fn input(&self) -> Option<&str> {
        self.input.as_deref()
    }

    /// Returns the description of the mistake in one line, without the node and the source location.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the source location at which the node was placed.
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.at
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(node) = &self.node {
            write!(f, "{}: ", escaped(node))?;
        }
        f.write_str(&escaped(&self.message))?;
        match self.at {
            Some(at) => write!(f, " ({at})"),
            None => Ok(()),
        }
    }
}

/// A property of a workflow that is not a mistake but is probably unintended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GraphWarning {
    /// A node that no output node needs, so that the server will not run it.
    #[non_exhaustive]
    Unused {
        /// The id of the node.
        node: String,
        /// The class of the node.
        class: String,
        /// The source location at which the node was placed.
        location: &'static Location<'static>,
    },
    /// A branch of a dynamic combo that is not the value of any input.
    #[non_exhaustive]
    UnusedBranch {
        /// The option that selects the branch.
        key: String,
        /// The source location at which the branch was written.
        location: &'static Location<'static>,
    },
}

impl fmt::Display for GraphWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused { node, class, location } => {
                let (node, class) = (escaped(node), escaped(class));
                write!(f, "{node}: no output node needs this `{class}`, so it will not run ({location})")
            }
            Self::UnusedBranch { key, location } => {
                write!(f, "the branch `{}` is not the value of any input ({location})", escaped(key))
            }
        }
    }
}
