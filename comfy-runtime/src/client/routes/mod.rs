//! A method of [`Client`](super::Client) for every route of the server.
//!
//! The methods are lenient about details: a member of an item that is absent, `null` or of another type than expected
//! counts as absent. They are strict about what was asked for: a response without it, such as the JSON of a login page,
//! is an error, and never an empty list. The fields `raw` keep everything that the server sent.
//!
//! # Errors
//!
//! Every method may return [`Error::Transport`] if the server cannot be reached, [`Error::Status`] if it responds with
//! a status of 400 or more, [`Error::InvalidResponse`] if the response lacks what was asked for, and
//! [`Error::ResponseTooLarge`] if it is larger than a limit of the client.
//! The methods document errors with a special meaning.
//!
//! [`Error::Transport`]: crate::client::Error::Transport
//! [`Error::Status`]: crate::client::Error::Status
//! [`Error::InvalidResponse`]: crate::client::Error::InvalidResponse
//! [`Error::ResponseTooLarge`]: crate::client::Error::ResponseTooLarge

mod history;
mod info;
mod internal;
mod jobs;
mod models;
mod pages;
mod queue;
mod userdata;
mod users;
mod view;

pub use history::{HistoryEntry, HistoryQuery};
pub use info::{Device, Features, SystemStats};
pub use internal::{LogEntry, Logs};
pub use jobs::{Job, JobOrder, JobQuery, JobSort, JobStatus, Jobs, UnknownJobStatus};
pub use models::{ModelFile, ModelFolder};
pub use pages::Subgraph;
pub use queue::{Queue, QueueItem};
pub use userdata::{UserEntry, UserFile};
pub use users::Users;
pub use view::{Channel, View};

use comfy_schema::Value;

use super::json;
use super::shape::{array, object, strings};

/// Returns the body `{"delete": [ids]}`.
fn delete(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    json::object([("delete", ids.into_iter().map(|id| Value::from(id.as_ref())).collect())])
}
