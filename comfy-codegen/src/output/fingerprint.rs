//! What a generated file was made of, in 128 bits.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use xxhash_rust::xxh3::Xxh3Default;

use crate::config::{Config, Document};

/// A hash of everything that decides what is generated. Equal fingerprints mean equal files.
///
/// 128 bits, so that no two inputs meet by accident, and the same on every platform and toolchain, because it is
/// part of files that are checked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    /// Of the generator, the configuration and the definitions.
    pub(crate) fn new(config: &Config, document: &Document) -> Self {
        let mut hasher = Xxh3Default::new();
        let description = config.description();
        for part in [env!("CARGO_PKG_VERSION").as_bytes(), description.as_bytes(), &document.bytes] {
            // Lengths keep apart what would be equal in a row.
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.digest128())
    }

    /// Of this and what was chosen besides, which must be sorted.
    pub(crate) fn with<'w>(self, words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut hasher = Xxh3Default::new();
        hasher.update(&self.0.to_le_bytes());
        for word in words {
            hasher.update(word.as_bytes());
            // No word holds a line break.
            hasher.update(b"\n");
        }
        Self(hasher.digest128())
    }
}

impl FromStr for Fingerprint {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        u128::from_str_radix(text, 16).map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
