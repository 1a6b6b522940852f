//! Issues of node definitions.

use std::fmt::{self, Display, Formatter};

/// A part of a document that was not understood or is doubtful. The schema keeps it as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Issue {
    /// The place: `KSampler.input.required.seed[1].min`.
    pub path: String,
    /// The description in words.
    pub message: String,
}

impl Display for Issue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}
