//! The state of a run as the server's queue and history report it, which overrides what the WebSocket reported.

use std::borrow::Cow;
use std::sync::Arc;

use comfy_schema::Value;
use tokio::time::Instant;

use super::call_name::CallName;
use super::collecting::Collecting;
use super::ending::{Ending, ExecutionError, Interruption};
use super::error::Error;
use super::halves::Halves;
use super::json;
use super::json_reader::{Filter, Path};
use super::limits::JsonBounds;
use super::outputs::Done;
use super::shape::{self, unexpected};
use super::tracker::Tracker;
use super::transport::Transport;

/// The members of the server's queue: the prompts that run, and those that wait.
const QUEUE_LISTS: [&str; 2] = ["queue_running", "queue_pending"];

/// The state of a run as the server reports it.
#[derive(Debug)]
pub(crate) enum RunStatus {
    /// The run waits, with this number of prompts before it.
    Waiting(usize),
    Running,
    Ended(Box<Ending>),
    /// The run is in neither the queue nor the history.
    Absent,
}

/// The last snapshot of the server's queue, shared by all runs of a client.
#[derive(Debug, Default)]
pub(crate) struct QueueCache {
    last: tokio::sync::Mutex<Option<Arc<QueueSnapshot>>>,
}

/// The server's queue at one time.
#[derive(Debug)]
pub(crate) struct QueueSnapshot {
    /// The time at which the queue was requested. The snapshot shows the queue at this time or later.
    requested_at: Instant,
    running: Vec<String>,
    /// The waiting prompts in the order in which they will run.
    waiting: Vec<String>,
    /// The queue without the prompts in it.
    raw: Value,
}

impl QueueCache {
    /// Returns the state of a run according to a snapshot of the queue that is not older than `since`, and to the
    /// history.
    ///
    /// A run moves from waiting to running to the history, each in one step. So an accepted run that is not in the
    /// queue has ended, and a later request of the history must find it.
    pub(crate) async fn status(
        &self,
        transport: &Arc<Transport>,
        tracker: &Tracker,
        since: Instant,
    ) -> Result<RunStatus, Error> {
        let queue = self.snapshot(transport, since).await?;
        if let Some(status) = queue.status(tracker.prompt_id()) {
            return Ok(status);
        }
        let entry = history_entry_with_halves(transport, tracker.prompt_id()).await?;
        Ok(entry.map_or(RunStatus::Absent, |(entry, halves)| {
            RunStatus::Ended(Box::new(ending(transport, tracker, &entry, halves)))
        }))
    }

    /// Returns a snapshot of the queue that is not older than `since`. Runs that ask at the same time share one.
    pub(crate) async fn snapshot(&self, transport: &Transport, since: Instant) -> Result<Arc<QueueSnapshot>, Error> {
        let mut last = self.last.lock().await;
        // If both times are the same on a coarse clock, the snapshot may be the older one.
        if let Some(queue) = last.as_ref().filter(|queue| queue.requested_at > since) {
            return Ok(Arc::clone(queue));
        }
        let requested_at = Instant::now();
        let call = transport.get(["queue"]);
        let (name, raw) = (call.name(), call.filtered_json(JsonBounds::queue(), &skips_in_queue).await?);
        let queue = Arc::new(QueueSnapshot::read(&name, raw, requested_at)?);
        *last = Some(Arc::clone(&queue));
        Ok(queue)
    }
}

impl QueueSnapshot {
    pub(super) fn read(call: &CallName, raw: Value, requested_at: Instant) -> Result<Self, Error> {
        let number = |item: &Value| json::array(Some(item)).first().and_then(Value::as_f64).unwrap_or_default();
        let [running, waiting] = queue_lists(call, &raw, true)?;
        let running = running.iter().filter_map(item_id).map(Cow::into_owned).collect();
        // The server lists waiting prompts in the order of its heap, not in the order in which they run.
        let mut waiting: Vec<(f64, String)> =
            waiting.iter().filter_map(|item| Some((number(item), item_id(item)?.into_owned()))).collect();
        waiting.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let waiting = waiting.into_iter().map(|(_, id)| id).collect();
        Ok(Self { requested_at, running, waiting, raw })
    }

