//! The events of a run.

use bytes::Bytes;
use comfy_schema::Value;

use super::ending::{Deletion, Ending, ExecutionError, Interruption, LostRun, Stalled};
use super::frame::PreviewFormat;
use super::json;
use super::outputs::Done;

/// An event of a run.
///
/// The last event is one of `Finished`, `Failed`, `Interrupted`, `Deleted`, `Lost` and `Stalled`, and every run has
/// exactly one of them. The other events are forwarded as the WebSocket delivers them: some may be missing after a
/// broken connection, and one that the server sends twice is delivered twice.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The run waits in the queue.
    #[non_exhaustive]
    Queued {
        /// The number of prompts that run before it, including the one that is running; 0 if it is the next.
        position: usize,
    },
    /// The run has started.
    Started,
    /// The server has the results of these nodes in its cache.
    #[non_exhaustive]
    Cached {
        /// The node ids; may be empty.
        nodes: Vec<String>,
    },
    /// A node starts to run.
    #[non_exhaustive]
    Executing {
        /// The node id.
        node: String,
        /// The node of the workflow that `node` belongs to. It differs from `node` if a node of the workflow expanded
        /// to several.
        display_node: String,
    },
    /// A node reports its progress, in a unit of its own: a sampler counts its steps.
    #[non_exhaustive]
    Progress {
        /// The node id.
        node: String,
        /// The progress so far.
        value: f64,
        /// The value at the end.
        max: f64,
    },
    /// A preview image of unfinished work. A slow reader receives only the newest previews.
    Preview(Preview),
    /// An image that is a result, sent by a node of class `SaveImageWebsocket`. It is never dropped.
    Image(Preview),
    /// A text that a node reports while it runs.
    #[non_exhaustive]
    Text {
        /// The node id.
        node: String,
        /// The text.
        text: String,
    },
    /// A node has results for the user.
    #[non_exhaustive]
    Executed {
        /// The node id.
        node: String,
        /// The results as the node outputs them; `null` for some cached nodes.
        output: Value,
    },
    /// A branch of the workflow was blocked with a message; the rest of the workflow runs on.
    Blocked(ExecutionError),
    /// The server lost the run by a restart, and the workflow was submitted again, as
    /// [`resubmit_lost`](super::Submission::resubmit_lost) asks for. The events that follow are those of the new run.
    #[non_exhaustive]
    Resubmitted {
        /// The id of the new run.
        prompt_id: String,
    },
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
    /// The run showed no activity for the time set by [`stalled_after`](super::ClientBuilder::stalled_after).
    Stalled(Stalled),
    /// An event of another type; custom nodes send their own.
    #[non_exhaustive]
    Unknown {
        /// The type of the event.
        kind: String,
        /// The data of the event.
        data: Value,
    },
}

impl Event {
    /// Returns whether no event follows this one.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Finished(_)
                | Self::Failed(_)
                | Self::Interrupted(_)
                | Self::Deleted(_)
                | Self::Lost(_)
                | Self::Stalled(_)
        )
    }
}

impl Event {
    /// Returns about how much memory the event takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        let own = size_of::<Self>();
        own + match self {
            Self::Preview(preview) | Self::Image(preview) => preview.bytes.len(),
            Self::Text { node, text } => node.len() + text.len(),
            Self::Executed { node, output } => node.len() + json::size(output),
            Self::Unknown { kind, data } => kind.len() + json::size(data),
            Self::Progress { node, .. } => node.len(),
            Self::Executing { node, display_node } => node.len() + display_node.len(),
            Self::Cached { nodes } => nodes.iter().map(|node| node.len() + size_of::<String>()).sum(),
            Self::Blocked(error) => json::size(&error.raw),
            _ => 0,
        }
    }
}

impl From<Ending> for Event {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Finished(done) => Self::Finished(done),
            Ending::Failed(error) => Self::Failed(error),
            Ending::Interrupted(interruption) => Self::Interrupted(interruption),
            Ending::Deleted(deletion) => Self::Deleted(deletion),
            Ending::Lost(lost) => Self::Lost(lost),
            Ending::Stalled(stalled) => Self::Stalled(stalled),
        }
    }
}

/// An image that was received over the WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The id of the node that sent it, if the server names it.
    pub node: Option<String>,
    /// The format of the encoded image.
    pub format: PreviewFormat,
    /// The encoded image. The bytes are shared with the WebSocket frame and not copied.
    pub bytes: Bytes,
}
