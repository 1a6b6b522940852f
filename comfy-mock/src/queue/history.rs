//! The runs that have ended.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use comfy_schema::{Map, Text, Value};

use super::Item;
use crate::json::object;

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) item: Item,
    /// Node id → UI output.
    pub(crate) outputs: Map,
    /// Node id → metadata of its UI output.
    pub(crate) meta: Map,
    pub(crate) status: Status,
}

/// The status of a run that has ended.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) success: bool,
    /// The events of the run: type and data.
    pub(crate) messages: Vec<(&'static str, Value)>,
}

impl Status {
    /// Returns `{status_str, completed, messages}`.
    pub(crate) fn to_value(&self) -> Value {
        let messages = self.messages.iter().map(|(kind, data)| Value::Array(vec![Value::from(*kind), data.clone()]));
        object([
            ("status_str", Value::from(if self.success { "success" } else { "error" })),
            ("completed", Value::Bool(self.success)),
            ("messages", messages.collect()),
        ])
    }
}

impl Entry {
    /// Returns the entry, as `/history` shows it.
    pub(crate) fn to_value(&self) -> Value {
        object([
            ("prompt", self.item.to_value()),
            ("outputs", Value::Object(self.outputs.clone())),
            ("status", self.status.to_value()),
            ("meta", Value::Object(self.meta.clone())),
        ])
    }
}

/// The runs that have ended, oldest first.
#[derive(Debug)]
pub(crate) struct History {
    entries: BTreeMap<u64, Arc<Entry>>,
    by_id: HashMap<Text, u64>,
    next: u64,
    limit: usize,
}

impl History {
    /// Creates a history that keeps at most `limit` + 1 entries, and drops the oldest.
    pub(crate) fn new(limit: usize) -> Self {
        Self { entries: BTreeMap::new(), by_id: HashMap::new(), next: 0, limit }
    }

    /// Adds a run. It replaces a run with the same id, at the same position.
    pub(crate) fn push(&mut self, entry: Entry) {
        if self.entries.len() > self.limit
            && let Some((_, oldest)) = self.entries.pop_first()
        {
            self.by_id.remove(&oldest.item.prompt_id);
        }
        let position = *self.by_id.entry(entry.item.prompt_id.clone()).or_insert(self.next);
        self.next += 1;
        self.entries.insert(position, Arc::new(entry));
    }

    pub(crate) fn get(&self, prompt_id: &str) -> Option<&Arc<Entry>> {
        self.entries.get(self.by_id.get(prompt_id)?)
    }

    /// Returns all entries, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// Returns the entries that `max_items` and `offset` select. As on the real server, the newest entries are returned
    /// if there is no offset; with one, a `max_items` of 0 returns one entry, because the limit is checked after each
    /// entry.
    pub(crate) fn page(&self, max_items: Option<i64>, offset: Option<i64>) -> Vec<Arc<Entry>> {
        let length = i64::try_from(self.entries.len()).unwrap_or(i64::MAX);
        let skip = match (offset.filter(|&offset| offset >= 0), max_items) {
            (Some(offset), _) => offset,
            (None, Some(max_items)) => length.saturating_sub(max_items),
            (None, None) => 0,
        };
        let max = max_items.map_or(usize::MAX, |items| usize::try_from(items).unwrap_or(0).max(1));
        self.entries.values().skip(usize::try_from(skip).unwrap_or(0)).take(max).cloned().collect()
    }

    pub(crate) fn remove(&mut self, prompt_id: &str) {
        if let Some(position) = self.by_id.remove(prompt_id) {
            self.entries.remove(&position);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.by_id.clear();
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::Map;

    use super::{Entry, History, Status};
    use crate::queue::Item;

    fn history(count: u32, limit: usize) -> History {
        let mut history = History::new(limit);
        for at in 0..count {
            history.push(entry(&at.to_string()));
        }
        history
    }

    fn entry(id: &str) -> Entry {
        let status = Status { success: true, messages: Vec::new() };
        Entry { item: Item::of_number(0.0, id), outputs: Map::new(), meta: Map::new(), status }
    }

    fn ids(history: &History, max_items: Option<i64>, offset: Option<i64>) -> Vec<String> {
        history.page(max_items, offset).iter().map(|entry| entry.item.prompt_id.to_string()).collect()
    }

    #[test]
    fn one_more_than_the_limit_is_kept() {
        assert_eq!(ids(&history(10, 3), None, None), ["6", "7", "8", "9"]);
    }

    #[test]
    fn without_an_offset_the_newest_are_returned() {
        assert_eq!(ids(&history(4, 9), Some(2), None), ["2", "3"]);
        assert_eq!(ids(&history(4, 9), Some(9), Some(-1)), ["0", "1", "2", "3"]);
    }

    #[test]
    fn an_offset_counts_from_the_oldest() {
        assert_eq!(ids(&history(4, 9), None, Some(3)), ["3"]);
        assert_eq!(ids(&history(4, 9), Some(2), Some(1)), ["1", "2"]);
    }

    #[test]
    fn a_limit_of_zero_returns_one_entry_if_there_is_an_offset() {
        assert_eq!(ids(&history(4, 9), Some(0), None), [""; 0]);
        assert_eq!(ids(&history(4, 9), Some(0), Some(0)), ["0"]);
    }

    #[test]
    fn an_id_used_again_replaces_its_entry() {
        let mut history = history(3, 9);
        history.push(entry("1"));
        assert_eq!(ids(&history, None, None), ["0", "1", "2"]);
        history.remove("1");
        assert_eq!(ids(&history, None, None), ["0", "2"]);
    }
}
