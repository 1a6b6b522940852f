//! The ids under which one run was submitted: the first, and one more for each time that it was submitted again.

use std::sync::OnceLock;

/// The ids of one run, of which the last is current. An id is never removed, so that callers can borrow it.
#[derive(Debug)]
pub(crate) struct PromptIds {
    id: String,
    next: OnceLock<Box<PromptIds>>,
}

impl PromptIds {
    pub(crate) const fn new(id: String) -> Self {
        Self { id, next: OnceLock::new() }
    }

    /// Returns the id of the last submission.
    pub(crate) fn current(&self) -> &str {
        &self.last().id
    }

    /// Adds the id of another submission, which becomes the current one.
    pub(crate) fn push(&self, id: String) {
        // Only the task that follows the run adds ids, so that the last place is free.
        _ = self.last().next.set(Box::new(Self::new(id)));
    }

    fn last(&self) -> &Self {
        let mut last = self;
        while let Some(next) = last.next.get() {
            last = next;
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::PromptIds;

    #[test]
    fn the_last_id_is_current_and_earlier_ones_stay_valid() {
        let ids = PromptIds::new("a".to_owned());
        let first = ids.current();
        ids.push("b".to_owned());
        ids.push("c".to_owned());
        assert_eq!((first, ids.current()), ("a", "c"));
    }
}
