//! Follows a run to its end. The socket is a hint, the server's queue and history are the authority.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::debug;

use super::authority::{self, Word};
use super::ending::{Ending, Lost, LostWhy, Stalled};
use super::error::Error;
use super::inner::Inner;
use super::outputs::Done;
use super::tracker::{Hint, Tracker};

/// How old a look at the queue may be that runs share.
const SHARED: Duration = Duration::from_millis(200);

/// Longest time between two looks while the socket is closed.
const BLIND: Duration = Duration::from_millis(500);

/// Waits after the socket said that the run is over and the history does not have it yet, from the first to the last.
const LATE: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));

/// For how long the history may lack a run that the socket said is over.
const HISTORY_IS_LATE: Duration = Duration::from_secs(5);

/// A run that is nowhere is looked for again after this time before it is believed.
const AGAIN: Duration = Duration::from_millis(300);

/// How long events may come after the history has the run.
const OVERTAKEN: Duration = Duration::from_millis(500);

/// How long the socket has to show that it is alive.
const ALIVE: Duration = Duration::from_secs(5);

/// One run on its way.
struct Follow<'f> {
    inner: &'f Inner,
    tracker: &'f Tracker,
    /// When the server accepted it, and over which connection its events come.
    accepted: Instant,
    link: u64,
    /// The last connection that is known to lead to the server that accepted it, and not to one started anew.
    same: u64,
    /// Another prompt that the server knew: if it still does, it was not restarted.
    witness: Option<String>,
    /// Since when the server does not answer, and its last word.
    failing: Option<(Instant, String)>,
    /// Since when the run is nowhere.
    nowhere: Option<Instant>,
    /// Since when the socket says that the run is over.
    hinted: Option<Instant>,
    late: Duration,
}

/// Waits for the end of a run that was accepted.
pub(crate) async fn follow(inner: &Inner, tracker: &Tracker, accepted: Instant, link: u64) -> Ending {
    let mut follow = Follow {
        inner,
        tracker,
        accepted,
        link,
        same: link,
        witness: inner.witness(),
        failing: None,
        nowhere: None,
        hinted: None,
        late: LATE.0,
    };
    // Whether it waits, and for whom, is worth knowing at once.
    let mut ending = follow.look().await;
    while ending.is_none() {
        follow.wait().await;
        ending = follow.look().await;
    }
    let ending = ending.unwrap_or(Ending::Deleted);
    debug!(prompt_id = tracker.prompt_id, ending = ending.as_str(), "the run is over");
    ending
}

