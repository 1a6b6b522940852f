//! What was odd about a definition.

use std::fmt::{self, Display, Formatter};

/// Something that could not be understood, or that is understood but odd. It is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Issue {
    /// Where: `KSampler.input.required.seed[1].min`.
    pub path: String,
    /// What.
    pub message: String,
}

impl Display for Issue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}
