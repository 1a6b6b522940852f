//! Cancels the run of this command when the command is stopped, and waits for the server's word about it.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use comfy_runtime::Client;
use comfy_runtime::client::{Ending, Error, Run};
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
    /// The server accepted the cancellation, and has not ended the run yet.
    Accepted,
    /// The server did not say anything.
    Silent,
    /// The cancellation failed.
    Failed(String),
}

impl Word {
    fn of(ending: &Ending) -> Self {
        match ending {
            Ending::Interrupted(_) | Ending::Deleted(_) => Self::Cancelled,
            other => Self::Ended(other.as_str()),
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
    let mut is_accepted = false;
    let cancelling = async {
        if let Err(error) = run.cancel().await {
            return Word::Failed(error.to_string());
        }
        is_accepted = true;
        rest.await;
        run.ending().map_or(Word::Accepted, |ending| Word::of(&ending))
    };
    let word = timeout(WORD_TIMEOUT, cancelling).await;
    word.unwrap_or(if is_accepted { Word::Accepted } else { Word::Silent })
}

/// Cancels a prompt whose submission was not answered yet. The request is not aborted, because the server may have
/// received it: whichever comes first decides, the answer or a cancellation by the id that this program chose.
pub(super) async fn unanswered(
    client: &Client,
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
    let by_id = async {
        let mut wait = MIN_ATTEMPT_WAIT;
        // An error is not the last word either, because the answer may still arrive.
        while !client.cancel(prompt_id).await.unwrap_or(false) {
            sleep(wait).await;
            wait = (wait * 2).min(MAX_ATTEMPT_WAIT);
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
    word.await.unwrap_or(Word::Silent)
}
