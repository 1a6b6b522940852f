//! Enums that are written as words: in JSON, in arguments of commands, in reports.

use std::fmt::{self, Display, Formatter};

use thiserror::Error;

/// A text is not one of the words of an enum: why `"grave".parse::<Level>()` fails.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{word}` is no {what}; write {}", Listed(words))]
pub struct UnknownWord {
    word: String,
    /// What it was to be: `level of a change`.
    what: &'static str,
    words: &'static [&'static str],
}

impl UnknownWord {
    pub(crate) fn new(word: &str, what: &'static str, words: &'static [&'static str]) -> Self {
        Self { word: word.to_owned(), what, words }
    }

    /// What was given.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// What may be given.
    pub const fn words(&self) -> &'static [&'static str] {
        self.words
    }
}

struct Listed(&'static [&'static str]);

impl Display for Listed {
    /// "`a`, `b` or `c`"
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, word) in self.0.iter().enumerate() {
            let before = match at {
                0 => "",
                at if at + 1 == self.0.len() => " or ",
                _ => ", ",
            };
            write!(f, "{before}`{word}`")?;
        }
        Ok(())
    }
}

/// The words of an enum without fields: `ALL`, `as_str`, [`Display`] and `FromStr`, all from one list.
macro_rules! words {
    ($name:ident, $what:literal, $($variant:ident = $word:literal,)*) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word for it.
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
                    _ => Err($crate::UnknownWord::new(word, $what, &[$($word,)*])),
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
    fn another_word_is_told_what_there_is() {
        let error = "grave".parse::<Level>().unwrap_err();
        assert_eq!(error.to_string(), "`grave` is no level of a change; write `additive`, `defaulted` or `breaking`");
        assert_eq!(error.words(), ["additive", "defaulted", "breaking"]);
    }
}
