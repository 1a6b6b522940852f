//! Faults of the socket's frames.

use std::time::Duration;

/// The frames that a fault applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventMatch {
    /// The n-th frame, counted from 1, that the server sends to any socket after the fault was set.
    Nth(u64),
    /// Frames of this type: the type of a JSON event (`execution_success`), or `binary`.
    Kind(String),
    /// The frame that ends a run: `executing` with `node: null`.
    End,
}

impl EventMatch {
    /// Creates a match for frames of this type: the type of a JSON event (`execution_success`), or `binary`.
    pub fn kind(kind: impl Into<String>) -> Self {
        Self::Kind(kind.into())
    }
}

/// A fault of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventFault {
    /// The connection is dropped, without a closing handshake, and the frame is not sent.
    CloseBefore,
    /// The frame is sent, then the connection is dropped.
    CloseAfter,
    /// The frame is not sent.
    Lose,
    /// The frame is sent twice.
    Duplicate,
    /// The frame, and all later ones on that socket, are delayed by this duration.
    Delay(Duration),
    /// The frame is sent after the next one on that socket.
    Swap,
}

/// A fault, the frames that it applies to, and the number of times that it applies.
#[derive(Debug)]
pub(super) struct Rule {
    on: EventMatch,
    fault: EventFault,
    /// The number of frames that were sent since the fault was set.
    seen: u64,
    /// The number of frames that the fault still applies to.
    times: u64,
}

impl Rule {
    pub(super) const fn new(on: EventMatch, fault: EventFault, times: u64) -> Self {
        Self { on, fault, seen: 0, times }
    }

    /// Counts a frame, and returns the fault if it applies to the frame.
    pub(super) fn apply(&mut self, kind: &str, is_end: bool) -> Option<EventFault> {
        self.seen += 1;
        let fits = match &self.on {
            EventMatch::Nth(n) => self.seen == *n,
            EventMatch::Kind(wanted) => wanted == kind,
            EventMatch::End => is_end,
        };
        if !fits || self.times == 0 {
            return None;
        }
        self.times -= 1;
        Some(self.fault)
    }

    pub(super) const fn is_used_up(&self) -> bool {
        self.times == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{EventFault, EventMatch, Rule};

    #[test]
    fn the_nth_frame_is_counted_from_one() {
        let mut rule = Rule::new(EventMatch::Nth(2), EventFault::Lose, 1);
        assert_eq!(rule.apply("status", false), None);
        assert_eq!(rule.apply("status", false), Some(EventFault::Lose));
        assert!(rule.is_used_up());
        assert_eq!(rule.apply("status", false), None);
    }

    #[test]
    fn a_kind_matches_all_its_frames_and_the_end_only_the_last() {
        let mut executing = Rule::new(EventMatch::kind("executing"), EventFault::Duplicate, 9);
        assert!(executing.apply("executing", true).is_some() && executing.apply("executed", false).is_none());
        let mut end = Rule::new(EventMatch::End, EventFault::Lose, 9);
        assert!(end.apply("executing", false).is_none() && end.apply("executing", true).is_some());
    }
}
