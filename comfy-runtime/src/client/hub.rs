//! Distributes the frames of a client's WebSocket to its runs, and tracks the state of the connection.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use comfy_schema::server::redaction::Redaction;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::{debug, warn};

use super::frame::Frame;
use super::json;
use super::limits::MIN_RECONNECT_INTERVAL;
use super::strays::{Received, Strays};
use super::tracker::Tracker;

/// The runs of a client, and the state of its WebSocket.
#[derive(Debug)]
pub(crate) struct Hub {
    /// Removes secrets from the messages of events.
    redaction: Redaction,
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
    /// Whether the log says that the server has no usable WebSocket.
    refusal_logged: AtomicBool,
}

#[derive(Debug, Default)]
struct Runs {
    /// The runs by prompt id. A client can follow a run twice: one that it submitted, and attached to again.
    by_id: HashMap<String, Vec<Arc<Tracker>>>,
    /// The prompt of the last event, to which frames without a prompt id belong.
    current: Option<String>,
    /// The number of submissions that wait for their response.
    expected: usize,
    /// The frames of unknown prompts, one of which may be an expected one.
    strays: Strays,
}

/// The state of the WebSocket.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection {
    /// Counts the connections; 0 before the first.
    pub(crate) number: u64,
    pub(crate) is_open: bool,
    pub(crate) opened_at: Option<Instant>,
    /// The client id under which the server registered the connection, if that is not the one that it was given.
    pub(crate) sid: Option<String>,
    /// The reason why the connection is closed; empty while it is open.
    pub(crate) reason: String,
    /// Whether the server answered the last attempt in a way that shows that it has no usable WebSocket.
    pub(crate) is_refused: bool,
    /// Whether an attempt to open a connection has ended, with or without success.
    pub(crate) was_tried: bool,
}

/// A submission that waits for its response. Until it is dropped, the frames of unknown prompts are kept.
#[derive(Debug)]
pub(crate) struct Expected(Arc<Hub>);

/// The prompt that a frame is about.
enum Subject<'f> {
    Prompt(Cow<'f, str>),
    /// The prompt of the last frame that named one.
    Current,
    /// The frame is about no single prompt.
    Nothing,
}

