//! The names that decide what is generated for a crate's sources, kept from one run of a build script to the next.
//!
//! Cargo runs the script again whenever a source changes. With these names it can tell what the sources use without
//! parsing the definitions again: usually the same as before.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use super::Fingerprint;

/// The names of everything that could be generated from some definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    of: Fingerprint,
    names: BTreeSet<String>,
}

impl Names {
    /// The names that the definitions and the configuration with this fingerprint give.
    pub(crate) const fn new(of: Fingerprint, names: BTreeSet<String>) -> Self {
        Self { of, names }
    }

    /// Reads what [`Display`](fmt::Display) writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, names) = text.split_once('\n')?;
        Some(Self { of: first.parse().ok()?, names: names.lines().map(str::to_owned).collect() })
    }

    /// The fingerprint of the definitions and the configuration.
    pub(crate) const fn of(&self) -> Fingerprint {
        self.of
    }

    /// The fingerprint of what is generated for sources with these words.
    pub(crate) fn fingerprint(&self, words: &HashSet<String>) -> Fingerprint {
        self.of.with(self.names.iter().map(String::as_str).filter(|&name| words.contains(name)))
    }
}

/// The fingerprint and the names, one a line.
impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.of)?;
        self.names.iter().try_for_each(|name| writeln!(f, "{name}"))
    }
}
