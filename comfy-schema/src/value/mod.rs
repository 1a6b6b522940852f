//! JSON values as Python writes them: exact integers, and the tokens `NaN`, `Infinity` and `-Infinity`.

mod convert;
mod decode;
mod display;
pub mod map;
pub(crate) mod read;
#[cfg(feature = "serde")]
mod serde;
mod surrogate;

pub(crate) use decode::decode;
pub(crate) use display::string as write_string;
pub use map::Map;
pub use read::{JsonError, JsonErrorKind};
pub(crate) use surrogate::replace_lone_surrogates;
pub use surrogate::{LoneSurrogate, Step};

use crate::Text;

/// A JSON value as a ComfyUI server may send it.
///
/// Unlike `serde_json::Value`, it keeps integers of any size exactly and holds the three number tokens that Python's
/// encoder writes and JSON forbids. Objects keep the order of their keys.
///
/// With the feature `serde`, a value implements `Serialize` and `Deserialize`. Integers of up to 64 bits, the order of
/// keys, and the difference between `1` and `1.0` survive every format that has them. Longer integers depend on the
/// format: `serde_json` writes up to 128 bits exactly and reads more than 64 bits as a float, unless its feature
/// `arbitrary_precision` is on; beyond 128 bits, serializing fails. The number tokens depend on the format too:
/// `serde_json` writes `null` for them. Deserializing fails beyond 200 levels of nesting. Of these limits,
/// [`Value::parse`] has only the one on nesting, and the [`Display`](std::fmt::Display) implementation has none.
///
/// Two values are equal if they are the same document: the order of an object's keys does not count, `1` is not equal
/// to `1.0`, and `NaN` is equal to `NaN`.
#[derive(Debug, Clone)]
pub enum Value {
    /// The value `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer of up to 128 bits. The bounds of core nodes lie within `-u64::MAX` and `u64::MAX`.
    Int(i128),
    /// An integer of more than 128 bits, in decimal digits with an optional leading minus.
    BigInt(Text),
    /// A number with a fraction or an exponent, or `NaN`, `Infinity`, `-Infinity`.
    Float(f64),
    /// A string.
    String(Text),
    /// An array.
    Array(Vec<Value>),
    /// An object. If a key occurs several times, its last value counts, as in Python.
    Object(Map),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            // A document that is written and parsed again must be equal, so NaN must be equal to itself.
            (Self::Float(a), Self::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
            (Self::BigInt(a), Self::BigInt(b)) | (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl Value {
    /// Parses one JSON document: UTF-8 or UTF-16, with or without a byte order mark, with Python's number tokens.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not JSON, if something follows the document, if it is nested more than 200
    /// levels deep, or if a string or key has a lone surrogate (`"\udce9"`, which Python writes for half a character).
    /// No string can hold that, and the error has its place.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        Self::parse_lossy(bytes, |_| false)
    }

    /// Parses one JSON document as [`parse`](Self::parse) does, if its value takes at most `max_memory` bytes.
    ///
    /// Without this limit, a value takes at most [`MAX_JSON_MEMORY_RATIO`](crate::limits::MAX_JSON_MEMORY_RATIO) times as
    /// many bytes as its text, which is much for a text that was compressed.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`parse`](Self::parse), and one of the kind [`JsonErrorKind::TooLarge`] beyond the limit.
    pub fn parse_within(bytes: &[u8], max_memory: usize) -> Result<Self, JsonError> {
        Self::parse_with(bytes, max_memory, &mut |_| false)
    }

    /// Parses like [`parse`](Self::parse), and asks for each string or key with lone surrogates whether U+FFFD may stand
    /// for them.
    ///
    /// Texts that are shown to people may be replaced, as long as they are told. Names and values must not: another
    /// value would be sent, or another file be asked for.
    ///
    /// ```
    /// use comfy_schema::Value;
    ///
    /// let json = br#"{"message": "caf\ud83d", "name": "a.png"}"#;
    /// let mut replaced = Vec::new();
    /// let value = Value::parse_lossy(json, |at| {
    ///     replaced.push(at.to_string());
    ///     at.path().last().and_then(|step| step.key()) == Some("message")
    /// })?;
    /// assert_eq!(value.to_string(), "{\"message\":\"caf\u{fffd}\",\"name\":\"a.png\"}");
    /// assert_eq!(replaced, ["message"]);
    /// # Ok::<(), comfy_schema::JsonError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`parse`](Self::parse), and for a lone surrogate only where `allows` returns `false`.
    pub fn parse_lossy(bytes: &[u8], mut allows: impl FnMut(&LoneSurrogate<'_>) -> bool) -> Result<Self, JsonError> {
        Self::parse_with(bytes, usize::MAX, &mut allows)
    }

    fn parse_with(
        bytes: &[u8],
        max_memory: usize,
        allows: &mut dyn FnMut(&LoneSurrogate<'_>) -> bool,
    ) -> Result<Self, JsonError> {
        let text = decode(bytes)?;
        match read::document(&text, max_memory) {
            Err(error) if error.kind == JsonErrorKind::Surrogate => {
                let replaced = replace_lone_surrogates(&text);
                let value = read::document(&replaced.text, max_memory)?;
                replaced.check(allows)?;
                Ok(value)
            }
            read => read,
        }
    }

    /// Returns the text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean, if this is a boolean. Numbers do not count as booleans.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the number as an integer, if it is an integer or a float without a fraction (`1.0`) and fits in 128
    /// bits.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Float(value) => convert::whole(*value),
            _ => None,
        }
    }

    /// Returns whether every number in this value is finite. JSON has no other numbers.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Float(number) => number.is_finite(),
            Self::Array(values) => values.iter().all(Self::is_finite),
            Self::Object(map) => map.iter().all(|(_, value)| value.is_finite()),
            _ => true,
        }
    }

    /// Returns the number as the nearest float. Integers beyond 2^53 lose digits, and those beyond the range of floats
    /// are infinite.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "the method returns the nearest float")]
            Self::Int(value) => Some(*value as f64),
            Self::BigInt(digits) => digits.parse().ok(),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    /// Returns the members, if this is an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// Returns whether this is a number: an integer, a float, or one of the tokens `NaN`, `Infinity` and `-Infinity`.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::BigInt(_) | Self::Float(_))
    }

    /// Returns whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns the kind of this value in words for a message: `an object`, `null`, `a string`.
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
