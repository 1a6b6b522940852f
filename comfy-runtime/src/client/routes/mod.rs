//! A method of [`Client`](super::Client) for every route of the server.
//!
//! The methods are lenient. A member of a response that is absent, `null` or of another type than expected counts as
//! absent, and so does a whole response that is `null` where an object or an array is expected. The fields `raw` keep
//! everything that the server sent.
//!
//! # Errors
//!
//! Every method may return [`Error::Transport`] if the server cannot be reached, [`Error::Status`] if it responds with
//! a status of 400 or more, [`Error::InvalidResponse`] if the response as a whole has another type than expected, and
//! [`Error::ResponseTooLarge`] if it is larger than a limit of the client.
//! The methods document errors with a special meaning.

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

/// Returns the members of a response that is an object; none if it is `null`.
fn object(call: &str, response: Value) -> Result<Map, Error> {
    match response {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        other => Err(unexpected(call, &other, "an object")),
    }
}

/// Returns the elements of a response that is an array; none if it is `null`.
fn array(call: &str, response: Value) -> Result<Vec<Value>, Error> {
    match response {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(Vec::new()),
        other => Err(unexpected(call, &other, "an array")),
    }
}

/// Returns the strings of a response that is an array.
fn strings(call: &str, response: Value) -> Result<Vec<String>, Error> {
    let items = Value::Array(array(call, response)?);
    Ok(json::strings(Some(&items)))
}

fn unexpected(call: &str, response: &Value, expected: &str) -> Error {
    let reason = format!("expected {expected}, found {}", response.kind_name());
    Error::InvalidResponse { call: call.to_owned(), reason }
}

/// Returns the body `{"delete": [ids]}`.
fn delete(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Value {
    json::object([("delete", ids.into_iter().map(|id| Value::from(id.as_ref())).collect())])
}
