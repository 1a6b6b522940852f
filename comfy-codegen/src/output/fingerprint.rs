//! A hash of all inputs from which a generated file was made.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use xxhash_rust::xxh3::Xxh3Default;

/// A hash of everything that affects the generated file. Equal fingerprints mean equal files.
///
/// It has 128 bits, so that inputs do not collide by accident. It is the same on every platform and with every
/// toolchain, because it is part of files that are checked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Fingerprint(u128);

impl Fingerprint {
    /// Creates the fingerprint of this version of the generator, a configuration and the bytes of the definitions.
    pub(crate) fn new(configuration: &str, definitions: &[u8]) -> Self {
        let mut hasher = Xxh3Default::new();
        for part in [env!("CARGO_PKG_VERSION").as_bytes(), configuration.as_bytes(), definitions] {
            // The length keeps parts apart that would be equal when concatenated.
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.digest128())
    }

    /// Creates the fingerprint of the bytes of definitions alone.
    pub(crate) fn of_definitions(definitions: &[u8]) -> Self {
        let mut hasher = Xxh3Default::new();
        hasher.update(definitions);
        Self(hasher.digest128())
    }

    /// Returns the combined fingerprint of this one and of the words that select nodes. The words must be sorted.
    pub(crate) fn with<'w>(self, words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut hasher = Xxh3Default::new();
        hasher.update(&self.0.to_le_bytes());
        for word in words {
            hasher.update(word.as_bytes());
            // Words hold no line breaks.
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
