//! Ending a command early, by Ctrl-C or SIGTERM.
//!
//! Every command that uses the client runs inside [`run`]. The first signal completes [`Stop::requested`], so that
//! the command can clean up: [`Stop::guard`] does so for work that leaves nothing behind. The second signal ends the
//! process at once, whatever the command does, even while it waits for a terminal or a disk.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use std::{io, process, thread};

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::failure::Failure;
use crate::print;
use crate::signal::Signals;

/// The exit code after a signal: the one that a shell gives a program which Ctrl-C ended. SIGTERM gives the same code,
/// because it counts as Ctrl-C.
pub(crate) const STOPPED: u8 = 130;

/// Maximum time to print the last message. Standard error may be a pipe that nobody reads, and the process must end all
/// the same.
const LAST_WORDS_TIMEOUT: Duration = Duration::from_secs(1);

/// The signals that a command received.
#[derive(Clone)]
pub(crate) struct Stop {
    is_requested: watch::Receiver<bool>,
    last_words: Arc<Mutex<Option<String>>>,
}

/// Runs an asynchronous command, which is told about signals.
pub(crate) fn run(command: impl AsyncFnOnce(Stop) -> Result<(), Failure>) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    let result = runtime.block_on(async { command(Stop::listen()?).await });
    // Dropping the runtime would wait for operations that nobody can cancel, such as the resolution of a host name.
    runtime.shutdown_background();
    result
}

impl Stop {
    fn listen() -> io::Result<Self> {
        let mut signals = Signals::listen()?;
        let (sender, is_requested) = watch::channel(false);
        let last_words = Arc::new(Mutex::new(None));
        let words = Arc::clone(&last_words);
        // A task of its own, on another thread than the command, which may be busy.
        tokio::spawn(async move {
            if signals.next().await.is_ok() {
                sender.send_replace(true);
            }
            if signals.next().await.is_ok() {
                leave(&words);
            }
        });
        Ok(Self { is_requested, last_words })
    }

    /// Waits for the first signal.
    pub(crate) async fn requested(&self) {
        if self.is_requested.clone().wait_for(|is_requested| *is_requested).await.is_err() {
            // No signal can arrive any more.
            std::future::pending::<()>().await;
        }
    }

    /// Does work that leaves nothing behind when it is dropped.
    ///
    /// # Errors
    ///
    /// Returns the exit code [`STOPPED`] if the first signal arrives before the work is done.
    pub(crate) async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.requested() => Err(Failure::Reported(STOPPED)),
            result = work => Ok(result),
        }
    }

    /// Sets the message that the second signal prints before it ends the process.
    pub(crate) fn set_last_words(&self, words: impl Into<Option<String>>) {
        *self.last_words.lock().unwrap_or_else(PoisonError::into_inner) = words.into();
    }
}

/// Prints the last words and ends the process.
fn leave(words: &Mutex<Option<String>>) -> ! {
    let words = words.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(words) = words {
        let (sender, printed) = mpsc::channel();
        thread::spawn(move || {
            print::note(words);
            sender.send(())
        });
        // The process ends whether or not the message was printed.
        _ = printed.recv_timeout(LAST_WORDS_TIMEOUT);
    }
    comfy_runtime::client::remove_unfinished();
    process::exit(STOPPED.into())
}
