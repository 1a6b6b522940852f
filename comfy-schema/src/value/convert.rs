//! Conversions of Rust values to JSON values, and of floats to integers.

use super::{Map, Value};
use crate::Text;

/// The first float beyond `i128`: 2^127.
const BEYOND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

/// Returns a float without a fraction as an integer, if it fits in 128 bits.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked and there is no fraction")]
pub(super) fn whole(value: f64) -> Option<i128> {
    ((-BEYOND..BEYOND).contains(&value) && value.fract() == 0.0).then_some(value as i128)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        // There is no `From<usize> for i128`, although a `usize` fits on every platform.
        i128::try_from(value).map_or_else(|_| Self::BigInt(Text::new(value.to_string())), Self::Int)
    }
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                Self::Int(value.into())
            }
        }
    )*};
}

integers!(i8 u8 i16 u16 i32 u32 i64 u64 i128);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::String(text)
    }
}

impl From<&Text> for Value {
    fn from(text: &Text) -> Self {
        Self::String(text.clone())
    }
}

impl From<Vec<Self>> for Value {
    fn from(values: Vec<Self>) -> Self {
        Self::Array(values)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Object(map)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    /// Converts `None` to `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Value {
    /// Collects the values into an array.
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}
