//! Stand-in for `preview` in builds without previews.

/// A terminal that shows pictures, which does not exist in this build.
pub(super) enum Screen {}

impl Screen {
    pub(super) const fn find() -> Option<Self> {
        None
    }

    pub(super) const fn show(&self, _: &[u8]) {
        match *self {}
    }
}
