//! Faults of the socket.

use std::time::Duration;

/// Which frames a fault befalls.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventMatch {
    /// The n-th frame, from 1, that the server sends to any socket after the fault was set.
    Nth(u64),
    /// Frames of this type: a JSON event's (`execution_success`), or `binary`.
    Kind(String),
    /// The frame that says that a run is over: `executing` with `node: null`.
    End,
}

impl EventMatch {
    /// Frames of this type: a JSON event's (`execution_success`), or `binary`.
    pub fn kind(kind: impl Into<String>) -> Self {
        Self::Kind(kind.into())
    }
}

/// What happens to a frame.
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
    /// The frame, and all after it on that socket, come later by this.
    Delay(Duration),
    /// The frame comes after the next one on that socket.
    Swap,
}

/// A fault, and the frames that it befalls.
#[derive(Debug)]
pub(super) struct Rule {
    on: EventMatch,
    fault: EventFault,
    seen: u64,
    times: u64,
}

impl Rule {
    pub(super) const fn new(on: EventMatch, fault: EventFault, times: u64) -> Self {
        Self { on, fault, seen: 0, times }
    }

    /// The fault, if it befalls this frame; counts.
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
    fn kinds_and_the_end_are_told_apart() {
        let mut executing = Rule::new(EventMatch::kind("executing"), EventFault::Duplicate, 9);
        assert!(executing.apply("executing", true).is_some() && executing.apply("executed", false).is_none());
        let mut end = Rule::new(EventMatch::End, EventFault::Lose, 9);
        assert!(end.apply("executing", false).is_none() && end.apply("executing", true).is_some());
    }
}
