//! What can go wrong between a program and a server.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::drift::Drift;
use super::ending::{ExecutionError, Interruption, Lost, Stalled};
use super::rejection::{Dropped, Rejection};
use crate::graph::GraphError;

/// Why a call to a server, or a run on it, did not give what was asked for.
///
/// Its text tells all of it, causes included, so that `{error}` is enough to print. Therefore
/// [`source`](std::error::Error::source) gives nothing, and reporters that print the chain of causes say nothing twice.
/// What caused it is in the fields of the variants.
///
/// No text of an error holds a key, a token, or the user part of a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client was set up with something that cannot be used.
    #[error("{what}: {why}")]
    Setup {
        /// What: the URL, a header, a proxy.
        what: &'static str,
        /// Why not, and what would do.
        why: String,
    },
    /// The server was not reached, or the connection broke. The request may have arrived.
    #[error("{call}: {why}")]
    Transport {
        /// Method and route.
        call: String,
        /// What broke.
        why: TransportError,
    },
    /// The server answered with a status that means failure.
    #[error("{call}: the server answered {status}{}", said(message))]
    Status {
        /// Method and route.
        call: String,
        /// The status, 400 to 599.
        status: u16,
        /// What the server says in the body, if that is a text: at most 500 characters.
        message: String,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// The server answered something that cannot be read.
    #[error("{call}: the answer cannot be read: {why}")]
    Answer {
        /// Method and route.
        call: String,
        /// Why not.
        why: String,
    },
    /// The WebSocket could not be opened.
    #[error("the server's WebSocket could not be opened: {why}")]
    Socket {
        /// Why not.
        why: String,
    },
    /// The server rejected the workflow; nothing runs.
    #[error("{0}")]
    Rejected(Box<Rejection>),
    /// Some outputs of the workflow are wrong. The server accepted the others, and that run was cancelled again, unless
    /// [`cancel_failed`](Dropped::cancel_failed) says that it could not be. From a
    /// [preflight](super::Client::preflight), nothing ran.
    #[error("{0}")]
    Partial(Box<Dropped>),
    /// It cannot be known whether the server took the workflow: the answer was lost, and no trace of it is found. It
    /// was not sent again, because then it might run twice.
    #[error(
        "it is not known whether the server took prompt {prompt_id}: {why}; look it up in the history before sending it again"
    )]
    Unknown {
        /// The id that was sent along.
        prompt_id: String,
        /// What went wrong.
        why: Box<Error>,
    },
    /// A node failed.
    #[error("{0}")]
    Execution(Box<ExecutionError>),
    /// Somebody interrupted the run.
    #[error("{0}")]
    Interrupted(Box<Interruption>),
    /// Somebody took the run from the queue before it began.
    #[error("prompt {prompt_id} was taken from the queue before it began")]
    Deleted {
        /// The run.
        prompt_id: String,
    },
    /// What became of the run cannot be known.
    #[error("{0}")]
    Lost(Box<Lost>),
    /// The run gave no sign of life for as long as the client was told to wait. It may still be running.
    #[error("{0}")]
    Stalled(Box<Stalled>),
    /// A handle of another workflow, or the id of a node that this one does not have.
    #[error("{0} is no node of the workflow that ran; take the handle from the workflow that was submitted")]
    NoSuchNode(String),
    /// A file on this machine.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        why: std::io::Error,
    },
    /// The server named a file in a way that this machine must not follow.
    #[error("the server names a file {name:?}, which is no plain file name")]
    FileName {
        /// The name.
        name: String,
    },
    /// The workflow itself is wrong, so there is nothing to send: what `workflow!` and [`Graph::finish`](crate::Graph)
    /// give. It lets `?` pass both kinds of errors on.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The definitions on the server changed so that the workflow may no longer run as it is.
    #[error("the server's nodes changed, so the workflow cannot be sent as it is:\n{0}")]
    Drift(Box<Drift>),
}

impl Error {
    /// Whether the same call may well succeed later: nothing was reached, or the server asks to wait.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Transport { .. } | Self::Socket { .. } => true,
            Self::Status { status, .. } => matches!(status, 429 | 502..=504),
            _ => false,
        }
    }

    /// The status that the server answered with, if this is about one.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

/// A connection that could not be made, or that broke.
///
/// Its text says why, down to the last cause, and nothing of the URL.
#[derive(Debug)]
pub struct TransportError(reqwest::Error);

impl TransportError {
    pub(super) fn new(error: reqwest::Error) -> Self {
        // The URL may hold what should not be printed.
        Self(error.without_url())
    }

    /// Whether no connection was made: nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.0.is_connect()
    }

    /// Whether it took too long.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout()
    }
}

impl fmt::Display for TransportError {
    /// With what is below it: the text of the HTTP client alone is only `error sending request`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        let mut cause = std::error::Error::source(&self.0);
        while let Some(error) = cause {
            let told = error.to_string();
            if !text.contains(&told) {
                text.push_str(": ");
                text.push_str(&told);
            }
            cause = error.source();
        }
        f.write_str(&text)
    }
}

impl std::error::Error for TransportError {}

fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
