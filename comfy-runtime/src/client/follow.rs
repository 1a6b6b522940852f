//! Follows a run to its end. Events of the WebSocket are hints; the server's queue and history decide.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::acceptance::Acceptance;
use super::ending::{Deletion, Ending, LostReason, LostRun, Stalled};
use super::error::Error;
use super::hub::Connection;
use super::inner::Inner;
use super::limits::{
    ABSENT_WAIT, DRAIN_TIMEOUT, MAX_HISTORY_DELAY, MAX_HISTORY_WAIT, MAX_POLLING, MAX_QUEUE_AGE, MAX_UNREADABLE_TIME,
    MIN_HISTORY_WAIT, MIN_POLLING, PING_TIMEOUT,
};
use super::outputs::Done;
use super::process::{Process, ProcessMemory};
use super::status::{self, RunStatus};
use super::tracker::{Cancellation, EndHint, Tracker};

/// The state of the task that follows one run.
struct Follow<'f> {
    inner: &'f Inner,
    tracker: &'f Tracker,
    acceptance: &'f Acceptance,
    /// The number of the last connection that is known to lead to the server process that accepted the run.
    verified_connection: u64,
    memory: ProcessMemory,
    /// Counts the changes of the server's queue that were reported.
    queue_changes: watch::Receiver<u64>,
    /// The time of a reported change that the last snapshot of the queue may lack, because it was a shared one.
    unseen_change: Option<Instant>,
    /// The requests that failed since the last one that succeeded.
    failing: Option<Failing>,
    /// The time since which the run has been in neither the queue nor the history.
    absent_since: Option<Instant>,
    /// The time since which the run has been absent although the WebSocket reported its end.
    hinted_since: Option<Instant>,
    history_wait: Duration,
}

/// Requests for the state of a run that failed, one after the other.
struct Failing {
    since: Instant,
    /// The time since which the failures are answers that cannot be used, and no lack of an answer.
    unusable_since: Option<Instant>,
    last_error: String,
}

/// Waits for the end of a run that was accepted.
pub(crate) async fn follow(inner: &Inner, tracker: &Tracker, acceptance: &Acceptance) -> Ending {
    let mut follow = Follow {
        inner,
        tracker,
        acceptance,
        verified_connection: acceptance.connection,
        memory: ProcessMemory::new(inner, acceptance),
        queue_changes: inner.hub.queue_changes.subscribe(),
        unseen_change: None,
        failing: None,
        absent_since: None,
        hinted_since: None,
        history_wait: MIN_HISTORY_WAIT,
    };
    // The first request is sent at once, to report the position in the queue.
    loop {
        if let Some(ending) = follow.look().await {
            debug!(prompt_id = tracker.prompt_id(), ending = ending.as_str(), "the run ended");
            return ending;
        }
        follow.wait().await;
    }
}

