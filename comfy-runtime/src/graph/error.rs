//! What is wrong with a graph, and what is odd about it.

use std::fmt;
use std::panic::Location;

use super::store::NodeRecord;

/// Every mistake of a graph. [`Display`](fmt::Display) lists them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    problems: Vec<Problem>,
}

impl GraphError {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// The mistakes, in the order of the nodes. There is at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(f, "the workflow is wrong: {only}"),
            many => {
                write!(f, "the workflow has {} mistakes:", many.len())?;
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

/// What kind of mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A value that its input does not take: out of range, no option, the wrong type, NaN or an infinity.
    Value,
    /// A list with too few or too many items.
    Count,
    /// `None` was given for a required input without a default.
    Missing,
    /// A handle of another graph.
    ForeignHandle,
    /// Two nodes with the same explicit id.
    DuplicateId,
    /// Nothing in the graph saves or shows a result, so the server would refuse it.
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

    /// What kind of mistake it is.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The id of the node; `None` if the mistake is the whole graph's.
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// The class of the node; empty if the mistake is the whole graph's.
    pub fn class(&self) -> &str {
        &self.class
    }

    /// The input, as the prompt names it (`resize_type.width`), if it is one input's mistake.
    pub fn input(&self) -> Option<&str> {
        self.input.as_deref()
    }

    /// What is wrong, in one line, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where in the source the node was placed.
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.at
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(node) = &self.node {
            write!(f, "{node}: ")?;
        }
        f.write_str(&self.message)?;
        match self.at {
            Some(at) => write!(f, " ({at})"),
            None => Ok(()),
        }
    }
}

/// Something about a workflow that is no mistake but hardly meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// No output node needs this node, so the server will not run it.
    Unused {
        /// The id of the node.
        node: String,
        /// Its class.
        class: String,
        /// Where in the source it was placed.
        location: &'static Location<'static>,
    },
    /// A branch of a dynamic combo was written but given to no input.
    UnusedBranch {
        /// The option it stands for.
        key: String,
        /// Where in the source it was written.
        location: &'static Location<'static>,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unused { node, class, location } => {
                write!(f, "{node}: no output needs this `{class}`, so it will not run ({location})")
            }
            Self::UnusedBranch { key, location } => {
                write!(f, "the branch `{key}` is given to no input ({location})")
            }
        }
    }
}
