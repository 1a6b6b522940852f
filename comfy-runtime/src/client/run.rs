//! A run that the server accepted.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use comfy_schema::Value;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tracing::{Instrument as _, debug};

use super::ending::Ending;
use super::error::Error;
use super::inner::Inner;
use super::json;
use super::mailbox::Events;
use super::outputs::Done;
use super::tracker::Tracker;

/// A workflow on its way through the server.
///
/// It is followed in the background until it ends, whether somebody looks or not. Dropping it stops the following and
/// leaves the run to the server, unless [`cancel_on_drop`](super::Submission::cancel_on_drop) was asked for.
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
#[must_use = "the run goes on; `finish` waits for it, `events` tells of it"]
pub struct Run {
    inner: Arc<Inner>,
    tracker: Arc<Tracker>,
    number: Option<f64>,
    ended: watch::Receiver<bool>,
    follower: AbortHandle,
    cancel_on_drop: bool,
}

impl Run {
    /// Begins to follow a run that was accepted.
    pub(crate) fn start(
        inner: &Arc<Inner>,
        tracker: Arc<Tracker>,
        number: Option<f64>,
        link: u64,
        cancel_on_drop: bool,
    ) -> Self {
        let (tell, ended) = watch::channel(false);
        let accepted = Instant::now();
        let span = tracing::debug_span!("run", prompt_id = tracker.prompt_id);
        let (shared, subject) = (Arc::clone(inner), Arc::clone(&tracker));
        let way = async move {
            let ending = super::follow::follow(&shared, &subject, accepted, link).await;
            shared.hub.remove(&subject.prompt_id);
            subject.end(ending);
            tell.send_replace(true);
        };
        let follower = tokio::spawn(way.instrument(span)).abort_handle();
        Self { inner: Arc::clone(inner), tracker, number, ended, follower, cancel_on_drop }
    }

    /// The server's id of it: the key of queue and history.
    pub fn prompt_id(&self) -> &str {
        &self.tracker.prompt_id
    }

    /// Its number in the queue, lower ones run first; `None` if the answer that says it was lost.
    pub fn number(&self) -> Option<f64> {
        self.number
    }

    /// What happens to it. The first reader gets all events from the beginning, a later one those from then on; both
    /// get the last one.
    pub fn events(&self) -> Events {
        self.tracker.events()
    }

    /// How it ended, if it did.
    pub fn ending(&self) -> Option<Ending> {
        self.tracker.ending()
    }

    /// Waits for the end, and tells how it came to it.
    ///
    /// Nobody reads the events then, unless [`events`](Self::events) was called before: those that were kept for a first
    /// reader are thrown away. Call `events` first to have them.
    pub async fn ended(&mut self) -> Ending {
        // The events of a run that nobody reads need not be kept.
        self.tracker.unread();
        // The sender is only dropped after it said so, or with the follower, which lives as long as `self`.
        _ = self.ended.wait_for(|ended| *ended).await;
        self.tracker.ending().unwrap_or(Ending::Deleted)
    }

    /// Waits for the end, and gives the outputs. As [`ended`](Self::ended), it throws away the events that nobody reads:
    /// call [`events`](Self::events) first to have them.
    ///
    /// # Errors
    ///
    /// [`Error::Execution`], [`Error::Interrupted`], [`Error::Deleted`], [`Error::Lost`], [`Error::Stalled`].
    pub async fn finish(mut self) -> Result<Done, Error> {
        let ending = self.ended().await;
        ending.into_result(self.prompt_id())
    }

    /// Cancels exactly this run, whether it waits or runs. `false` if there was nothing to cancel any more. How it
    /// ended is told as always: a run that was finished first is finished.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`], [`Error::Status`], [`Error::Answer`]: then it may still be running.
    pub async fn cancel(&self) -> Result<bool, Error> {
        let cancelled = cancel(&self.inner, self.prompt_id()).await?;
        if cancelled {
            self.tracker.set_cancelled();
        }
        Ok(cancelled)
    }
}

/// Cancels one prompt, waiting or running.
pub(crate) async fn cancel(inner: &Inner, prompt_id: &str) -> Result<bool, Error> {
    let transport = &inner.transport;
    match transport.post(["jobs", prompt_id, "cancel"]).api().repeatable().json().await {
        Ok(answer) => Ok(json::get(&answer, "cancelled").and_then(Value::as_bool).unwrap_or(false)),
        // A server without jobs. Where it runs, only this one may be interrupted, and an old server looks at no id.
        Err(Error::Status { status: 404 | 405, .. }) => {
            let id = || Value::from(prompt_id);
            let delete = json::object([("delete", Value::Array(vec![id()]))]);
            let queue = inner.authority.queue(transport, Instant::now()).await?;
            transport.post(["queue"]).json_body(&delete).repeatable().done().await?;
            let now = inner.authority.queue(transport, Instant::now()).await?;
            if now.is_running(prompt_id) {
                transport.post(["interrupt"]).json_body(&json::object([("prompt_id", id())])).done().await?;
            }
            Ok(queue.holds(prompt_id))
        }
        Err(error) => Err(error),
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.follower.abort();
        self.inner.hub.remove(self.prompt_id());
        if !self.cancel_on_drop || self.tracker.ending().is_some() {
            return;
        }
        let (inner, prompt_id) = (Arc::clone(&self.inner), self.prompt_id().to_owned());
        // Outside of a runtime nobody is left to do it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = cancel(&inner, &prompt_id).await {
                    debug!(%error, prompt_id, "a dropped run could not be cancelled");
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
