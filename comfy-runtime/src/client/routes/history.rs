//! The runs that have ended, as the server's history lists them: `/history`.

use comfy_schema::{Map, Value};

use super::delete;
use super::queue::QueueItem;
use crate::client::error::Error;
use crate::client::shape::object_of;
use crate::client::status::{self, history_entry};
use crate::client::{Client, json};

/// A run that has ended.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// The prompt that ran.
    pub prompt: QueueItem,
    /// The outputs of each node, by node id; after a failure, those that were made before it.
    pub outputs: Map,
    /// The status, `success` or `error`. If the run failed before its first node, this may be the status of the run
    /// before; the [messages](Self::messages) decide.
    pub status: String,
    /// Whether the run succeeded.
    pub completed: bool,
    /// The events `execution_start`, `execution_cached` and the one that ended the run, each with its data.
    pub messages: Vec<(String, Value)>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

impl HistoryEntry {
    pub(in crate::client) fn read(entry: Value) -> Self {
        let status = json::get(&entry, "status");
        let messages = json::array(status.and_then(|status| json::get(status, "messages"))).iter();
        let messages = messages.filter_map(|message| match json::array(Some(message)) {
            [kind, data, ..] => Some((kind.as_str()?.to_owned(), data.clone())),
            _ => None,
        });
        Self {
            prompt: QueueItem::read(json::get(&entry, "prompt").unwrap_or(&Value::Null)),
            outputs: json::get(&entry, "outputs").and_then(Value::as_object).cloned().unwrap_or_default(),
            status: status.and_then(|status| json::string(status, "status_str")).unwrap_or_default(),
            completed: json::at(&entry, &["status", "completed"]).and_then(Value::as_bool).unwrap_or_default(),
            messages: messages.collect(),
            raw: entry,
        }
    }
}

/// A query for [`Client::history`].
///
/// ```
/// use comfy_runtime::client::HistoryQuery;
///
/// let newest_ten = HistoryQuery::new().max_items(10);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "a query does nothing unless it is given to `Client::history`"]
pub struct HistoryQuery {
    max_items: Option<u32>,
    offset: Option<u32>,
}

impl HistoryQuery {
    /// Creates a query for all runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects at most this number of runs: the newest ones, or with an [offset](Self::offset) the first ones after it.
    pub fn max_items(mut self, runs: u32) -> Self {
        self.max_items = Some(runs);
        self
    }

    /// Skips this number of the oldest runs.
    pub fn offset(mut self, runs: u32) -> Self {
        self.offset = Some(runs);
        self
    }
}

impl Client {
    /// Returns the runs that have ended, by prompt id, oldest first (`GET /history`).
    ///
    /// The server keeps about 10,000 runs, and loses them when it stops.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn history(&self, query: &HistoryQuery) -> Result<Vec<(String, HistoryEntry)>, Error> {
        let call = self.inner.transport.get(["history"]);
        let call = call.query_opt("max_items", query.max_items).query_opt("offset", query.offset);
        let entries = object_of(&call.name(), call.json().await?, status::is_entry, "an object of runs with outputs")?;
        Ok(entries.into_iter().map(|(id, entry)| (id.to_string(), HistoryEntry::read(entry))).collect())
    }

    /// Returns a run that has ended; `None` if it waits, runs or is unknown (`GET /history/{prompt_id}`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn history_of(&self, prompt_id: &str) -> Result<Option<HistoryEntry>, Error> {
        Ok(history_entry(&self.inner.transport, prompt_id).await?.map(HistoryEntry::read))
    }

    /// Removes these runs from the history (`POST /history`). Unknown ids are ignored, and files are kept.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn delete_history(&self, prompt_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), Error> {
        self.inner.transport.post(["history"]).json_body(&delete(prompt_ids)).repeatable().no_body().await
    }

    /// Removes all runs from the history, including those of other clients (`POST /history`). Files are kept.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn clear_history(&self) -> Result<(), Error> {
        self.inner.transport.post(["history"]).json_body(&json::object([("clear", true.into())])).no_body().await
    }
}