impl Follow<'_> {
    /// Waits until there is reason to ask.
    async fn wait(&mut self) {
        let tracker = self.tracker;
        if tracker.hint().is_some() || self.nowhere.is_some() {
            let wait = if tracker.hint().is_some() { self.late } else { AGAIN };
            self.late = (self.late * 2).min(LATE.1);
            tokio::time::sleep(wait).await;
            return;
        }
        let mut queue = self.inner.hub.queue.subscribe();
        queue.mark_unchanged();
        loop {
            let poll = self.inner.transport.limits.poll;
            let open = self.inner.hub.link().open;
            let poll = if open { poll } else { poll.min(BLIND) };
            let quiet = tracker.last_sign().elapsed();
            // While events come, there is nothing to ask; when they stop, the time counts from the last one.
            let rest = poll.checked_sub(quiet).filter(|rest| !rest.is_zero()).unwrap_or(poll);
            tokio::select! {
                () = tracker.wake.notified() => return,
                _ = queue.changed(), if !tracker.started() => return,
                () = tokio::time::sleep(rest) => {
                    if !open || tracker.last_sign().elapsed() >= poll {
                        return;
                    }
                }
            }
        }
    }

    /// Asks the server, and gives the ending if it knows one or if there is no hope of one.
    async fn look(&mut self) -> Option<Ending> {
        // What changed just now must be in the answer; without a hint, runs share one.
        let since = if self.tracker.hint().is_some() || self.nowhere.is_some() {
            Instant::now()
        } else {
            Instant::now().checked_sub(SHARED).map_or(self.accepted, |time| time.max(self.accepted))
        };
        let word = self.inner.authority.ask(&self.inner.transport, self.tracker, since).await;
        match word {
            Err(error) => return self.unanswered(&error),
            Ok(word) => {
                self.failing = None;
                match word {
                    Word::Ended(ending) => {
                        self.inner.saw(&self.tracker.prompt_id);
                        self.hear_out().await;
                        self.check_hearing();
                        return Some(*ending);
                    }
                    Word::Nothing => return self.nowhere().await,
                    Word::Waiting(position) => {
                        self.nowhere = None;
                        self.tracker.queued(position);
                        self.remember().await;
                    }
                    Word::Running => {
                        self.nowhere = None;
                        self.tracker.running();
                        self.remember().await;
                        self.check_hearing();
                    }
                }
            }
        }
        self.stalled()
    }

    /// The server does not answer, or not what it should.
    fn unanswered(&mut self, error: &Error) -> Option<Ending> {
        let (since, word) = self.failing.get_or_insert_with(|| (Instant::now(), String::new()));
        *word = error.to_string();
        if since.elapsed() < self.inner.transport.limits.unreachable {
            return None;
        }
        // What the socket brought is still better than nothing.
        Some(self.hinted_ending().unwrap_or_else(|| self.lost(LostWhy::Unreachable)))
    }

    /// The run is in neither queue nor history.
    async fn nowhere(&mut self) -> Option<Ending> {
        let first = self.nowhere.is_none();
        let since = *self.nowhere.get_or_insert_with(Instant::now);
        if self.tracker.hint().is_some() {
            let hinted = *self.hinted.get_or_insert_with(Instant::now);
            // Somebody may have cleared the history; then the socket's word is the best there is.
            return if hinted.elapsed() >= HISTORY_IS_LATE { self.hinted_ending() } else { None };
        }
        if first {
            return None;
        }
        let link = self.inner.hub.link();
        if self.tracker.cancelled() && !self.tracker.started() {
            return Some(Ending::Deleted);
        }
        let unbroken = link.number == self.same && link.open && self.inner.hub.answers(ALIVE).await;
        let link = self.inner.hub.link();
        if unbroken && link.number == self.same && link.open {
            if self.tracker.hint().is_some() {
                return None;
            }
            if !self.tracker.started() {
                return Some(Ending::Deleted);
            }
            // It had begun: its end must come over the socket, unless the server dropped it.
            return (since.elapsed() >= HISTORY_IS_LATE).then(|| self.lost(LostWhy::Forgotten));
        }
        match self.server_is_the_same().await {
            Ok(true) if !self.tracker.started() => Some(Ending::Deleted),
            Ok(_) => Some(self.lost(LostWhy::Forgotten)),
            Err(error) => self.unanswered(&error),
        }
    }

    /// The answer may overtake what the socket brings: what was sent before the answer to a ping is here with that.
    async fn hear_out(&self) {
        if self.tracker.hint().is_none() && self.inner.hub.link().open {
            // Without an answer there is nothing to wait for.
            _ = self.inner.hub.answers(OVERTAKEN).await;
        }
    }

    /// Whether the server knows a prompt that it knew before.
    async fn server_is_the_same(&self) -> Result<bool, Error> {
        let Some(witness) = &self.witness else { return Ok(false) };
        let queue = self.inner.authority.queue(&self.inner.transport, Instant::now()).await?;
        if queue.holds(witness) {
            return Ok(true);
        }
        Ok(authority::history(&self.inner.transport, witness).await?.is_some())
    }

    /// The queue has the run, so it is the queue of the server that accepted it: whoever else is in it is a witness, and
    /// the connection that was open before leads there.
    async fn remember(&mut self) {
        // The answer is there already. Another run may have had a newer one since, in which this one is not.
        let Ok(queue) = self.inner.authority.queue(&self.inner.transport, self.accepted).await else { return };
        if !queue.holds(&self.tracker.prompt_id) {
            return;
        }
        if let Some(other) = queue.other(&self.tracker.prompt_id) {
            self.witness = Some(other.to_owned());
        }
        let link = self.inner.hub.link();
        if link.open && link.since.is_some_and(|since| since <= queue.asked()) {
            self.same = link.number;
        }
    }

    /// If the run goes on and nothing is heard of it over a connection that was opened meanwhile, the server has
    /// forgotten that connection: another one is needed.
    fn check_hearing(&self) {
        let link = self.inner.hub.link();
        let time = link.since.map_or(Duration::ZERO, |since| since.elapsed());
        let heard = self.tracker.last_link() >= link.number;
        if link.open && link.number > self.link && !heard && time >= self.inner.transport.limits.poll {
            self.inner.hub.deaf();
        }
    }

    fn hinted_ending(&self) -> Option<Ending> {
        let tracker = self.tracker;
        let heard = || Done::heard(tracker, Arc::clone(&self.inner.transport));
        match tracker.hint()? {
            Hint::Success | Hint::Over => Some(Ending::Finished(heard())),
            Hint::Error(data) => Some(authority::failed(tracker, &data, Some(heard()))),
            Hint::Interrupted(data) => Some(authority::interrupted(tracker, &data, Some(heard()))),
        }
    }

    fn lost(&self, why: LostWhy) -> Ending {
        let last_word = match (&self.failing, why) {
            (Some((_, word)), _) => word.clone(),
            (None, _) => self.inner.hub.link().why,
        };
        Ending::Lost(Lost {
            prompt_id: self.tracker.prompt_id.clone(),
            why,
            started: self.tracker.started(),
            last_node: self.tracker.last_node(),
            last_word,
        })
    }

    fn stalled(&self) -> Option<Ending> {
        let silent = self.tracker.last_sign().elapsed();
        (silent >= self.inner.transport.limits.stalled).then(|| {
            Ending::Stalled(Stalled {
                prompt_id: self.tracker.prompt_id.clone(),
                silent,
                started: self.tracker.started(),
                last_node: self.tracker.last_node(),
            })
        })
    }
}
