//! Ending a command early, by Ctrl-C or SIGTERM.
//!
//! Every command that uses the client runs inside [`run`]. The first signal completes [`Stop::requested`], so that
//! the command can clean up: [`Stop::guard`] does so for work that leaves nothing behind. The second signal ends the
//! process at once, whatever the command does, even while it waits for a terminal or a disk. The first one also ends
//! every wait for the reader of a message (see [`print::stop`]), so that the clean-up does not depend on it.
//!
//! The commands that compute, and at most ask for node definitions, run inside [`blocking`].

use std::sync::{Arc, Mutex, PoisonError};
use std::{io, mem, process, thread};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};

use crate::failure::{Failure, IntoFailure, STOPPED};
use crate::signal::Signals;
use crate::{print, replace};

/// The size of the stack of a command that computes: that of a main thread on Linux.
const STACK_BYTES: usize = 8 << 20;

/// The signals that a command received.
#[derive(Clone)]
pub(crate) struct Stop {
    is_requested: watch::Receiver<bool>,
    last_words: Arc<Mutex<Option<String>>>,
}

/// Runs an asynchronous command, which is told about signals.
pub(crate) fn run(command: impl AsyncFnOnce(Stop) -> Result<(), Failure>) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    print::listen()?;
    let result = runtime.block_on(async { command(Stop::listen()?).await });
    // Dropping the runtime would wait for operations that nobody can cancel, such as the resolution of a host name. It
    // goes on until the process ends, so that the last messages can be interrupted, too.
    mem::forget(runtime);
    result
}

/// Runs a command that computes. The first signal ends it, and the file that it writes is then complete or as it was.
pub(crate) fn blocking(command: impl FnOnce() -> Result<(), Failure> + Send + 'static) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::listen()?;
        let (sender, ended) = oneshot::channel();
        thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
            let result = command();
            // Nobody receives the result after a signal.
            _ = sender.send(result);
        })?;
        tokio::select! {
            biased;
            result = ended => result.unwrap_or_else(|_| Err("the command failed".to_owned().into_failure())),
            signal = signals.next() => {
                signal?;
                replace::settle();
                Err(Failure::Stopped)
            }
        }
    })
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
                print::stop();
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
    /// Returns [`Failure::Stopped`] if the first signal arrives before the work is done.
    pub(crate) async fn guard<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.requested() => Err(Failure::Stopped),
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
        print::note(words);
    }
    comfy_runtime::client::remove_unfinished();
    // The process ends whether or not the message was printed.
    print::finish();
    replace::settle();
    process::exit(STOPPED.into())
}
