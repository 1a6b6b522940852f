//! The durations of runs.

use std::time::Duration;

/// The durations of the parts of a run. By default, nothing takes time.
///
/// ```
/// use std::time::Duration;
/// use comfy_mock::Timing;
///
/// let slow = Timing::instant().node(Duration::from_millis(20)).step(Duration::from_millis(100));
/// # let _ = slow;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    pub(crate) node: Duration,
    pub(crate) step: Duration,
    pub(crate) start: Duration,
}

impl Timing {
    /// Creates a timing in which nothing takes time.
    pub fn instant() -> Self {
        Self::default()
    }

    /// Sets the duration of every node, in addition to its steps.
    #[must_use]
    pub const fn node(mut self, time: Duration) -> Self {
        self.node = time;
        self
    }

    /// Sets the duration of every step of a sampler.
    #[must_use]
    pub const fn step(mut self, time: Duration) -> Self {
        self.step = time;
        self
    }

    /// Sets the time that the server waits before it takes the next prompt from the queue.
    #[must_use]
    pub const fn start(mut self, time: Duration) -> Self {
        self.start = time;
        self
    }
}
