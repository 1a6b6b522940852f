//! The error type of the client.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use comfy_schema::server::redaction::Redaction;
use comfy_schema::shown::{self, escaped, shortened};

use super::difference::Difference;
use super::drift::Drift;
use super::ending::{Deletion, Ending, ExecutionError, Interruption, LostRun, Stalled};
use super::http::InvalidSetting;
use super::limits::{MAX_ID_CHARS, MAX_QUOTED_CHARS};
use super::no_results::NoResults;
use super::outputs::Done;
use super::rejection::{DroppedOutputs, Rejection};
use crate::graph::GraphError;
use crate::key::UnknownNode;

/// The reason why a call to a server, or a run on it, failed.
///
/// The message contains all causes, so that printing `{error}` is enough. For the same reason
/// [`source`](std::error::Error::source) returns `None`: reporters that print the chain of causes would print them
/// twice. The fields of the variants hold the causes.
///
/// No message contains a key, a token, or the user part of a URL: where a server repeats one that it was sent, `***`
/// stands in its place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An id or a name that was to stand in the path of a request is empty, `.` or `..`, so nothing was sent: the
    /// request would have been one for another route.
    #[error("invalid id or name \"{}\": expected one that is not empty, `.` or `..`", escaped(text))]
    #[non_exhaustive]
    PathSegment {
        /// The id or the name.
        text: String,
    },
    /// A setting of the client is invalid.
    #[error("invalid {setting}: {}", escaped(reason))]
    #[non_exhaustive]
    Setup {
        /// The setting: the URL, a header, the proxy or the TLS configuration.
        setting: &'static str,
        /// The reason why the setting is invalid, with a description of what is expected.
        reason: String,
    },
    /// The server was not reached, or the connection broke. The request may have arrived.
    #[error("{}: {reason}", escaped(call))]
    #[non_exhaustive]
    Transport {
        /// Method and route.
        call: String,
        /// The error of the connection.
        reason: TransportError,
    },
    /// The server responded with a status of 400 or more.
    #[error("{}: the server returned status {status}{}{}", escaped(call), meaning(*status), suffix(message))]
    #[non_exhaustive]
    Status {
        /// Method and route.
        call: String,
        /// The status, 400 to 599.
        status: u16,
        /// The message in the response body, at most 500 characters; empty if there is none.
        message: String,
        /// The wait before the next attempt that the server asks for.
        retry_after: Option<Duration>,
    },
    /// The server redirects the call to another address, or redirects a call that changes something. It was not
    /// followed, because credentials and content must not go elsewhere.
    #[error("{}: the server redirects to {}; use this address", escaped(call), escaped(address))]
    #[non_exhaustive]
    Redirect {
        /// Method and route.
        call: String,
        /// The base URL to use, without user, password and query.
        address: String,
    },
    /// The body of a download ended early.
    #[error("{}: the body ended after {received} of {length} bytes", escaped(call))]
    #[non_exhaustive]
    Incomplete {
        /// Method and route.
        call: String,
        /// The number of bytes that were received.
        received: u64,
        /// The number of bytes that the server announced.
        length: u64,
    },
    /// An upload or a download made no progress for the time set by
    /// [`read_timeout`](super::ClientBuilder::read_timeout).
    #[error("{}: no progress for {} s; see `read_timeout`", escaped(call), time.as_secs_f32())]
    #[non_exhaustive]
    NoProgress {
        /// Method and route.
        call: String,
        /// The time.
        time: Duration,
    },
    /// The server broke off an upload that is larger than it accepts.
    #[error(
        "{}: the file is too large: it has {size} bytes, and the server accepts requests of at most {limit} bytes",
        escaped(call)
    )]
    #[non_exhaustive]
    UploadTooLarge {
        /// Method and route.
        call: String,
        /// The size of the file in bytes.
        size: u64,
        /// The maximum size of a request in bytes, which the option `--max-upload-size` of ComfyUI sets in megabytes.
        limit: u64,
    },
    /// The server does not have the file to which a mask was to be applied.
    #[error("cannot upload the mask: the server does not have its original {original:?}; upload it first")]
    #[non_exhaustive]
    NoOriginal {
        /// The input value of the file.
        original: String,
    },
    /// The response of the server cannot be parsed or is incomplete.
    #[error("{}: invalid response: {}", escaped(call), escaped(reason))]
    #[non_exhaustive]
    InvalidResponse {
        /// Method and route.
        call: String,
        /// A description of what was expected and what was found.
        reason: String,
    },
    /// The response of the server is larger than a limit of the client allows.
    #[error("{}: the response is too large: {reason}", escaped(call))]
    #[non_exhaustive]
    ResponseTooLarge {
        /// Method and route.
        call: String,
        /// The limit, and the setting that changes it.
        reason: String,
    },
    /// The WebSocket cannot be opened.
    #[error("cannot open the WebSocket of the server: {}", escaped(reason))]
    #[non_exhaustive]
    Socket {
        /// The reason why it cannot be opened.
        reason: String,
    },
    /// The server rejected the workflow; nothing runs.
    #[error("{0}")]
    Rejected(Box<Rejection>),
    /// Some outputs of the workflow are invalid.
    ///
    /// The server accepted the other outputs; their run was cancelled, unless
    /// [`cancel_error`](DroppedOutputs::cancel_error) says that this failed. After a
    /// [preflight](super::Client::preflight) nothing ran.
    #[error("{0}")]
    Partial(Box<DroppedOutputs>),
    /// It is unknown whether the server accepted the workflow: the response was lost, and the server's queue and
    /// history do not contain the prompt or could not be read.
    ///
    /// The workflow was not submitted again, because then it might run twice.
    #[error(
        "cannot confirm that the server accepted prompt {}: {reason}; look it up in the history before you submit it again",
        shortened(prompt_id, MAX_ID_CHARS)
    )]
    #[non_exhaustive]
    Unconfirmed {
        /// The id under which the workflow was submitted.
        prompt_id: String,
        /// The error because of which the response was lost or the lookup failed.
        reason: Box<Error>,
    },
    /// Neither the queue nor the history of the server has a prompt with this id.
    #[error(
        "the server does not know prompt {}; a server forgets its prompts when it is restarted",
        shortened(prompt_id, MAX_ID_CHARS)
    )]
    #[non_exhaustive]
    UnknownRun {
        /// The id.
        prompt_id: String,
    },
    /// The server's prompt with this id was made from another workflow.
    #[error("{0}")]
    Different(Box<Difference>),
    /// A node failed.
    #[error("{0}")]
    Execution(Box<ExecutionError>),
    /// The run was interrupted, by this program or by someone else.
    #[error("{0}")]
    Interrupted(Box<Interruption>),
    /// The run was removed from the queue before it started, by this program or by someone else.
    #[error("{0}")]
    Deleted(Box<Deletion>),
    /// The outcome of the run cannot be known.
    #[error("{0}")]
    Lost(Box<LostRun>),
    /// The run showed no activity for the time set by [`stalled_after`](super::ClientBuilder::stalled_after). It may
    /// still be running.
    #[error("{0}")]
    Stalled(Box<Stalled>),
    /// The handle belongs to another workflow, or the workflow has no node of this id.
    #[error("{0}")]
    NoSuchNode(Box<UnknownNode>),
    /// The node cannot have results in this run: it saves nothing, was not selected, or was dropped by the server.
    #[error("{0}")]
    NoResults(Box<NoResults>),
    /// A file on this machine cannot be read or written.
    #[error("{}: {reason}", shown::path(path))]
    #[non_exhaustive]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        reason: std::io::Error,
    },
    /// The server returned a file name that is not safe to use on this machine.
    #[error("unsafe file name `{}` from the server: {reason}", shortened(name, MAX_QUOTED_CHARS))]
    #[non_exhaustive]
    FileName {
        /// The name, or the subfolder.
        name: String,
        /// The reason why it is not safe.
        reason: &'static str,
    },
    /// The server sent something else than the content of a file, such as the page of a proxy that asks for a login.
    #[error(
        "{}: expected the content of `{}`, found {found}{}; is a login page or a proxy in front of the server?",
        escaped(call),
        shortened(name, MAX_QUOTED_CHARS),
        quoted(first_line)
    )]
    #[non_exhaustive]
    WrongContent {
        /// Method and route.
        call: String,
        /// The name of the file.
        name: String,
        /// The content type, or a description of the content.
        found: String,
        /// The first line of the text that the server sent; empty if it sent no text.
        first_line: String,
    },
    /// The workflow itself is invalid, so nothing was sent.
    ///
    /// `workflow!` and [`Graph::finish`](crate::Graph::finish) return this error; the conversion lets `?` pass on both
    /// kinds of errors.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The node definitions of the server changed, and the workflow can no longer be sent as it is.
    #[error("the server's node definitions changed, and the workflow cannot be sent as it is:\n{0}")]
    Drift(Box<Drift>),
}

