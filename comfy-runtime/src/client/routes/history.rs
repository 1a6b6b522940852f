//! `/history`: the runs that ended and that the server remembers.

use comfy_schema::{Map, Value};

use super::queue::QueueItem;
use super::{delete, object};
use crate::client::error::Error;
use crate::client::{Client, json};

/// A run that ended.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HistoryEntry {
    /// What ran.
    pub prompt: QueueItem,
    /// What each node showed: node id → object of lists. Of a run that failed, what was there before.
    pub outputs: Map,
    /// `success` or `error`. Of a run that failed before its first node this may be the word of the run before; the
    /// [messages](Self::messages) decide.
    pub status: String,
    /// True only after a success.
    pub completed: bool,
    /// `execution_start`, `execution_cached` and what ended it, each with its data.
    pub messages: Vec<(String, Value)>,
    /// All that the server said.
    pub raw: Value,
}

impl HistoryEntry {
    fn read(entry: Value) -> Self {
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

/// Which runs of the history to list: [`Client::history`].
///
/// ```
/// use comfy_runtime::client::HistoryQuery;
///
/// let newest_ten = HistoryQuery::new().max_items(10);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "it asks nothing by itself: `client.history(&query)`"]
pub struct HistoryQuery {
    max_items: Option<u32>,
    offset: Option<u32>,
}

impl HistoryQuery {
    /// All runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many: the newest ones; with an [offset](Self::offset) the first ones behind it.
    pub fn max_items(mut self, runs: u32) -> Self {
        self.max_items = Some(runs);
        self
    }

    /// Skips the oldest so many.
    pub fn offset(mut self, runs: u32) -> Self {
        self.offset = Some(runs);
        self
    }
}

impl Client {
    /// `GET /history`: the runs that ended, by prompt id, oldest first. The server remembers about 10,000 runs, until it
    /// stops.
    pub async fn history(&self, query: &HistoryQuery) -> Result<Vec<(String, HistoryEntry)>, Error> {
        let call = self.inner.transport.get(["history"]);
        let call = call.maybe("max_items", query.max_items).maybe("offset", query.offset);
        let entries = object(&call.name(), call.json().await?)?;
        Ok(entries.into_iter().map(|(id, entry)| (id.to_string(), HistoryEntry::read(entry))).collect())
    }

    /// `GET /history/{prompt_id}`: a run that ended; `None` if it waits, runs, or is not known.
    pub async fn history_of(&self, prompt_id: &str) -> Result<Option<HistoryEntry>, Error> {
        let call = self.inner.transport.get(["history", prompt_id]);
        let mut entries = object(&call.name(), call.json().await?)?;
        Ok(entries.remove(prompt_id).map(HistoryEntry::read))
    }

    /// `POST /history`: forgets these runs. Ids that are not there are no error; files stay.
    pub async fn delete_history(&self, prompt_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), Error> {
        self.inner.transport.post(["history"]).json_body(&delete(prompt_ids)).repeatable().done().await
    }

    /// `POST /history`: forgets all runs, other clients' too. Files stay.
    pub async fn clear_history(&self) -> Result<(), Error> {
        self.inner.transport.post(["history"]).json_body(&json::object([("clear", true.into())])).done().await
    }
}
