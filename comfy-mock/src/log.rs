//! The log of the server.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use comfy_schema::Value;

use crate::json::object;
use crate::limits::MAX_ENTRIES;
use crate::storage::date;
use crate::sync::{lock, now};

type Listener = Box<dyn Fn(&str) + Send + Sync>;

/// The log: the last entries, oldest first, each with its time in milliseconds since 1970.
#[derive(Default)]
pub(crate) struct Log {
    entries: Mutex<VecDeque<(u64, String)>>,
    /// A function that is called with a line for every request and every run.
    pub(crate) listener: Option<Listener>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

impl Log {
    /// Adds a line, and returns the data of the `logs` event that reports it.
    pub(crate) fn add(&self, text: &str) -> Value {
        let time = now();
        let line = format!("{text}\n");
        let event = object([("entries", Value::Array(vec![entry(time, &line)])), ("size", Value::Null)]);
        let mut entries = lock(&self.entries);
        if entries.len() >= MAX_ENTRIES {
            entries.pop_front();
        }
        entries.push_back((time, line));
        event
    }

    /// Calls the listener with a line, without adding the line to the log.
    pub(crate) fn notify(&self, text: impl FnOnce() -> String) {
        if let Some(listener) = &self.listener {
            listener(&text());
        }
    }

    /// Returns the entries, as `/internal/logs/raw` and the event `logs` show them.
    pub(crate) fn entries(&self) -> Value {
        lock(&self.entries).iter().map(|(time, text)| entry(*time, text)).collect()
    }

    /// Returns all entries as one text.
    pub(crate) fn text(&self) -> String {
        let lines: Vec<String> =
            lock(&self.entries).iter().map(|(time, text)| format!("{} - {text}", iso(*time))).collect();
        lines.concat()
    }
}

fn entry(time: u64, text: &str) -> Value {
    object([("t", Value::from(iso(time))), ("m", Value::from(text))])
}

/// Formats a time in milliseconds since 1970 as Python's `isoformat` does.
fn iso(millis: u64) -> String {
    let (year, month, day) = date(millis / 86_400_000);
    let (seconds, millis) = (millis / 1000 % 86_400, millis % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}000")
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[test]
    fn the_last_lines_are_kept() {
        let log = Log::default();
        (0..1_000).for_each(|at| _ = log.add(&format!("line {at}.")));
        let text = log.text();
        assert_eq!(text.lines().count(), 300);
        assert!(!text.contains("line 699.") && text.contains("line 700.") && text.contains("line 999."));
    }
}
