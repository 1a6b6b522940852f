//! How long things take.

use std::time::Duration;

/// How long a run takes. Nothing takes time if not said otherwise.
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
    /// Nothing takes time.
    pub fn instant() -> Self {
        Self::default()
    }

    /// Every node takes this long, whatever it does besides.
    #[must_use]
    pub const fn node(mut self, time: Duration) -> Self {
        self.node = time;
        self
    }

    /// Every step of a sampler takes this long.
    #[must_use]
    pub const fn step(mut self, time: Duration) -> Self {
        self.step = time;
        self
    }

    /// A prompt lies this long in the queue at least before it runs.
    #[must_use]
    pub const fn start(mut self, time: Duration) -> Self {
        self.start = time;
        self
    }
}
