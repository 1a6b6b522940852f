//! Distributes the frames of a client's WebSocket to its runs, and tracks the state of the connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::frame::Frame;
use super::json;
use super::tracker::Tracker;

/// Minimum time between two reconnects that were requested because a connection delivered nothing.
const MIN_RECONNECT_INTERVAL: Duration = Duration::from_secs(20);

/// The runs of a client, and the state of its WebSocket.
#[derive(Debug)]
pub(crate) struct Hub {
    runs: Mutex<Runs>,
    connection: watch::Sender<Connection>,
    /// Counts the changes of the server's queue.
    pub(crate) queue_changes: watch::Sender<u64>,
    /// Counts the responses to pings.
    pub(crate) pongs: watch::Sender<u64>,
    /// Requests a ping.
    pub(crate) ping: Notify,
    /// Requests another connection.
    pub(crate) reconnect: Notify,
    /// Notifies the task of the WebSocket that the client was dropped.
    pub(crate) close: Notify,
    /// The time at which another connection was last requested.
    reconnect_requested: Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Runs {
    by_id: HashMap<String, Arc<Tracker>>,
    /// The run of the last event, to which frames without a prompt id belong.
    current: Option<Arc<Tracker>>,
}

/// The state of the WebSocket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection {
    /// Counts the connections; 0 before the first.
    pub(crate) number: u64,
    pub(crate) is_open: bool,
    pub(crate) opened_at: Option<Instant>,
    /// The reason why the connection is closed; empty while it is open.
    pub(crate) reason: String,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            runs: Mutex::default(),
            connection: watch::Sender::new(Connection::default()),
            queue_changes: watch::Sender::new(0),
            pongs: watch::Sender::new(0),
            ping: Notify::new(),
            reconnect: Notify::new(),
            close: Notify::new(),
            reconnect_requested: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, tracker: Arc<Tracker>) {
        self.lock().by_id.insert(tracker.prompt_id.clone(), tracker);
    }

    pub(crate) fn remove(&self, prompt_id: &str) {
        let mut runs = self.lock();
        runs.by_id.remove(prompt_id);
        runs.current.take_if(|current| current.prompt_id == prompt_id);
    }

    pub(crate) fn connection(&self) -> Connection {
        self.connection.borrow().clone()
    }

    pub(crate) fn set_open(&self) {
        self.connection.send_modify(|connection| {
            let (number, opened_at) = (connection.number + 1, Some(Instant::now()));
            *connection = Connection { number, is_open: true, opened_at, reason: String::new() };
        });
        self.wake_all();
    }

    pub(crate) fn set_closed(&self, reason: String) {
        self.connection.send_modify(|connection| {
            connection.is_open = false;
            connection.reason = reason;
        });
        self.wake_all();
    }

    /// Makes every run ask the server for its state, because the events between two connections are missing.
    fn wake_all(&self) {
        for tracker in self.lock().by_id.values() {
            tracker.wake.notify_one();
        }
    }

    /// Passes a frame to the run that it belongs to. Frames of other clients' prompts are ignored.
    pub(crate) fn dispatch(&self, frame: Frame<'_>) {
        let number = self.connection.borrow().number;
        if let Some(tracker) = self.run_of(&frame) {
            tracker.handle(frame, number);
        }
    }

    /// Returns the run that a frame belongs to.
    fn run_of(&self, frame: &Frame<'_>) -> Option<Arc<Tracker>> {
        let id = match frame {
            Frame::Event { kind, .. } if kind == "status" => {
                self.queue_changes.send_modify(|count| *count += 1);
                return None;
            }
            Frame::Event { kind, .. } if kind == "feature_flags" => return None,
            Frame::Event { data, .. } => json::text(data, "prompt_id"),
            Frame::State { prompt_id } => Some(*prompt_id),
            Frame::Progress(data) | Frame::Executing(data) => data.prompt_id,
            Frame::Image { source, .. } => source.prompt_id.as_deref(),
            Frame::Text { .. } | Frame::Unknown(_) => None,
        };
        let mut runs = self.lock();
        match id {
            Some(id) => {
                let tracker = Arc::clone(runs.by_id.get(id)?);
                if !runs.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, &tracker)) {
                    runs.current = Some(Arc::clone(&tracker));
                }
                Some(tracker)
            }
            None => runs.current.clone(),
        }
    }

    /// Sends a ping and returns whether the response arrives in time.
    pub(crate) async fn is_alive(&self, timeout: Duration) -> bool {
        let mut pongs = self.pongs.subscribe();
        pongs.mark_unchanged();
        self.ping.notify_one();
        tokio::time::timeout(timeout, pongs.changed()).await.is_ok_and(|changed| changed.is_ok())
    }

    /// Requests another connection, because the current one delivers nothing, but at most once in
    /// [`MIN_RECONNECT_INTERVAL`].
    pub(crate) fn request_reconnect(&self) {
        let mut requested = self.reconnect_requested.lock().unwrap_or_else(PoisonError::into_inner);
        if requested.is_none_or(|time| time.elapsed() >= MIN_RECONNECT_INTERVAL) {
            *requested = Some(Instant::now());
            self.reconnect.notify_one();
        }
    }
}
