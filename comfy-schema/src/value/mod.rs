//! JSON as Python writes it: exact integers, and the tokens `NaN`, `Infinity` and `-Infinity`.

mod convert;
mod display;
pub mod map;
pub(crate) mod read;
mod surrogate;

pub(crate) use display::string as write_string;
pub use map::Map;
pub use read::{JsonError, JsonErrorKind};
pub(crate) use surrogate::replace_lone_surrogates;

use crate::Text;

/// A JSON value as a ComfyUI server may send it.
///
/// Unlike `serde_json::Value` it keeps integers of any size exactly and holds the three number
/// tokens that Python's encoder writes and JSON forbids. Objects keep the order of their keys.
///
/// Two values are equal if they are the same document: the order of an object's keys does not
/// count, `1` is not `1.0`, and `NaN` equals `NaN`.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer that fits in 128 bits (every core bound does: they end at the ends of `u64` and `-u64`).
    Int(i128),
    /// An integer beyond 128 bits, in decimal digits with an optional leading minus.
    BigInt(Text),
    /// A number with a fraction or an exponent, or `NaN`, `Infinity`, `-Infinity`.
    Float(f64),
    /// A string
    String(Text),
    /// An array
    Array(Vec<Value>),
    /// An object; of equal keys the last one counts, as in Python.
    Object(Map),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            // Writing a document and reading it again gives an equal one, so NaN must equal itself.
            (Self::Float(a), Self::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::BigInt(a), Self::BigInt(b)) | (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl Value {
    /// Reads one JSON document: UTF-8 or UTF-16, with or without a byte order mark, Python's number tokens
    /// included. A lone surrogate (`"\udce9"`, which Python writes for a file name that is not UTF-8) becomes
    /// U+FFFD.
    ///
    /// # Errors
    ///
    /// If this is no JSON, if something follows the document, or if it is nested deeper than 200 levels.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        let text = crate::parse::decode(bytes)?;
        match read::document(&text) {
            Err(error) if error.kind == JsonErrorKind::Surrogate => read::document(&replace_lone_surrogates(&text)),
            read => read,
        }
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is one. Numbers are not: `0` gives `None`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number as an integer: integers of up to 128 bits, and floats without a fraction (`1.0`) that are
    /// within 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Float(value) => convert::whole(*value),
            _ => None,
        }
    }

    /// Returns whether every number in this value is finite. JSON can hold no others.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Float(number) => number.is_finite(),
            Self::Array(values) => values.iter().all(Self::is_finite),
            Self::Object(map) => map.iter().all(|(_, value)| value.is_finite()),
            _ => true,
        }
    }

    /// The number as the nearest float. Integers beyond 2^53 lose digits, those beyond its range are infinite.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
            Self::Int(value) => Some(*value as f64),
            Self::BigInt(digits) => digits.parse().ok(),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Whether this is an integer, a float, or one of the tokens `NaN`, `Infinity`, `-Infinity`.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::BigInt(_) | Self::Float(_))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What this is, in words for a message: `an object`, `null`, `a string`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::BigInt(_) => "an integer",
            Self::Float(_) => "a float",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

#[cfg(test)]
mod tests;
