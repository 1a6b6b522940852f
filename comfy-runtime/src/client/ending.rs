//! How a run ends.

use std::fmt;
use std::time::Duration;

use comfy_schema::Value;

use super::error::Error;
use super::json;
use super::origin::{NodeInfo, Origin};
use super::outputs::Done;

/// How a run ended. Every run ends in exactly one of these, and in the one that is true as far as the server tells.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Ending {
    /// All selected outputs were made.
    Finished(Done),
    /// A node failed.
    Failed(ExecutionError),
    /// Somebody interrupted the run: this program, another one, a person.
    Interrupted(Interruption),
    /// Somebody took it from the queue before it began.
    Deleted,
    /// What became of it cannot be known.
    Lost(Lost),
    /// It gave no sign of life for as long as the client was told to wait; it may still be running.
    Stalled(Stalled),
}

impl Ending {
    /// What was made, or why it was not.
    ///
    /// # Errors
    ///
    /// [`Error::Execution`], [`Error::Interrupted`], [`Error::Deleted`], [`Error::Lost`], [`Error::Stalled`].
    pub fn into_result(self, prompt_id: &str) -> Result<Done, Error> {
        match self {
            Self::Finished(done) => Ok(done),
            Self::Failed(error) => Err(Error::Execution(Box::new(error))),
            Self::Interrupted(interruption) => Err(Error::Interrupted(Box::new(interruption))),
            Self::Deleted => Err(Error::Deleted { prompt_id: prompt_id.to_owned() }),
            Self::Lost(lost) => Err(Error::Lost(Box::new(lost))),
            Self::Stalled(stalled) => Err(Error::Stalled(Box::new(stalled))),
        }
    }

    /// A word for it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Finished(_) => "finished",
            Self::Failed(_) => "failed",
            Self::Interrupted(_) => "interrupted",
            Self::Deleted => "deleted",
            Self::Lost(_) => "lost",
            Self::Stalled(_) => "stalled",
        }
    }
}

/// A node failed while it ran: the server's `execution_error`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExecutionError {
    /// The run.
    pub prompt_id: String,
    /// The node that failed.
    pub node: NodeInfo,
    /// The Python class, builtins without a module: `ValueError`, `torch.OutOfMemoryError`.
    pub exception_type: String,
    /// What it says.
    pub message: String,
    /// The Python traceback, a part each; empty if the server gives none.
    pub traceback: Vec<String>,
    /// What was finished before, and can be fetched all the same.
    pub partial: Option<Done>,
    /// All that the server said.
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
            "" => write!(f, "prompt {} failed", self.prompt_id)?,
            _ => write!(f, "{} failed", self.node)?,
        }
        if !self.exception_type.is_empty() {
            write!(f, ": {}", self.exception_type)?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

/// A run was interrupted: the server's `execution_interrupted`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Interruption {
    /// The run.
    pub prompt_id: String,
    /// The node that was running, if the server says it.
    pub node: Option<NodeInfo>,
    /// What was finished before, and can be fetched all the same.
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
        write!(f, "prompt {} was interrupted", self.prompt_id)?;
        self.node.as_ref().map_or(Ok(()), |node| write!(f, " at {node}"))
    }
}

/// Why nobody can say what became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LostWhy {
    /// The server answers and knows nothing of the run, and the connection broke since it was submitted: the server
    /// was restarted, which empties its queue and history.
    Forgotten,
    /// The server does not answer any more.
    Unreachable,
}

/// A run of which nobody can say what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lost {
    /// The run.
    pub prompt_id: String,
    /// Why.
    pub why: LostWhy,
    /// Whether it had begun, as far as was heard.
    pub started: bool,
    /// The last node that was heard of.
    pub last_node: Option<NodeInfo>,
    /// What was last said by the server or the network.
    pub last_word: String,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "prompt {} is lost: ", self.prompt_id)?;
        match self.why {
            LostWhy::Forgotten => {
                f.write_str("the server knows nothing of it any more, so it was probably restarted")?;
            }
            LostWhy::Unreachable => f.write_str("the server does not answer any more")?,
        }
        match (&self.last_node, self.started) {
            (Some(node), _) => write!(f, "; it had come to {node}")?,
            (None, true) => f.write_str("; it had begun")?,
            (None, false) => f.write_str("; it had not begun, as far as was heard")?,
        }
        if self.last_word.is_empty() { Ok(()) } else { write!(f, " ({})", self.last_word) }
    }
}

/// A run that gave no sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stalled {
    /// The run.
    pub prompt_id: String,
    /// For how long.
    pub silent: Duration,
    /// Whether it had begun.
    pub started: bool,
    /// The node that it is at.
    pub last_node: Option<NodeInfo>,
}

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, seconds) = (&self.prompt_id, self.silent.as_secs());
        match (&self.last_node, self.started) {
            (Some(node), _) => write!(f, "prompt {id} gave no sign of life for {seconds} s; it is at {node}"),
            (None, true) => write!(f, "prompt {id} gave no sign of life for {seconds} s; it had begun"),
            (None, false) => write!(f, "prompt {id} waits, and the queue did not move for {seconds} s"),
        }
    }
}

impl std::error::Error for ExecutionError {}
impl std::error::Error for Interruption {}
impl std::error::Error for Lost {}
impl std::error::Error for Stalled {}
