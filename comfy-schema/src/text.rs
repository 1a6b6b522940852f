//! The immutable string type of the model.

use std::borrow::{Borrow, Cow};
use std::convert::Infallible;
use std::fmt::{self, Debug, Display, Formatter};
use std::ops::Deref;
use std::str::FromStr;

use smol_str::SmolStr;

/// An immutable text. Short texts are stored in place; clones of long ones share one allocation.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(SmolStr);

impl Text {
    /// Creates a text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// Creates a text from a `'static` string without allocating.
    pub const fn new_static(text: &'static str) -> Self {
        Self(SmolStr::new_static(text))
    }

    /// Returns the text as a string slice.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self.as_str(), f)
    }
}

impl Debug for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(self.as_str(), f)
    }
}

/// Implements `From` for each of the types.
macro_rules! from {
    ($($source:ty),*) => {$(
        impl From<$source> for Text {
            fn from(text: $source) -> Self {
                Self(text.into())
            }
        }
    )*};
}

from!(&str, &mut str, String, &String, Box<str>, Cow<'_, str>);

impl From<&Self> for Text {
    fn from(text: &Self) -> Self {
        text.clone()
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

impl FromStr for Text {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl FromIterator<char> for Text {
    fn from_iter<I: IntoIterator<Item = char>>(chars: I) -> Self {
        Self(chars.into_iter().collect())
    }
}

/// Implements `PartialEq` with each of the types, in both directions.
macro_rules! equal {
    ($($other:ty),*) => {$(
        impl PartialEq<$other> for Text {
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other.as_ref();
                self.as_str() == other
            }
        }

        impl PartialEq<Text> for $other {
            fn eq(&self, other: &Text) -> bool {
                other == self
            }
        }
    )*};
}

equal!(str, &str, String);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Text;

    #[test]
    fn texts_compare_and_hash_like_str() {
        let text = Text::new("KSampler");
        let map = HashMap::from([(text.clone(), 1)]);
        assert_eq!(map.get("KSampler"), Some(&1));
        let owned = String::from("KSampler");
        assert_eq!(text, "KSampler");
        assert_eq!("KSampler", text);
        assert_eq!(text, *"KSampler");
        assert_eq!(owned, text);
        assert_eq!(format!("{text} {text:?} {text:>10}"), "KSampler \"KSampler\"   KSampler");
        assert_eq!(String::from(text), "KSampler");
    }
}