impl Hub {
    pub(crate) fn new(redaction: Redaction) -> Self {
        Self {
            redaction,
            runs: Mutex::default(),
            connection: watch::Sender::new(Connection::default()),
            queue_changes: watch::Sender::new(0),
            pongs: watch::Sender::new(0),
            ping: Notify::new(),
            reconnect: Notify::new(),
            close: Notify::new(),
            reconnect_requested: Mutex::default(),
            refusal_logged: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Announces a submission, whose events may arrive before the response that names its prompt.
    pub(crate) fn expect(self: &Arc<Self>) -> Expected {
        self.lock().expected += 1;
        Expected(Arc::clone(self))
    }

    /// Adds a run under its current id, and passes the frames to it that arrived before its id was known.
    pub(crate) fn add(&self, tracker: &Arc<Tracker>) {
        let mut runs = self.lock();
        let id = tracker.prompt_id();
        // The lock is held until the frames are handled, so that no later frame precedes them.
        for (message, connection) in runs.strays.take(id) {
            if let Some(frame) = message.frame(&self.redaction) {
                tracker.handle(frame, connection);
            }
        }
        runs.by_id.entry(id.to_owned()).or_default().push(Arc::clone(tracker));
    }

    /// Removes a run, whatever its ids are.
    pub(crate) fn remove(&self, tracker: &Tracker) {
        self.lock().by_id.retain(|_, trackers| {
            trackers.retain(|known| !std::ptr::eq(Arc::as_ptr(known), tracker));
            !trackers.is_empty()
        });
    }

    /// Returns the runs that are followed under this prompt id.
    pub(crate) fn runs_of(&self, prompt_id: &str) -> Vec<Arc<Tracker>> {
        self.lock().by_id.get(prompt_id).cloned().unwrap_or_default()
    }

    /// Returns the ids of unknown prompts whose frames arrived, if a single submission waits for its response.
    pub(crate) fn stray_prompts(&self) -> Vec<String> {
        let runs = self.lock();
        if runs.expected == 1 { runs.strays.prompt_ids() } else { Vec::new() }
    }

    pub(crate) fn connection(&self) -> Connection {
        self.connection.borrow().clone()
    }

    /// Waits until an attempt to open the WebSocket has ended, with or without success.
    pub(crate) async fn tried(&self) {
        // The sender lives as long as `self`.
        _ = self.connection.subscribe().wait_for(|connection| connection.was_tried).await;
    }

    pub(crate) fn set_open(&self, sid: Option<String>) {
        self.connection.send_modify(|connection| {
            let (number, opened_at) = (connection.number + 1, Some(Instant::now()));
            *connection =
                Connection { number, is_open: true, opened_at, sid, was_tried: true, ..Connection::default() };
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

    /// Records that a connection could not be opened, and whether that shows that the server has no usable WebSocket.
    pub(crate) fn set_failed(&self, reason: String, is_refused: bool) {
        if is_refused && !self.refusal_logged.swap(true, Ordering::Relaxed) {
            warn!(reason, "the server has no usable WebSocket; its runs are polled");
        }
        self.connection.send_modify(|connection| {
            connection.is_open = false;
            connection.reason = reason;
            connection.is_refused = is_refused;
            connection.was_tried = true;
        });
        self.wake_all();
    }

    /// Makes every run ask the server for its state, because the events between two connections are missing.
    fn wake_all(&self) {
        for tracker in self.lock().by_id.values().flatten() {
            tracker.wake.notify_one();
        }
    }

    /// Passes a message to the runs that it belongs to. Frames of other clients' prompts are ignored.
    pub(crate) fn receive(&self, message: &Received) {
        let Some(frame) = message.frame(&self.redaction) else {
            debug!("ignored a text frame that is not an event");
            return;
        };
        if let Frame::Unknown(bytes) = &frame {
            debug!(bytes = bytes.len(), "ignored a binary frame of an unknown form");
            return;
        }
        let number = self.connection.borrow().number;
        let subject = self.subject(&frame);
        let mut runs = self.lock();
        let runs = &mut *runs;
        let id = match subject {
            Subject::Nothing => return,
            Subject::Current => match &runs.current {
                Some(id) => Cow::Borrowed(id.as_str()),
                None => return,
            },
            Subject::Prompt(id) => {
                if runs.current.as_deref() != Some(id.as_ref()) {
                    runs.current = Some(id.clone().into_owned());
                }
                id
            }
        };
        let trackers = runs.by_id.get(id.as_ref()).map(Vec::as_slice).unwrap_or_default();
        if trackers.is_empty() && runs.expected > 0 {
            runs.strays.push(&id, message.clone(), number);
        }
        // The id may borrow from the frame.
        drop(id);
        match trackers {
            [tracker] => tracker.handle(frame, number),
            trackers => trackers.iter().for_each(|tracker| tracker.handle(frame.clone(), number)),
        }
    }

    /// Returns the prompt that a frame is about, and counts the changes of the queue.
    fn subject<'f>(&self, frame: &'f Frame<'_>) -> Subject<'f> {
        let id = match frame {
            Frame::Event { kind, .. } if kind == "status" => {
                self.queue_changes.send_modify(|count| *count += 1);
                return Subject::Nothing;
            }
            Frame::Event { kind, .. } if kind == "feature_flags" => return Subject::Nothing,
            Frame::Event { data, .. } => json::prompt_id(data),
            Frame::State { prompt_id } => Some(Cow::Borrowed(*prompt_id)),
            Frame::Progress(data) | Frame::Executing(data) => data.prompt_id.map(Cow::Borrowed),
            Frame::Image { source, .. } => source.prompt_id.as_deref().map(Cow::Borrowed),
            Frame::Text { .. } | Frame::Unknown(_) => None,
        };
        id.map_or(Subject::Current, Subject::Prompt)
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

impl Drop for Expected {
    fn drop(&mut self) {
        let mut runs = self.0.lock();
        runs.expected -= 1;
        if runs.expected == 0 {
            runs.strays = Strays::default();
        }
    }
}
