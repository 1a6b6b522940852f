//! Cancels the run of this command when the command is stopped, and waits for the server's word about it.

use std::cell::Cell;
use std::fmt;
use std::pin::pin;
use std::time::Duration;

use comfy_runtime::client::{Ending, Error, Run};
use comfy_runtime::{Client, Workflow};
use tokio::time::{sleep, timeout};

/// Maximum time to wait for the server's word after the first Ctrl-C. The routes answer within milliseconds, but a node
/// notices an interrupt only between two steps, and the server may be busy with loading a model. Whoever does not want to
/// wait that long presses Ctrl-C again.
const WORD_TIMEOUT: Duration = Duration::from_secs(10);

/// The first wait between two attempts to cancel a prompt whose submission was not answered; each further one is twice
/// as long.
const MIN_ATTEMPT_WAIT: Duration = Duration::from_millis(100);

/// Maximum wait between two such attempts.
const MAX_ATTEMPT_WAIT: Duration = Duration::from_secs(1);

/// The server's word about a prompt that was to be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// The server never accepted the prompt.
    NotSubmitted,
    /// The prompt was cancelled.
    Cancelled,
    /// The prompt had ended before it could be cancelled: [`Ending::as_str`].
    Ended(&'static str),
    /// The outcome of the run cannot be known, for this reason.
    Unknown(String),
    /// The server accepted the cancellation, and has not ended the run yet.
    Accepted,
    /// The server did not cancel the run, which may still be running.
    NotCancelled,
    /// The server did not say anything.
    Silent,
    /// The cancellation failed.
    Failed(String),
}

impl Word {
    fn of(ending: &Ending) -> Self {
        match ending {
            Ending::Interrupted(_) | Ending::Deleted(_) => Self::Cancelled,
            Ending::Finished(_) | Ending::Failed(_) => Self::Ended(ending.as_str()),
            Ending::Lost(lost) => Self::Unknown(lost.to_string()),
            Ending::Stalled(stalled) => Self::Unknown(stalled.to_string()),
            // The pattern is required because the enum may grow.
            other => Self::Unknown(other.as_str().to_owned()),
        }
    }

    /// Returns whether the prompt may still run, or has results that nobody fetched.
    pub(super) const fn is_left(&self) -> bool {
        !matches!(self, Self::NotSubmitted | Self::Cancelled)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSubmitted => f.write_str("the server did not accept the workflow; nothing runs"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Ended(ending) => write!(f, "the run had ended before it could be cancelled: {ending}"),
            Self::Unknown(reason) => write!(f, "it is unknown whether the run was cancelled: {reason}"),
            Self::NotCancelled => f.write_str("the server did not cancel it; the run may go on"),
            Self::Accepted => f.write_str("the server accepted the cancellation; the run ends after its current step"),
            Self::Silent => {
                write!(f, "the server did not confirm the cancellation within {} s", WORD_TIMEOUT.as_secs())
            }
            Self::Failed(error) => write!(f, "cannot cancel the run: {error}"),
        }
    }
}

/// Cancels a run and waits for its end. `rest` completes when the run has ended.
pub(super) async fn running(run: &Run, rest: impl Future<Output = ()>) -> Word {
    let mut answer = Word::Silent;
    let word = timeout(WORD_TIMEOUT, told(&mut answer, run.cancel(), rest, || run.ending())).await;
    word.unwrap_or(answer)
}

/// Returns the word about a run: its ending, or else the answer to its cancellation, which `answer` receives at once.
async fn told(
    answer: &mut Word,
    cancelling: impl Future<Output = Result<bool, Error>>,
    rest: impl Future<Output = ()>,
    ending: impl FnOnce() -> Option<Ending>,
) -> Word {
    *answer = match cancelling.await {
        Ok(true) => Word::Accepted,
        // Usually the run has just ended, which its events then tell.
        Ok(false) => Word::NotCancelled,
        Err(error) => return Word::Failed(error.to_string()),
    };
    rest.await;
    ending().map_or_else(|| answer.clone(), |ending| Word::of(&ending))
}

/// Cancels a prompt whose submission was not answered yet. The request is not aborted, because the server may have
/// received it: whichever comes first decides, the answer or a cancellation by the id that this program chose, or that the
/// server chose and its events tell.
pub(super) async fn unanswered(
    client: &Client,
    workflow: &Workflow,
    prompt_id: &str,
    posting: impl Future<Output = Result<Run, Error>>,
) -> Word {
    let answered = async {
        match posting.await {
            Ok(run) => {
                let mut events = run.events();
                running(&run, async { while events.next().await.is_some() {} }).await
            }
            Err(Error::Partial(dropped)) if dropped.cancel_error.is_some() => {
                Word::Failed(dropped.cancel_error.unwrap_or_default())
            }
            // The request may arrive later than its connection broke.
            Err(Error::Unconfirmed { .. }) => std::future::pending().await,
            Err(_) => Word::NotSubmitted,
        }
    };
    let is_accepted = Cell::new(false);
    let by_id =
        async {
            let mut wait = MIN_ATTEMPT_WAIT;
            // An error is not the last word either, because the answer may still arrive.
            while !client.cancel_unanswered(workflow, prompt_id).await.unwrap_or(false) {
                sleep(wait).await;
                wait = (wait * 2).min(MAX_ATTEMPT_WAIT);
            }
            is_accepted.set(true);
            // A run that has begun ends after its current step.
            while client.queue().await.map_or(true, |queue| {
                queue.running.iter().chain(&queue.pending).any(|item| item.prompt_id == prompt_id)
            }) {
                sleep(MIN_ATTEMPT_WAIT).await;
            }
            Word::Cancelled
        };
    let (mut answered, mut by_id) = (pin!(answered), pin!(by_id));
    let word = timeout(WORD_TIMEOUT, async {
        tokio::select! {
            word = &mut answered => word,
            word = &mut by_id => word,
        }
    });
    word.await.unwrap_or(if is_accepted.get() { Word::Accepted } else { Word::Silent })
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::{Word, told};

    #[tokio::test]
    async fn only_a_confirmed_cancellation_counts_as_accepted() {
        for (confirmed, expected) in [(true, Word::Accepted), (false, Word::NotCancelled)] {
            let mut answer = Word::Silent;
            assert_eq!(told(&mut answer, ready(Ok(confirmed)), ready(()), || None).await, expected);
            // The run goes on until the time is over.
            let mut answer = Word::Silent;
            tokio::select! {
                biased;
                _ = told(&mut answer, ready(Ok(confirmed)), pending(), || None) => unreachable!(),
                () = ready(()) => {}
            }
            assert_eq!(answer, expected);
        }
        assert!(Word::NotCancelled.is_left() && Word::Unknown(String::new()).is_left());
        assert!(Word::NotCancelled.to_string().contains("did not cancel"));
    }
}
