//! Issues found while parsing node definitions.

use std::fmt::{self, Display, Formatter};

use crate::shown::escaped;

/// A part of a document that was not understood or is doubtful. The schema keeps it unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Issue {
    /// The path of the part: `KSampler.input.required.seed[1].min`.
    pub path: String,
    /// The description of the issue.
    pub message: String,
}

impl Display for Issue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", escaped(&self.path), escaped(&self.message))
    }
}
