//! A build that shows no pictures in the terminal.

/// A terminal that shows pictures: none.
pub(super) enum Screen {}

impl Screen {
    pub(super) const fn find() -> Option<Self> {
        None
    }

    pub(super) const fn show(&self, _: &[u8]) {
        match *self {}
    }
}
