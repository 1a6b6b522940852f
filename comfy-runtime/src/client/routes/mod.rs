//! A method of [`Client`](super::Client) for every route of the server.
//!
//! What an answer holds and is not understood is kept in `raw`; what is absent, `null` or of another type than expected
//! counts as absent.
//!
//! # Errors
//!
//! Every method may give [`Error::Transport`], [`Error::Status`] and
//! [`Error::Answer`]. What is said with a method is what its errors mean there.

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

use comfy_schema::{Map, Value};

use super::error::Error;
use super::json;

/// The members of an answer that must be an object.
fn object(call: &str, answer: Value) -> Result<Map, Error> {
    match answer {
        Value::Object(map) => Ok(map),
        other => Err(unexpected(call, &other, "an object")),
    }
}

/// The elements of an answer that must be an array.
fn array(call: &str, answer: Value) -> Result<Vec<Value>, Error> {
    match answer {
        Value::Array(items) => Ok(items),
        other => Err(unexpected(call, &other, "an array")),
    }
}

/// The texts of an answer that must be an array.
fn strings(call: &str, answer: Value) -> Result<Vec<String>, Error> {
    let items = Value::Array(array(call, answer)?);
    Ok(json::strings(Some(&items)))
}

fn unexpected(call: &str, answer: &Value, expected: &str) -> Error {
    Error::Answer { call: call.to_owned(), why: format!("it is {} and not {expected}", answer.kind_name()) }
}

/// `{"delete": […]}`
fn delete(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    json::object([("delete", ids.into_iter().map(|id| Value::from(id.as_ref())).collect())])
}
