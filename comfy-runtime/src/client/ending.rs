//! The ways in which a run ends.

use std::fmt;
use std::time::Duration;

use comfy_schema::Value;
use comfy_schema::shown::escaped;

use super::json;
use super::origin::{NodeInfo, Origin};
use super::outputs::Done;

/// The end of a run. Every run has exactly one, and the server's queue and history decide which.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Ending {
    /// All selected outputs were made.
    Finished(Done),
    /// A node failed.
    Failed(ExecutionError),
    /// The run was interrupted, by this program or by someone else.
    Interrupted(Interruption),
    /// The run was removed from the queue before it started, by this program or by someone else.
    Deleted(Deletion),
    /// The outcome of the run cannot be known.
    Lost(LostRun),
    /// The run showed no activity for the time set by [`stalled_after`](super::ClientBuilder::stalled_after). It may
    /// still be running.
    Stalled(Stalled),
}

impl Ending {
    /// Returns the name of the variant in lower case, for logs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Finished(_) => "finished",
            Self::Failed(_) => "failed",
            Self::Interrupted(_) => "interrupted",
            Self::Deleted(_) => "deleted",
            Self::Lost(_) => "lost",
            Self::Stalled(_) => "stalled",
        }
    }
}

/// The failure of a node while it ran: the server's `execution_error`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExecutionError {
    /// The id of the run.
    pub prompt_id: String,
    /// The node that failed.
    pub node: NodeInfo,
    /// The Python class of the exception, without a module for builtins: `ValueError`, `torch.OutOfMemoryError`.
    pub exception_type: String,
    /// The message of the exception.
    pub message: String,
    /// The parts of the Python traceback; empty if the server sent none.
    pub traceback: Vec<String>,
    /// The outputs that were finished before the failure.
    pub partial: Option<Done>,
    /// The whole event as the server sent it.
    pub raw: Value,
}

impl ExecutionError {
    pub(crate) fn read(prompt_id: &str, data: &Value, origin: &Origin) -> Self {
        let text = |key| json::text(data, key).unwrap_or_default().trim().to_owned();
        let mut node = origin.node(&text("node_id"));
        if node.class.is_empty() {
            node.class = text("node_type");
        }
        Self {
            prompt_id: prompt_id.to_owned(),
            node,
            exception_type: text("exception_type"),
            message: text("exception_message"),
            traceback: json::strings(json::get(data, "traceback")),
            partial: None,
            raw: data.clone(),
        }
    }
}

impl fmt::Display for ExecutionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.node.id.as_str() {
            "" => write!(f, "prompt {} failed", escaped(&self.prompt_id))?,
            _ => write!(f, "{} failed", self.node)?,
        }
        if !self.exception_type.is_empty() {
            write!(f, ": {}", escaped(&self.exception_type))?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", escaped(self.message.trim_end()))?;
        }
        Ok(())
    }
}

/// The interruption of a run: the server's `execution_interrupted`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Interruption {
    /// The id of the run.
    pub prompt_id: String,
    /// The node that was running, if the server names it.
    pub node: Option<NodeInfo>,
    /// The outputs that were finished before the interruption.
    pub partial: Option<Done>,
}

impl Interruption {
    pub(crate) fn read(prompt_id: &str, data: &Value, origin: &Origin) -> Self {
        let node = json::text(data, "node_id").map(|id| origin.node(id));
        Self { prompt_id: prompt_id.to_owned(), node, partial: None }
    }
}

impl fmt::Display for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "prompt {} was interrupted", escaped(&self.prompt_id))?;
        self.node.as_ref().map_or(Ok(()), |node| write!(f, " at {node}"))
    }
}

/// The removal of a run from the queue before it started.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deletion {
    /// The id of the run.
    pub prompt_id: String,
    /// Whether this client cancelled the run; otherwise someone else removed it.
    pub by_this_client: bool,
}

impl Deletion {
    pub(crate) fn new(prompt_id: &str, by_this_client: bool) -> Self {
        Self { prompt_id: prompt_id.to_owned(), by_this_client }
    }
}

impl fmt::Display for Deletion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.by_this_client {
            write!(f, "prompt {} was cancelled before it started", escaped(&self.prompt_id))
        } else {
            write!(
                f,
                "prompt {} was removed from the queue before it started, but not by this client",
                escaped(&self.prompt_id)
            )
        }
    }
}

/// The reason why the outcome of a run cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostReason {
    /// The server was restarted, which empties its queue and history: it no longer knows other prompts that it knew before,
    /// it counts its prompts from 0 again, or it was down and no longer knows a run that had started.
    Forgotten,
    /// The run had started, and someone removed it from the history before the client could read how it ended. The
    /// server was not restarted.
    Erased,
    /// The run is in neither the queue nor the history, and nothing shows whether someone removed it from there or the
    /// server was restarted.
    Unexplained,
    /// The answers about the run cannot be used: they are larger than the [limits](super::Error::ResponseTooLarge) of the
    /// client, or for a minute they were those of a login page, forbidden, redirected elsewhere, or no valid response.
    Unreadable,
    /// The server does not respond.
    Unreachable,
}

/// A run whose outcome cannot be known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostRun {
    /// The id of the run.
    pub prompt_id: String,
    /// The reason why the outcome cannot be known.
    pub reason: LostReason,
    /// Whether an event or the queue reported that the run had started.
    pub started: bool,
    /// The last node that was reported as running.
    pub last_node: Option<NodeInfo>,
    /// The last error of the server or the connection; empty if there was none.
    pub last_error: String,
}

impl fmt::Display for LostRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.reason {
            LostReason::Forgotten => "the server was restarted and no longer knows it",
            LostReason::Erased => "it was removed from the history before its outcome was read",
            LostReason::Unexplained if self.started => {
                "the server does not know it; either it was removed from the history, or the server was restarted"
            }
            LostReason::Unexplained => {
                "the server does not know it; either it was removed from the queue, or the server was restarted"
            }
            LostReason::Unreadable => "the answers about it cannot be used",
            LostReason::Unreachable => "the server does not respond",
        };
        write!(f, "prompt {} is lost: {reason}", escaped(&self.prompt_id))?;
        match (&self.last_node, self.started) {
            (Some(node), _) => write!(f, "; the last node reported was {node}")?,
            (None, true) => f.write_str("; it had started")?,
            (None, false) => f.write_str("; no start was reported")?,
        }
        if self.last_error.is_empty() { Ok(()) } else { write!(f, " ({})", escaped(&self.last_error)) }
    }
}

/// A run without activity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stalled {
    /// The id of the run.
    pub prompt_id: String,
    /// The time since the last activity.
    pub silent: Duration,
    /// Whether the run had started.
    pub started: bool,
    /// The last node that was reported as running.
    pub last_node: Option<NodeInfo>,
}

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, seconds) = (escaped(&self.prompt_id), self.silent.as_secs());
        match (&self.last_node, self.started) {
            (Some(node), _) => write!(f, "prompt {id} stalled: no event for {seconds} s while running {node}"),
            (None, true) => write!(f, "prompt {id} stalled: no event for {seconds} s since it started"),
            (None, false) => write!(f, "prompt {id} stalled: it waits, and the queue did not move for {seconds} s"),
        }
    }
}

impl std::error::Error for ExecutionError {}
impl std::error::Error for Deletion {}
impl std::error::Error for Interruption {}
impl std::error::Error for LostRun {}
impl std::error::Error for Stalled {}