impl Follow<'_> {
    /// Waits until there is a reason to ask the server.
    async fn wait(&mut self) {
        let tracker = self.tracker;
        if tracker.hint().is_some() || self.absent_since.is_some() {
            let wait = if tracker.hint().is_some() { self.history_wait } else { ABSENT_WAIT };
            self.history_wait = (self.history_wait * 2).min(MAX_HISTORY_WAIT);
            tokio::time::sleep(wait).await;
            return;
        }
        if self.unseen_change.take().is_some() {
            // The next snapshot is a new one, because the last one is too old to be shared then.
            tokio::select! {
                () = tracker.wake.notified() => self.unseen_change = Some(Instant::now()),
                () = tokio::time::sleep(MAX_QUEUE_AGE) => {}
            }
            return;
        }
        loop {
            let quiet = tracker.last_activity().elapsed();
            // Events do not tell when the server answers again.
            let has_events = self.has_events() && self.failing.is_none();
            let interval = if has_events { self.inner.transport.limits.poll_interval } else { self.polling(quiet) };
            // While events arrive there is nothing to ask; after the last one the interval starts anew.
            let rest = interval.checked_sub(quiet).filter(|rest| !rest.is_zero()).unwrap_or(interval);
            tokio::select! {
                () = tracker.wake.notified() => {}
                _ = self.queue_changes.changed(), if !tracker.started() || !has_events => {}
                () = tokio::time::sleep(rest) => {
                    if !has_events || tracker.last_activity().elapsed() >= interval {
                        return;
                    }
                    continue;
                }
            }
            self.unseen_change = Some(Instant::now());
            return;
        }
    }

    /// Returns whether the server sends the events of the run to this client's id.
    fn is_addressed(&self, connection: &Connection) -> bool {
        let id = connection.sid.as_deref().unwrap_or(&self.inner.client_id);
        self.acceptance.client_id.as_deref() == Some(id)
    }

    /// Returns whether the events of the run arrive over the WebSocket that is open now.
    fn has_events(&self) -> bool {
        let connection = self.inner.hub.connection();
        // A run that started has sent an event by now, unless a proxy opens the WebSocket and passes nothing on.
        let is_silent = self.tracker.started() && self.tracker.last_connection() < connection.number;
        connection.is_open && !is_silent && self.is_addressed(&connection)
    }

    /// Returns the time between two requests for a run whose events do not arrive: short at first, and longer the longer
    /// nothing happens, because each request returns the whole queue.
    fn polling(&self, quiet: Duration) -> Duration {
        (quiet / 8).clamp(MIN_POLLING, MAX_POLLING).min(self.inner.transport.limits.poll_interval)
    }

    /// Asks the server, and returns the ending if it reports one or if none can be expected any more.
    async fn look(&mut self) -> Option<Ending> {
        // After a hint, the snapshot must be a new one, because the state has just changed. Otherwise runs share a
        // snapshot.
        let since = if self.tracker.hint().is_some() || self.absent_since.is_some() {
            Instant::now()
        } else {
            let accepted_at = self.acceptance.at;
            Instant::now().checked_sub(MAX_QUEUE_AGE).map_or(accepted_at, |time| time.max(accepted_at))
        };
        // A change that is reported from now on is a reason to ask again.
        self.queue_changes.mark_unchanged();
        let status = match self.inner.queue.status(&self.inner.transport, self.tracker, since).await {
            Ok(status) => status,
            Err(error) => return self.no_response(&error),
        };
        if !matches!(status, RunStatus::Absent) {
            self.failing = None;
        }
        match status {
            RunStatus::Ended(ending) => {
                self.inner.set_witness(self.tracker.prompt_id());
                self.drain_events().await;
                self.check_connection();
                return Some(*ending);
            }
            RunStatus::Absent => return self.absent().await,
            RunStatus::Waiting(position) => {
                self.absent_since = None;
                self.tracker.set_queued(position);
                self.verify_server().await;
            }
            RunStatus::Running => {
                self.absent_since = None;
                self.tracker.set_running();
                self.verify_server().await;
                self.check_connection();
            }
        }
        self.stalled()
    }

    /// Handles a failed request: the server does not respond, or responds with an error.
    fn no_response(&mut self, error: &Error) -> Option<Ending> {
        let now = Instant::now();
        let failing =
            self.failing.get_or_insert_with(|| Failing { since: now, unusable_since: None, last_error: String::new() });
        failing.last_error = error.to_string();
        let (since, is_new) = (failing.since, failing.unusable_since.is_none());
        failing.unusable_since = error.is_unusable_answer().then(|| failing.unusable_since.unwrap_or(now));
        let unusable_since = failing.unusable_since;
        if unusable_since.is_some() && is_new {
            warn!(prompt_id = self.tracker.prompt_id(), %error, "the answers about the run cannot be used");
        }
        if let Error::ResponseTooLarge { .. } = error {
            // The same answer would be as large again. How the run failed is known without the history.
            let ended =
                self.tracker.hint().is_some_and(|hint| matches!(hint, EndHint::Error(_) | EndHint::Interrupted(_)));
            return self.hinted_ending().filter(|_| ended).or_else(|| Some(self.lost(LostReason::Unreadable)));
        }
        let max = self.inner.transport.limits.unreachable_after;
        let reason = if unusable_since.is_some_and(|since| since.elapsed() >= MAX_UNREADABLE_TIME.min(max)) {
            LostReason::Unreadable
        } else if since.elapsed() >= max {
            LostReason::Unreachable
        } else {
            return None;
        };
        // An ending that the WebSocket reported is the best information left.
        Some(self.hinted_ending().unwrap_or_else(|| self.lost(reason)))
    }

    /// Handles a run that is in neither the queue nor the history.
    async fn absent(&mut self) -> Option<Ending> {
        let first = self.absent_since.is_none();
        let since = *self.absent_since.get_or_insert_with(Instant::now);
        if self.tracker.hint().is_some() {
            let hinted_since = *self.hinted_since.get_or_insert_with(Instant::now);
            // If the history was cleared, the ending that the WebSocket reported is the best information left.
            return if hinted_since.elapsed() >= MAX_HISTORY_DELAY { self.hinted_ending() } else { None };
        }
        if first {
            self.failing = None;
            return None;
        }
        let started = self.tracker.started();
        if self.tracker.cancellation() == Cancellation::Confirmed && !started {
            return Some(self.deleted());
        }
        if self.is_verified() && self.inner.hub.is_alive(PING_TIMEOUT).await && self.is_verified() {
            if self.tracker.hint().is_some() {
                return None;
            }
            if !self.tracker.started() {
                return Some(self.deleted());
            }
            // The run had started: the WebSocket reports its end late, or the history was cleared.
            return (since.elapsed() >= MAX_HISTORY_DELAY).then(|| self.lost(LostReason::Erased));
        }
        let process = match self.memory.compare(self.inner).await {
            Ok(process) => process,
            Err(error) => return self.no_response(&error),
        };
        let was_asked = self.tracker.cancellation() != Cancellation::No;
        Some(match (process, started) {
            (Process::Same, true) => self.lost(LostReason::Erased),
            (Process::Same, false) => self.deleted(),
            (Process::Restarted, _) => self.lost(LostReason::Forgotten),
            // Someone may have erased a run that started, but while no server was there, nobody could.
            (Process::Unknown, true) if self.memory.had_outage(self.inner) => self.lost(LostReason::Forgotten),
            (Process::Unknown, false) if was_asked => self.deleted(),
            (Process::Unknown, _) => self.lost(LostReason::Unexplained),
        })
    }

    /// Returns whether the connection that is open leads to the server process that accepted the run.
    fn is_verified(&self) -> bool {
        let connection = self.inner.hub.connection();
        connection.number == self.verified_connection && connection.is_open
    }

    fn deleted(&self) -> Ending {
        let by_this_client = self.tracker.cancellation() != Cancellation::No;
        Ending::Deleted(Deletion::new(self.tracker.prompt_id(), by_this_client))
    }

    /// Waits for events that the server sent before the response of the history, but that have not arrived yet. They
    /// arrive before the response to a ping.
    async fn drain_events(&self) {
        if self.tracker.hint().is_none() && self.inner.hub.connection().is_open {
            // Without a response there is nothing to wait for.
            _ = self.inner.hub.is_alive(DRAIN_TIMEOUT).await;
        }
    }

    /// Records the conclusions from a queue that contains the run, and therefore belongs to the server process that
    /// accepted the run: every other prompt in it is a witness, and a connection that was open before the request leads
    /// to that process.
    async fn verify_server(&mut self) {
        // The snapshot is cached. Another run may have replaced it by a newer one that lacks this run.
        let Ok(queue) = self.inner.queue.snapshot(&self.inner.transport, self.acceptance.at).await else { return };
        if self.unseen_change.is_some_and(|time| time < queue.requested_at()) {
            self.unseen_change = None;
        }
        if !queue.contains(self.tracker.prompt_id()) {
            return;
        }
        self.memory.learn(self.inner, &queue, self.tracker.prompt_id());
        let connection = self.inner.hub.connection();
        if connection.is_open && connection.opened_at.is_some_and(|time| time < queue.requested_at()) {
            self.verified_connection = connection.number;
        }
    }

    /// Requests another connection if the run goes on, but the current connection was opened after the run was accepted
    /// and has delivered no frame of it: the server has forgotten that connection.
    fn check_connection(&self) {
        let connection = self.inner.hub.connection();
        let age = connection.opened_at.map_or(Duration::ZERO, |time| time.elapsed());
        let is_silent = self.tracker.last_connection() < connection.number;
        let is_new =
            self.is_addressed(&connection) && connection.is_open && connection.number > self.acceptance.connection;
        if is_new && is_silent && age >= self.inner.transport.limits.poll_interval {
            self.inner.hub.request_reconnect();
        }
    }

    /// Returns the ending that the WebSocket reported, with the outputs that it reported.
    fn hinted_ending(&self) -> Option<Ending> {
        let (tracker, transport) = (self.tracker, &self.inner.transport);
        let done = || {
            let (outputs, halves) = tracker.outputs();
            Done::from_events(tracker.run_info(transport), outputs, halves)
        };
        match tracker.hint()? {
            EndHint::Success | EndHint::Ended => Some(Ending::Finished(done())),
            EndHint::Error(data) => Some(status::failed(tracker, &data, done())),
            EndHint::Interrupted(data) => Some(status::interrupted(tracker, &data, done())),
        }
    }

    fn lost(&self, reason: LostReason) -> Ending {
        let last_error = match &self.failing {
            Some(failing) => failing.last_error.clone(),
            None => self.inner.hub.connection().reason,
        };
        Ending::Lost(LostRun {
            prompt_id: self.tracker.prompt_id().to_owned(),
            reason,
            started: self.tracker.started(),
            last_node: self.tracker.last_node(),
            last_error,
        })
    }

    fn stalled(&self) -> Option<Ending> {
        let silent = self.tracker.last_activity().elapsed();
        (silent >= self.inner.transport.limits.stalled_after).then(|| {
            Ending::Stalled(Stalled {
                prompt_id: self.tracker.prompt_id().to_owned(),
                silent,
                started: self.tracker.started(),
                last_node: self.tracker.last_node(),
            })
        })
    }
}
