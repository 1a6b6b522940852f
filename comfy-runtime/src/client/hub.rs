//! The one socket of a client, and the runs that listen to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};

use super::frame::Frame;
use super::json;
use super::tracker::Tracker;

/// Shortest time between two connections that were opened because nothing came over the one before.
const REOPEN: Duration = Duration::from_secs(20);

/// Who listens, and how the connection is.
#[derive(Debug)]
pub(crate) struct Hub {
    runs: Mutex<Runs>,
    link: watch::Sender<Link>,
    /// Counts changes of the server's queue.
    pub(crate) queue: watch::Sender<u64>,
    /// Counts answers to pings.
    pub(crate) pongs: watch::Sender<u64>,
    /// Asks the connection for a ping.
    pub(crate) ping: Notify,
    /// Asks for another connection.
    pub(crate) reopen: Notify,
    /// The client is gone.
    pub(crate) close: Notify,
    reopened: Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Runs {
    by_id: HashMap<String, Arc<Tracker>>,
    /// The run that the last event was about: frames that name none are of this one.
    current: Option<Arc<Tracker>>,
}

/// How the connection is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Link {
    /// Counts the connections; 0 before the first.
    pub(crate) number: u64,
    pub(crate) open: bool,
    pub(crate) since: Option<Instant>,
    /// Why it is closed.
    pub(crate) why: String,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            runs: Mutex::default(),
            link: watch::Sender::new(Link::default()),
            queue: watch::Sender::new(0),
            pongs: watch::Sender::new(0),
            ping: Notify::new(),
            reopen: Notify::new(),
            close: Notify::new(),
            reopened: Mutex::default(),
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

    pub(crate) fn link(&self) -> Link {
        self.link.borrow().clone()
    }

    pub(crate) fn opened(&self) {
        self.link.send_modify(|link| {
            *link = Link { number: link.number + 1, open: true, since: Some(Instant::now()), why: String::new() };
        });
        self.wake();
    }

    pub(crate) fn broken(&self, why: String) {
        self.link.send_modify(|link| {
            link.open = false;
            link.why = why;
        });
        self.wake();
    }

    /// Every run asks the server: what the socket brought meanwhile is gone.
    fn wake(&self) {
        for tracker in self.lock().by_id.values() {
            tracker.wake.notify_one();
        }
    }

    /// Takes a frame to the run that it is about. Frames about other clients' prompts go nowhere.
    pub(crate) fn hear(&self, frame: Frame<'_>) {
        let number = self.link.borrow().number;
        if let Some(tracker) = self.whose(&frame) {
            tracker.hear(frame, number);
        }
    }

    fn whose(&self, frame: &Frame<'_>) -> Option<Arc<Tracker>> {
        let id = match frame {
            Frame::Event { kind, .. } if kind == "status" => {
                self.queue.send_modify(|count| *count += 1);
                return None;
            }
            Frame::Event { kind, .. } if kind == "feature_flags" => return None,
            Frame::Event { data, .. } => json::text(data, "prompt_id"),
            Frame::State { prompt_id } => Some(*prompt_id),
            Frame::Progress(brief) | Frame::Executing(brief) => brief.prompt_id,
            Frame::Picture { about, .. } => about.prompt_id.as_deref(),
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

    /// Whether the connection answers: a ping goes out, and within `time` its answer comes back.
    pub(crate) async fn answers(&self, time: Duration) -> bool {
        let mut pongs = self.pongs.subscribe();
        pongs.mark_unchanged();
        self.ping.notify_one();
        tokio::time::timeout(time, pongs.changed()).await.is_ok_and(|changed| changed.is_ok())
    }

    /// Asks for another connection, because nothing comes over this one; not too often.
    pub(crate) fn deaf(&self) {
        let mut reopened = self.reopened.lock().unwrap_or_else(PoisonError::into_inner);
        if reopened.is_none_or(|time| time.elapsed() >= REOPEN) {
            *reopened = Some(Instant::now());
            self.reopen.notify_one();
        }
    }
}