    pub(super) fn status(&self, prompt_id: &str) -> Option<RunStatus> {
        if self.is_running(prompt_id) {
            return Some(RunStatus::Running);
        }
        let before = self.waiting.iter().position(|id| id == prompt_id)?;
        Some(RunStatus::Waiting(before + self.running.len()))
    }

    pub(crate) fn requested_at(&self) -> Instant {
        self.requested_at
    }

    pub(crate) fn contains(&self, prompt_id: &str) -> bool {
        self.status(prompt_id).is_some()
    }

    pub(crate) fn is_running(&self, prompt_id: &str) -> bool {
        self.running.iter().any(|id| id == prompt_id)
    }

    /// Returns what is kept of the queue's item of a prompt; see [`skips_in_queue`]. [`queue_item`] returns all of it.
    pub(crate) fn item(&self, prompt_id: &str) -> Option<&Value> {
        let lists = QUEUE_LISTS.map(|key| json::array(json::get(&self.raw, key)));
        lists.into_iter().flatten().find(|item| is_item_of(item, prompt_id))
    }

    /// Returns the id of another prompt, and whether it runs. A prompt that runs stays in the queue or in the history
    /// as long as the server runs, while one that waits can be removed.
    pub(crate) fn other(&self, prompt_id: &str) -> Option<(&str, bool)> {
        let running = self.running.iter().map(|id| (id.as_str(), true));
        running.chain(self.waiting.iter().map(|id| (id.as_str(), false))).find(|(id, _)| *id != prompt_id)
    }
}

/// Returns whether a part of the server's queue is skipped while it arrives. The queue holds the whole prompt of every
/// client; kept are number, id, the id of the client, and the time of creation.
pub(super) fn skips_in_queue(path: Path<'_>) -> bool {
    match path.depth() {
        // What stands in place of the lists is kept for the message that quotes it.
        2 => !is_queue_list(path.key(0)),
        3 => matches!(path.index(2), Some(2 | 4..)),
        4 => path.index(2) == Some(3) && !matches!(path.key(3), Some("client_id" | "create_time")),
        _ => false,
    }
}

/// The filter for one item of the server's queue. The others are dropped one by one.
struct ItemOf<'i>(&'i str);

impl Filter for ItemOf<'_> {
    fn skips(&self, path: Path<'_>) -> bool {
        path.depth() == 2 && !is_queue_list(path.key(0))
    }

    fn drops(&self, path: Path<'_>, item: &Value) -> bool {
        path.depth() == 2 && !is_item_of(item, self.0)
    }
}

/// Requests a prompt's item of the queue: number, id, prompt, extra data, outputs.
pub(crate) async fn queue_item(transport: &Transport, prompt_id: &str) -> Result<Option<Value>, Error> {
    let bounds = JsonBounds::queue_item(transport.limits.max_response_bytes);
    let call = transport.get(["queue"]);
    let (name, queue) = (call.name(), call.filtered_json(bounds, &ItemOf(prompt_id)).await?);
    // The items of other prompts were dropped.
    let lists = queue_lists(&name, &queue, false)?;
    Ok(lists.into_iter().flatten().find(|item| is_item_of(item, prompt_id)).cloned())
}

fn is_item_of(item: &Value, prompt_id: &str) -> bool {
    item_id(item).as_deref() == Some(prompt_id)
}

fn item_id(item: &Value) -> Option<Cow<'_, str>> {
    json::id(json::array(Some(item)).get(1)?)
}

fn is_queue_list(key: Option<&str>) -> bool {
    key.is_some_and(|key| QUEUE_LISTS.contains(&key))
}

