//! The error of a node that cannot have results in a run.

use std::fmt;

use comfy_schema::shown::escaped;

use super::limits::MAX_LISTED_NODES;
use super::origin::NodeInfo;

/// The error of a node that cannot have results in a run. A node that could have results, but made none, is no error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoResults {
    /// The id of the run.
    pub prompt_id: String,
    /// The node whose results were asked for.
    pub node: NodeInfo,
    /// The reason why it has none.
    pub reason: NoResultsReason,
    /// The output nodes of the run, as far as they are known.
    pub outputs: Vec<NodeInfo>,
}

/// The reason why a node cannot have results in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoResultsReason {
    /// The class of the node neither saves nor shows anything.
    NotAnOutput,
    /// The submission selected other [targets](super::Submission::targets).
    NotSelected,
    /// The server dropped the output because of errors, and accepted the others.
    Dropped,
    /// The server did not run the node as an output. Its class may save nothing on this server.
    NotRun,
}

impl fmt::Display for NoResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no results in prompt {}: ", self.node, escaped(&self.prompt_id))?;
        f.write_str(match self.reason {
            NoResultsReason::NotAnOutput => "its class neither saves nor shows anything",
            NoResultsReason::NotSelected => "the submission selected other targets",
            NoResultsReason::Dropped => "the server dropped this output because of its errors",
            NoResultsReason::NotRun => "the server did not run it as an output",
        })?;
        if self.outputs.is_empty() {
            return Ok(());
        }
        f.write_str("; the outputs of the run are ")?;
        for (index, node) in self.outputs.iter().take(MAX_LISTED_NODES).enumerate() {
            write!(f, "{}{node}", if index == 0 { "" } else { ", " })?;
        }
        match self.outputs.len().saturating_sub(MAX_LISTED_NODES) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl std::error::Error for NoResults {}
