//! What happens to a run, as it happens.

use bytes::Bytes;
use comfy_schema::Value;

use super::ending::{Ending, ExecutionError, Interruption, Lost, Stalled};
use super::frame::PreviewFormat;
use super::outputs::Done;

/// Something that happened to a run.
///
/// The last event is one of `Finished`, `Failed`, `Interrupted`, `Deleted`, `Lost`, `Stalled`; there is exactly one of
/// these. The others come as the socket brings them: after a break of the connection some may be missing, and a server
/// that sends one twice is believed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// It waits. `position` is the number of prompts that run before it, the one that is running included.
    #[non_exhaustive]
    Queued {
        /// 0 if it is the next.
        position: usize,
    },
    /// It has begun.
    Started,
    /// The server has the results of these nodes already.
    #[non_exhaustive]
    Cached {
        /// Their ids. May be empty.
        nodes: Vec<String>,
    },
    /// A node begins.
    #[non_exhaustive]
    Executing {
        /// Its id.
        node: String,
        /// The node of the workflow that it is part of: another one where a node expands to several.
        display_node: String,
    },
    /// A node has come this far, in its own unit: of a sampler, its steps.
    #[non_exhaustive]
    Progress {
        /// Its id.
        node: String,
        /// How far.
        value: f64,
        /// Of how much.
        max: f64,
    },
    /// A picture of what is being made. Of a reader that is slow, older previews are dropped for newer ones.
    Preview(Preview),
    /// A picture that is a result: what a node of class `SaveImageWebsocket` gives. Never dropped.
    Image(Preview),
    /// A text that a node reports while it runs.
    #[non_exhaustive]
    Text {
        /// Its id.
        node: String,
        /// The text.
        text: String,
    },
    /// A node has results for the user.
    #[non_exhaustive]
    Executed {
        /// Its id.
        node: String,
        /// The results, as the node gives them; `null` for some that are cached.
        output: Value,
    },
    /// A branch of the workflow was blocked with a message; the rest goes on.
    Blocked(ExecutionError),
    /// All selected outputs were made.
    Finished(Done),
    /// A node failed.
    Failed(ExecutionError),
    /// Somebody interrupted it.
    Interrupted(Interruption),
    /// Somebody took it from the queue before it began.
    Deleted,
    /// What became of it cannot be known.
    Lost(Lost),
    /// It gave no sign of life for as long as the client was told to wait.
    Stalled(Stalled),
    /// An event of a kind that this client does not know; custom nodes send their own.
    #[non_exhaustive]
    Unknown {
        /// Its type.
        kind: String,
        /// Its data.
        data: Value,
    },
}

impl Event {
    /// Whether no event follows this one.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Finished(_)
                | Self::Failed(_)
                | Self::Interrupted(_)
                | Self::Deleted
                | Self::Lost(_)
                | Self::Stalled(_)
        )
    }
}

impl From<Ending> for Event {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Finished(done) => Self::Finished(done),
            Ending::Failed(error) => Self::Failed(error),
            Ending::Interrupted(interruption) => Self::Interrupted(interruption),
            Ending::Deleted => Self::Deleted,
            Ending::Lost(lost) => Self::Lost(lost),
            Ending::Stalled(stalled) => Self::Stalled(stalled),
        }
    }
}

/// A picture that came over the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preview {
    /// The node that it is of, as far as the server says it.
    pub node: Option<String>,
    /// How it is encoded.
    pub format: PreviewFormat,
    /// The encoded picture: a part of the frame, not a copy of it.
    pub bytes: Bytes,
}
