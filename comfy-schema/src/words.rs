//! Enums whose variants are written as words: in JSON, in command-line arguments and in reports.

use thiserror::Error;

use crate::shown::escaped;
use crate::suggest::alternatives;

/// The error for a text that is not one of the words of an enum.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown {kind} `{}`; expected {}", escaped(word), alternatives(*words))]
pub struct UnknownWord {
    word: String,
    /// The name of the enum in messages, such as `change level`.
    kind: &'static str,
    words: &'static [&'static str],
}

impl UnknownWord {
    pub(crate) fn new(word: &str, kind: &'static str, words: &'static [&'static str]) -> Self {
        Self { word: word.to_owned(), kind, words }
    }

    /// Returns the text that was parsed.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Returns the words of the enum.
    pub const fn words(&self) -> &'static [&'static str] {
        self.words
    }
}

/// Implements `ALL`, `as_str`, `Display` and `FromStr` for an enum without fields, all from one list of words.
macro_rules! words {
    ($name:ident, $kind:literal, $($variant:ident = $word:literal,)*) => {
        impl $name {
            /// All variants, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word of this variant.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::UnknownWord::new(word, $kind, &[$($word,)*])),
                }
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::Key;
    use crate::drift::{Bound, Level};
    use crate::validate::{PromptWarningKind, UnverifiableKind};

    #[test]
    fn every_word_is_read_back() {
        assert!(Key::ALL.iter().all(|key| key.to_string().parse() == Ok(*key)));
        assert!(Level::ALL.iter().all(|level| level.to_string().parse() == Ok(*level)));
        assert!(Bound::ALL.iter().all(|bound| bound.to_string().parse() == Ok(*bound)));
        assert!(PromptWarningKind::ALL.iter().all(|kind| kind.to_string().parse() == Ok(*kind)));
        assert!(UnverifiableKind::ALL.iter().all(|kind| kind.to_string().parse() == Ok(*kind)));
    }

    #[test]
    fn the_error_for_another_word_lists_the_words() {
        let error = "grave".parse::<Level>().unwrap_err();
        assert_eq!(error.to_string(), "unknown change level `grave`; expected `additive`, `defaulted` or `breaking`");
        assert_eq!(error.words(), ["additive", "defaulted", "breaking"]);
    }
}