impl Error {
    /// Wraps an error of the HTTP client.
    pub(super) fn transport(call: &str, error: reqwest::Error) -> Self {
        Self::Transport { call: call.to_owned(), reason: TransportError::new(error) }
    }

    /// Returns the error for an output that has half a character at this place of a response.
    pub(super) fn half_character(call: &str, place: &str) -> Self {
        let reason = format!("half a character (a lone surrogate) in `{place}`");
        Self::InvalidResponse { call: call.to_owned(), reason }
    }

    /// Removes secrets from what a server sent in place of a file.
    pub(super) fn redacted(mut self, redaction: &Redaction) -> Self {
        if let Self::WrongContent { found, first_line, .. } = &mut self {
            *found = redaction.text(found).into_owned();
            *first_line = redaction.text(first_line).into_owned();
        }
        self
    }

    /// Returns whether the same call may succeed later: the server was not reached, or it asks to wait.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Transport { .. } | Self::Socket { .. } | Self::Incomplete { .. } | Self::NoProgress { .. } => true,
            Self::Status { status, .. } => matches!(status, 429 | 502..=504),
            _ => false,
        }
    }

    /// Returns whether no server was there: the connection was refused or broke off, or a proxy has no server behind it. A
    /// server that is slow is there.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Transport { reason, .. } => !reason.is_timeout(),
            Self::Status { status, .. } => matches!(status, 502..=504),
            _ => false,
        }
    }

    /// Returns whether the server, or something in front of it, answered with what is no answer to the call. In contrast
    /// to a failed connection and to a proxy without a server behind it, that most likely stays so.
    pub(super) fn is_unusable_answer(&self) -> bool {
        match self {
            Self::InvalidResponse { .. } | Self::ResponseTooLarge { .. } | Self::Redirect { .. } => true,
            Self::Status { status, .. } => matches!(status, 400..=501) && !matches!(status, 408 | 425 | 429),
            _ => false,
        }
    }

    /// Returns the HTTP status of the response, for [`Error::Status`].
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }
}

