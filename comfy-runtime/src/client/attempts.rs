//! The attempts to submit a workflow, which whoever submits it can end.

use std::sync::{Arc, Mutex, PoisonError};

/// The attempts of one submission, for a program that is stopped meanwhile. It is not part of the public API.
#[doc(hidden)]
#[derive(Debug, Clone, Default)]
pub struct Attempts(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Whether the server may have the prompt.
    may_have_arrived: bool,
    are_ended: bool,
}

impl Attempts {
    /// Allows no further attempt. Returns whether the server may have the prompt, because an attempt is under way or
    /// succeeded; otherwise dropping the submission leaves nothing behind.
    pub fn end(&self) -> bool {
        self.with(|state| {
            state.are_ended = true;
            state.may_have_arrived
        })
    }

    /// Notes that an attempt begins.
    pub(crate) fn begin(&self) {
        self.with(|state| state.may_have_arrived = true);
    }

    /// Notes that the last attempt did not arrive. Returns whether another one is allowed.
    pub(crate) fn may_go_on(&self) -> bool {
        self.with(|state| {
            state.may_have_arrived = false;
            !state.are_ended
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::Attempts;

    #[test]
    fn attempts_end_between_two_of_them() {
        let attempts = Attempts::default();
        attempts.begin();
        assert!(attempts.may_go_on());
        assert!(!attempts.end(), "nothing is under way");
        assert!(!attempts.may_go_on());
    }

    #[test]
    fn an_attempt_that_is_under_way_is_the_last() {
        let attempts = Attempts::default();
        attempts.begin();
        assert!(attempts.end(), "the server may have the prompt");
        assert!(!attempts.may_go_on());
    }
}
