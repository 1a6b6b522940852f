//! A run that the server accepted.

use std::fmt;
use std::sync::Arc;

use comfy_schema::Value;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tracing::{Instrument as _, debug};

use super::acceptance::Acceptance;
use super::cancel::cancel;
use super::ending::{Deletion, Ending};
use super::error::Error;
use super::inner::Inner;
use super::mailbox::Events;
use super::outputs::Done;
use super::resubmit::{Resubmission, follow_to_end};
use super::tracker::{Cancellation, Tracker};

/// A run that the server accepted.
///
/// The run is followed in the background until it ends, whether or not the program waits for it. If the value is
/// dropped, the run is no longer followed, but continues on the server, unless
/// [`cancel_on_drop`](super::Submission::cancel_on_drop) was set.
///
/// ```no_run
/// # async fn example(client: comfy_runtime::Client, workflow: comfy_runtime::Workflow) -> Result<(), comfy_runtime::client::Error> {
/// use comfy_runtime::client::Event;
///
/// let run = client.submit(&workflow).await?.complete().await?;
/// let mut events = run.events();
/// while let Some(event) = events.next().await {
///     if let Event::Progress { node, value, max, .. } = event {
///         println!("{node} {value}/{max}");
///     }
/// }
/// let done = run.finish().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "the run goes on; `finish` waits for it, `events` reports its progress"]
pub struct Run {
    inner: Arc<Inner>,
    tracker: Arc<Tracker>,
    number: Option<f64>,
    ended: watch::Receiver<bool>,
    follower: AbortHandle,
    cancel_on_drop: bool,
}

impl Run {
    /// Starts to follow a run that the server has accepted.
    pub(crate) fn start(
        inner: &Arc<Inner>,
        tracker: Arc<Tracker>,
        acceptance: Acceptance,
        resubmission: Option<Resubmission>,
        cancel_on_drop: bool,
    ) -> Self {
        let (sender, ended) = watch::channel(false);
        let span = tracing::debug_span!("run", prompt_id = tracker.prompt_id());
        let number = acceptance.number.as_ref().and_then(Value::as_f64);
        let (shared, subject) = (Arc::clone(inner), Arc::clone(&tracker));
        let following = async move {
            let ending = follow_to_end(&shared, &subject, acceptance, resubmission).await;
            shared.hub.remove(&subject);
            subject.set_ending(ending);
            sender.send_replace(true);
        };
        let follower = tokio::spawn(following.instrument(span)).abort_handle();
        Self { inner: Arc::clone(inner), tracker, number, ended, follower, cancel_on_drop }
    }

    /// Returns the id of the run: the key of the server's queue and history.
    ///
    /// It is the id that the server's response has, which may differ from the one that was sent. After
    /// [`Event::Resubmitted`](super::Event::Resubmitted) it is the id of the new run.
    pub fn prompt_id(&self) -> &str {
        self.tracker.prompt_id()
    }

    /// Returns the number of the run in the queue; lower numbers run first. `None` if the response that contained it
    /// was lost.
    pub fn number(&self) -> Option<f64> {
        self.number
    }

    /// Returns a reader of the run's events.
    ///
    /// The first reader receives all events from the beginning, and later readers receive the events from then on.
    /// Every reader receives the last event.
    pub fn events(&self) -> Events {
        self.tracker.events()
    }

    /// Returns how the run ended, or `None` if it has not ended yet.
    pub fn ending(&self) -> Option<Ending> {
        self.tracker.ending()
    }

    /// Waits for the end of the run and returns it.
    ///
    /// Events that were kept for a first reader are discarded; call [`events`](Self::events) first to receive them.
    pub async fn ended(&mut self) -> Ending {
        self.tracker.discard_unread();
        // The sender is only dropped after it has sent, or with the follower, which lives as long as `self`.
        _ = self.ended.wait_for(|ended| *ended).await;
        self.tracker.ending().unwrap_or_else(|| Ending::Deleted(Deletion::new(self.prompt_id(), false)))
    }

    /// Waits for the end of the run and returns its outputs.
    ///
    /// Events that were kept for a first reader are discarded; call [`events`](Self::events) first to receive them.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Execution`], [`Error::Interrupted`], [`Error::Deleted`], [`Error::Lost`] or [`Error::Stalled`]
    /// if the run ended without all of its outputs.
    pub async fn finish(mut self) -> Result<Done, Error> {
        let ending = self.ended().await;
        ending.into_result()
    }

    /// Cancels this run and no other, whether it waits or runs. Returns whether there was anything to cancel.
    ///
    /// The run still ends as usual: one that finished before the cancellation is reported as finished.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if the call fails; the run may
    /// then still be running.
    pub async fn cancel(&self) -> Result<bool, Error> {
        // The id is read afterwards, so that a new id of a run that is just submitted again is cancelled too.
        self.tracker.set_cancellation(Cancellation::Asked);
        cancel(&self.inner, self.prompt_id()).await
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.follower.abort();
        self.inner.hub.remove(&self.tracker);
        if !self.cancel_on_drop || self.tracker.ending().is_some() {
            return;
        }
        let (inner, prompt_id) = (Arc::clone(&self.inner), self.prompt_id().to_owned());
        // Without a tokio runtime, nothing can be sent.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = cancel(&inner, &prompt_id).await {
                    debug!(%error, prompt_id, "cannot cancel a dropped run");
                }
            });
        }
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("prompt_id", &self.prompt_id()).field("ending", &self.ending()).finish()
    }
}
