//! Submits a workflow again whose run the server lost by a restart.

use std::sync::Arc;

use tracing::debug;

use super::acceptance::Acceptance;
use super::cancel::cancel;
use super::ending::{Ending, LostReason, LostRun};
use super::error::Error;
use super::follow::follow;
use super::inner::Inner;
use super::prompt::Prompt;
use super::tracker::{Cancellation, Tracker};

/// What is needed to submit the workflow of a run again.
#[derive(Debug)]
pub(crate) struct Resubmission {
    pub(crate) prompt: Arc<Prompt>,
    /// The number of times that the workflow may still be submitted.
    pub(crate) times: u32,
}

/// Follows a run to its end, and submits its workflow again as often as allowed while the server loses it by a restart.
pub(crate) async fn follow_to_end(
    inner: &Arc<Inner>,
    tracker: &Arc<Tracker>,
    mut acceptance: Acceptance,
    resubmission: Option<Resubmission>,
) -> Ending {
    let mut times = resubmission.as_ref().map_or(0, |resubmission| resubmission.times);
    loop {
        let ending = follow(inner, tracker, &acceptance).await;
        let Some(resubmission) = &resubmission else { return ending };
        let lost = match ending {
            Ending::Lost(lost) if times > 0 && is_restart(&lost, tracker) => lost,
            ending => return ending,
        };
        times -= 1;
        debug!(prompt_id = lost.prompt_id, "resubmitting a lost run");
        acceptance = match submit(inner, tracker, &resubmission.prompt).await {
            Ok(acceptance) => acceptance,
            Err(reason) => {
                let last_error = format!("the workflow could not be submitted again: {reason}");
                return Ending::Lost(LostRun { last_error, ..lost });
            }
        };
    }
}

/// Returns whether the server was restarted, and the program did not want to cancel the run.
fn is_restart(lost: &LostRun, tracker: &Tracker) -> bool {
    lost.reason == LostReason::Forgotten && tracker.cancellation() == Cancellation::No
}

/// Submits the workflow under a new id, and gives the run that id.
async fn submit(inner: &Arc<Inner>, tracker: &Arc<Tracker>, prompt: &Prompt) -> Result<Acceptance, Error> {
    let submitted = prompt.submit(inner, None).await?;
    inner.hub.remove(tracker);
    if !submitted.dropped.is_empty() {
        // The outputs were complete when the run was first accepted, so that the program does not expect less.
        let mut dropped = submitted.into_dropped();
        let id = dropped.prompt_id.clone().unwrap_or_default();
        dropped.cancel_error = cancel(inner, &id).await.err().map(|error| error.to_string());
        return Err(Error::Partial(Box::new(dropped)));
    }
    tracker.resubmitted(&submitted.prompt_id);
    inner.hub.add(tracker);
    if tracker.cancellation() != Cancellation::No {
        // The program cancelled the run while the workflow was submitted again. If that fails, the new run goes on.
        if let Err(error) = cancel(inner, &submitted.prompt_id).await {
            debug!(%error, prompt_id = submitted.prompt_id, "cannot cancel a resubmitted run");
        }
    }
    Ok(submitted.acceptance)
}
