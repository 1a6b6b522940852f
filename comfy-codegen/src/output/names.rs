//! The names by which a crate's sources select nodes, kept from one run of a build script to the next.
//!
//! Cargo runs the script again whenever a source changes. With these names the script can tell without parsing the
//! definitions whether the sources still use the same nodes, which they usually do.

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use super::Fingerprint;

/// The names of all items that can be generated from certain definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    of: Fingerprint,
    names: BTreeSet<String>,
}

impl Names {
    /// Creates the list of names for the definitions and the configuration with this fingerprint.
    pub(crate) const fn new(of: Fingerprint, names: BTreeSet<String>) -> Self {
        Self { of, names }
    }

    /// Parses the text that [`Display`](fmt::Display) writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, names) = text.split_once('\n')?;
        Some(Self { of: first.parse().ok()?, names: names.lines().map(str::to_owned).collect() })
    }

    /// Returns the fingerprint of the definitions and the configuration.
    pub(crate) const fn of(&self) -> Fingerprint {
        self.of
    }

    /// Returns the fingerprint of the file that is generated for sources with these words.
    pub(crate) fn fingerprint(&self, words: &HashSet<String>) -> Fingerprint {
        self.of.with(self.names.iter().map(String::as_str).filter(|&name| words.contains(name)))
    }
}

/// Writes the fingerprint and the names, one a line.
impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.of)?;
        self.names.iter().try_for_each(|name| writeln!(f, "{name}"))
    }
}