/// Returns the prompts of a queue that run and those that wait. `is_whole` says that no item was left out.
pub(super) fn queue_lists<'q>(call: &CallName, queue: &'q Value, is_whole: bool) -> Result<[&'q [Value]; 2], Error> {
    let lists = QUEUE_LISTS.map(|key| json::get(queue, key).and_then(Value::as_array));
    match lists {
        [Some(running), Some(waiting)]
            if !is_whole || running.iter().chain(waiting).all(|item| item_id(item).is_some()) =>
        {
            Ok([running, waiting])
        }
        _ => {
            let expected = "an object with the arrays `queue_running` and `queue_pending` of prompts with ids";
            Err(unexpected(call, queue, expected))
        }
    }
}

/// Requests the entry of a run in the history. Only this entry is asked for, and only this entry is kept.
pub(crate) async fn history_entry(transport: &Transport, prompt_id: &str) -> Result<Option<Value>, Error> {
    Ok(history_entry_with_halves(transport, prompt_id).await?.map(|(entry, _)| entry))
}

/// Requests the entry of a run in the history, and finds the half characters in its outputs.
async fn history_entry_with_halves(transport: &Transport, prompt_id: &str) -> Result<Option<(Value, Halves)>, Error> {
    let bounds = JsonBounds::response(transport.limits.max_response_bytes);
    // A server that ignores the id answers with all runs, of which only the structure is kept. What else stands in place
    // of the entry is kept for the message that quotes it.
    let others = |path: Path<'_>| {
        let is_other = path.depth() > 1 && path.key(0) != Some(prompt_id);
        is_other && (path.depth() > 2 || path.key(1) != Some("prompt"))
    };
    let filter = Collecting::in_history(&others);
    let call = transport.get(["history", prompt_id]);
    let (name, response) = (call.name(), call.filtered_json(bounds, &filter).await?);
    match response {
        Value::Object(mut entries) if entries.get(prompt_id).is_some_and(is_entry) => {
            Ok(entries.remove(prompt_id).map(|entry| (entry, filter.into_halves())))
        }
        Value::Object(entries) if entries.iter().all(|(id, run)| id.as_str() != prompt_id && has_prompt(run)) => {
            Ok(None)
        }
        other => Err(unexpected(&name, &other, "`{}`, or an object with the run and its outputs under its id")),
    }
}

fn has_prompt(entry: &Value) -> bool {
    json::get(entry, "prompt").is_some_and(shape::is_array)
}

/// Returns whether a value is the entry of a run in the history. Every entry has outputs, even if there are none.
pub(super) fn is_entry(entry: &Value) -> bool {
    json::get(entry, "outputs").is_some_and(shape::is_object)
}

/// Reads the end of a run from its entry in the history. The messages decide, because `status_str` may be that of the
/// run before.
pub(super) fn ending(transport: &Arc<Transport>, tracker: &Tracker, entry: &Value, halves: Halves) -> Ending {
    let done = Done::from_entry(tracker.run_info(transport), entry.clone(), halves);
    let status = json::get(entry, "status");
    let messages = json::array(status.and_then(|status| json::get(status, "messages")));
    for message in messages.iter().rev() {
        let [kind, data] = json::array(Some(message)) else { continue };
        match kind.as_str() {
            Some("execution_success") => return Ending::Finished(done),
            Some("execution_error") => return failed(tracker, &transport.redaction.value(data.clone()), done),
            Some("execution_interrupted") => return interrupted(tracker, data, done),
            _ => {}
        }
    }
    let is_error = status.and_then(|status| json::text(status, "status_str")) == Some("error");
    if is_error { failed(tracker, &Value::Null, done) } else { Ending::Finished(done) }
}

pub(crate) fn failed(tracker: &Tracker, data: &Value, partial: Done) -> Ending {
    let error = ExecutionError::read(tracker.prompt_id(), data, &tracker.origin);
    Ending::Failed(ExecutionError { partial: Some(partial), ..error })
}

pub(crate) fn interrupted(tracker: &Tracker, data: &Value, partial: Done) -> Ending {
    let interruption = Interruption::read(tracker.prompt_id(), data, &tracker.origin);
    Ending::Interrupted(Interruption { partial: Some(partial), ..interruption })
}
