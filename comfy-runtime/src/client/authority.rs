//! What the server itself says of a run: its queue and its history decide, whatever the socket said.

use std::sync::Arc;
use std::time::Instant;

use comfy_schema::Value;

use super::ending::{Ending, ExecutionError, Interruption};
use super::error::Error;
use super::json;
use super::outputs::Done;
use super::tracker::Tracker;
use super::transport::Transport;

/// What the server says of a run.
#[derive(Debug)]
pub(crate) enum Word {
    /// It waits, with so many before it.
    Waiting(usize),
    Running,
    Ended(Box<Ending>),
    /// It is in neither queue nor history.
    Nothing,
}

/// The server's queue at one time, shared by all runs of a client.
#[derive(Debug, Default)]
pub(crate) struct Authority {
    last: tokio::sync::Mutex<Option<Arc<Queue>>>,
}

/// Who runs and who waits.
#[derive(Debug)]
pub(crate) struct Queue {
    /// The answer is of this time or later.
    asked: Instant,
    running: Vec<String>,
    /// In the order in which they will run.
    waiting: Vec<String>,
    /// The whole answer.
    raw: Value,
}

impl Authority {
    /// What the server says of a run, from a look at the queue not older than `since`.
    ///
    /// A run moves from the waiting to the running to the history, each move at once. So one that was accepted and is
    /// not in the queue has ended, and a look at the history after that must find it.
    pub(crate) async fn ask(
        &self,
        transport: &Arc<Transport>,
        tracker: &Tracker,
        since: Instant,
    ) -> Result<Word, Error> {
        let queue = self.queue(transport, since).await?;
        if let Some(word) = queue.word(&tracker.prompt_id) {
            return Ok(word);
        }
        let entry = history(transport, &tracker.prompt_id).await?;
        Ok(entry.map_or(Word::Nothing, |entry| Word::Ended(Box::new(ending(transport, tracker, &entry)))))
    }

    /// The queue, as it was at `since` or later. Runs that ask at the same time get the same answer.
    pub(crate) async fn queue(&self, transport: &Transport, since: Instant) -> Result<Arc<Queue>, Error> {
        let mut last = self.last.lock().await;
        if let Some(queue) = last.as_ref().filter(|queue| queue.asked >= since) {
            return Ok(Arc::clone(queue));
        }
        let asked = Instant::now();
        let queue = Arc::new(Queue::read(transport.get(["queue"]).json().await?, asked));
        *last = Some(Arc::clone(&queue));
        Ok(queue)
    }
}

impl Queue {
    fn read(raw: Value, asked: Instant) -> Self {
        let id = |item: &Value| json::array(Some(item)).get(1).and_then(Value::as_str).map(str::to_owned);
        let number = |item: &Value| json::array(Some(item)).first().and_then(Value::as_f64).unwrap_or_default();
        let items = |key| json::array(json::get(&raw, key));
        let running = items("queue_running").iter().filter_map(id).collect();
        // The server gives them as its heap has them.
        let mut waiting: Vec<(f64, String)> =
            items("queue_pending").iter().filter_map(|item| Some((number(item), id(item)?))).collect();
        waiting.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let waiting = waiting.into_iter().map(|(_, id)| id).collect();
        Self { asked, running, waiting, raw }
    }

    fn word(&self, prompt_id: &str) -> Option<Word> {
        if self.running.iter().any(|id| id == prompt_id) {
            return Some(Word::Running);
        }
        let before = self.waiting.iter().position(|id| id == prompt_id)?;
        Some(Word::Waiting(before + self.running.len()))
    }

    /// When it was asked for.
    pub(crate) fn asked(&self) -> Instant {
        self.asked
    }

    pub(crate) fn holds(&self, prompt_id: &str) -> bool {
        self.word(prompt_id).is_some()
    }

    pub(crate) fn is_running(&self, prompt_id: &str) -> bool {
        self.running.iter().any(|id| id == prompt_id)
    }

    /// What the queue holds of a prompt: number, id, prompt, extra data, outputs.
    pub(crate) fn item(&self, prompt_id: &str) -> Option<&Value> {
        let lists = ["queue_running", "queue_pending"].map(|key| json::array(json::get(&self.raw, key)));
        let id = |item: &Value| json::array(Some(item)).get(1).and_then(Value::as_str) == Some(prompt_id);
        lists.into_iter().flatten().find(|item| id(item))
    }

    /// Some prompt other than this one: if it is known later, the server was not restarted meanwhile.
    pub(crate) fn other(&self, prompt_id: &str) -> Option<&str> {
        self.running.iter().chain(&self.waiting).map(String::as_str).find(|id| *id != prompt_id)
    }
}

/// The entry of the history.
pub(crate) async fn history(transport: &Transport, prompt_id: &str) -> Result<Option<Value>, Error> {
    let answer = transport.get(["history", prompt_id]).json().await?;
    Ok(json::get(&answer, prompt_id).cloned())
}

/// How a run ended, as its entry in the history says. The messages decide: `status_str` may be that of the run before.
fn ending(transport: &Arc<Transport>, tracker: &Tracker, entry: &Value) -> Ending {
    let done = Done::new(tracker, Arc::clone(transport), entry.clone());
    let status = json::get(entry, "status");
    let messages = json::array(status.and_then(|status| json::get(status, "messages")));
    for message in messages.iter().rev() {
        let [kind, data] = json::array(Some(message)) else { continue };
        match kind.as_str() {
            Some("execution_success") => return Ending::Finished(done),
            Some("execution_error") => return failed(tracker, data, Some(done)),
            Some("execution_interrupted") => return interrupted(tracker, data, Some(done)),
            _ => {}
        }
    }
    let is_error = status.and_then(|status| json::text(status, "status_str")) == Some("error");
    if is_error { failed(tracker, &Value::Null, Some(done)) } else { Ending::Finished(done) }
}

pub(crate) fn failed(tracker: &Tracker, data: &Value, partial: Option<Done>) -> Ending {
    let error = ExecutionError::read(&tracker.prompt_id, data, &tracker.origin);
    Ending::Failed(ExecutionError { partial, ..error })
}

pub(crate) fn interrupted(tracker: &Tracker, data: &Value, partial: Option<Done>) -> Ending {
    let interruption = Interruption::read(&tracker.prompt_id, data, &tracker.origin);
    Ending::Interrupted(Interruption { partial, ..interruption })
}