impl From<InvalidSetting> for Error {
    fn from(InvalidSetting { setting, reason }: InvalidSetting) -> Self {
        Self::Setup { setting, reason }
    }
}

impl Ending {
    /// Returns the outputs of a run that finished.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Execution`], [`Error::Interrupted`], [`Error::Deleted`], [`Error::Lost`] or [`Error::Stalled`]
    /// if the run ended in another way.
    pub fn into_result(self) -> Result<Done, Error> {
        match self {
            Self::Finished(done) => Ok(done),
            Self::Failed(error) => Err(Error::Execution(Box::new(error))),
            Self::Interrupted(interruption) => Err(Error::Interrupted(Box::new(interruption))),
            Self::Deleted(deletion) => Err(Error::Deleted(Box::new(deletion))),
            Self::Lost(lost) => Err(Error::Lost(Box::new(lost))),
            Self::Stalled(stalled) => Err(Error::Stalled(Box::new(stalled))),
        }
    }
}

/// An error of a connection that could not be made, or that broke.
///
/// The message contains all causes, and nothing of the URL.
#[derive(Debug)]
pub struct TransportError(reqwest::Error);

impl TransportError {
    fn new(error: reqwest::Error) -> Self {
        // The URL may hold a secret.
        Self(error.without_url())
    }

    /// Returns whether no connection was made, so that nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.0.is_connect()
    }

    /// Returns whether a timeout elapsed.
    pub fn is_timeout(&self) -> bool {
        self.0.is_timeout()
    }
}

impl fmt::Display for TransportError {
    /// Writes all causes: the message of the HTTP client alone is only `error sending request`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.0.to_string();
        let mut cause = std::error::Error::source(&self.0);
        while let Some(error) = cause {
            let message = error.to_string();
            if !text.contains(&message) {
                text = format!("{text}: {message}");
            }
            cause = error.source();
        }
        escaped(text).fmt(f)?;
        match comfy_tls::remedy(&self.0) {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TransportError {}

/// Returns the meaning of a status that is often met in front of a server.
const fn meaning(status: u16) -> &'static str {
    match status {
        401 => " (credentials are missing or wrong)",
        413 => " (the request is too large for the server)",
        429 => " (too many requests)",
        _ => "",
    }
}

/// Returns the first line of a text for a message.
fn quoted(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(": `{}`", shortened(line, MAX_QUOTED_CHARS)) }
}

fn suffix(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {}", escaped(message)) }
}
