//! Standard output and standard error, whose readers may not read on.
//!
//! A reader that does not read, such as a pager or a stuck log collector, holds up whoever writes, and no thread can be
//! woken from that. After [`Stream::listen`], a thread of its own writes to the stream, and whoever prints waits for it
//! only until a signal stops the command ([`Stream::stop`]). So a stopped command can still cancel its run.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write as _};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
#[cfg(any(feature = "run", feature = "serve"))]
use std::thread;
use std::time::Duration;

/// How long a stopped command waits for a reader. A reader that takes longer is not waited for again before it has read
/// on.
const READER_TIMEOUT: Duration = Duration::from_millis(200);

/// Maximum size of the texts that wait for a reader after the command was stopped, in bytes. Further ones are lost.
const MAX_WAITING_BYTES: usize = 1 << 20;

/// Standard output.
pub(super) static OUT: Stream = Stream::new(Target::Out);

/// Standard error.
pub(super) static ERR: Stream = Stream::new(Target::Err);

/// A standard stream.
pub(super) struct Stream {
    target: Target,
    state: Mutex<State>,
    /// Notified about every change of the state.
    changed: Condvar,
}

#[derive(Clone, Copy)]
enum Target {
    Out,
    Err,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(any(feature = "run", feature = "serve")),
    allow(dead_code, reason = "without these features, no command listens to signals")
)]
enum Mode {
    /// Whoever prints writes.
    Direct,
    /// A thread writes, and whoever prints waits for it.
    Threaded,
    /// A thread writes, and whoever prints does not wait for a reader that does not read.
    Stopped,
}

struct State {
    mode: Mode,
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    /// The number of texts that were handed over so far, and of those that were written.
    queued: u64,
    written: u64,
    /// The errors of texts, by number.
    failed: BTreeMap<u64, io::Error>,
    /// Whether the reader let a stopped command wait.
    is_blocked: bool,
}

/// The reason why a text was not written: the command was stopped, and the reader does not read.
#[derive(Debug, thiserror::Error)]
#[error("the command was stopped")]
pub(super) struct Stopped;

impl Target {
    fn write(self, text: &[u8]) -> io::Result<()> {
        match self {
            Self::Out => {
                let mut out = io::stdout().lock();
                // Without the flush, an error of the last line would be lost when the program ends.
                out.write_all(text).and_then(|()| out.flush())
            }
            Self::Err => io::stderr().lock().write_all(text),
        }
    }
}

impl Stream {
    const fn new(target: Target) -> Self {
        let state = State {
            mode: Mode::Direct,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            queued: 0,
            written: 0,
            failed: BTreeMap::new(),
            is_blocked: false,
        };
        Self { target, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Lets a thread write from now on.
    #[cfg(any(feature = "run", feature = "serve"))]
    pub(super) fn listen(&'static self) -> io::Result<()> {
        thread::Builder::new().spawn(|| self.write_all())?;
        self.lock().mode = Mode::Threaded;
        Ok(())
    }

    /// Lets nobody wait any longer for a reader that does not read.
    #[cfg(any(feature = "run", feature = "serve"))]
    pub(super) fn stop(&self) {
        let mut state = self.lock();
        if state.mode == Mode::Threaded {
            state.mode = Mode::Stopped;
        }
        self.changed.notify_all();
    }

    /// Waits until everything is written, but at most for a time.
    pub(super) fn finish(&self, time: Duration) {
        let is_unwritten = |state: &mut State| state.written < state.queued;
        drop(self.changed.wait_timeout_while(self.lock(), time, is_unwritten));
    }

    /// Writes a text, as a whole.
    pub(super) fn write(&self, text: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        match state.mode {
            Mode::Direct => {
                drop(state);
                return self.target.write(text);
            }
            Mode::Stopped if state.waiting_bytes > MAX_WAITING_BYTES => return Err(io::Error::other(Stopped)),
            Mode::Threaded | Mode::Stopped => {}
        }
        state.waiting.push_back(text.to_vec());
        state.waiting_bytes += text.len();
        state.queued += 1;
        let number = state.queued;
        self.changed.notify_all();
        let is_awaited = |state: &mut State| state.mode == Mode::Threaded && state.written < number;
        state = self.changed.wait_while(state, is_awaited).unwrap_or_else(PoisonError::into_inner);
        if state.written < number && !state.is_blocked {
            let is_unwritten = |state: &mut State| state.written < number;
            let waited = self.changed.wait_timeout_while(state, READER_TIMEOUT, is_unwritten);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if state.written < number {
            state.is_blocked = true;
            return Err(io::Error::other(Stopped));
        }
        state.failed.remove(&number).map_or(Ok(()), Err)
    }

    /// Writes what is handed over, for ever.
    #[cfg(any(feature = "run", feature = "serve"))]
    fn write_all(&self) {
        let mut state = self.lock();
        loop {
            let Some(text) = state.waiting.pop_front() else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            drop(state);
            let result = self.target.write(&text);
            state = self.lock();
            state.waiting_bytes -= text.len();
            state.written += 1;
            state.is_blocked = false;
            if let Err(error) = result {
                let number = state.written;
                state.failed.insert(number, error);
            }
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
