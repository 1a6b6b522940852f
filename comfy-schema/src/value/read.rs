//! Parses JSON text.

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};
use thiserror::Error;

use super::{Map, Value};
use crate::Text;
use crate::limits::MAX_JSON_DEPTH;

/// The error for a text that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason} at line {line} column {column}")]
#[non_exhaustive]
pub struct JsonError {
    /// The kind of error.
    pub kind: JsonErrorKind,
    /// The description of the error.
    pub reason: String,
    /// The line, from 1. In UTF-16 input, line and column are those of the text decoded to UTF-8.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
}

/// The kind of a [`JsonError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// The text is neither UTF-8 nor UTF-16.
    Encoding,
    /// The text is cut off.
    Truncated,
    /// Other text follows the value.
    Trailing,
    /// The value is nested more than 200 levels deep.
    TooDeep,
    /// The value would take more memory than [`Value::parse_within`] was given.
    TooLarge,
    /// A string or a key has an escaped surrogate without its partner. The reason names its place.
    Surrogate,
    /// The text has any other mistake.
    Syntax,
}

/// The memory of an allocation in addition to its content, in bytes.
const ALLOCATION: usize = 16;

/// The memory of an element of an array, in bytes.
const ELEMENT: usize = size_of::<Value>();

/// The memory of a member of an object, in bytes.
const MEMBER: usize = size_of::<(Text, Value)>();

/// Parses one document, whose value may take `max_memory` bytes.
pub(super) fn document(text: &str, max_memory: usize) -> Result<Value, JsonError> {
    let mut reader = Reader::new(text);
    reader.memory = max_memory;
    let value = reader.value(MAX_JSON_DEPTH)?;
    reader.finish()?;
    Ok(value)
}

/// A reader that parses the values of a text one after another.
pub(crate) struct Reader<'t> {
    jiter: Jiter<'t>,
    text: &'t str,
    /// The keys that occurred twice in one object since this list was last taken.
    pub(crate) duplicates: Vec<Text>,
    /// The number of bytes of memory that values may still take.
    memory: usize,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            jiter: Jiter::new(text.as_bytes()).with_allow_inf_nan(),
            text,
            duplicates: Vec::new(),
            memory: usize::MAX,
        }
    }

    /// Enters the next object and reads its first key. Returns `None` if it is empty.
    pub(crate) fn first_key(&mut self) -> Result<Option<Text>, JsonError> {
        let key = self.jiter.next_object().map(|key| key.map(Text::new));
        key.map_err(|error| self.error(&error))
    }

    /// Reads the next key of the current object. Returns `None` at its end.
    pub(crate) fn next_key(&mut self) -> Result<Option<Text>, JsonError> {
        let key = self.jiter.next_key().map(|key| key.map(Text::new));
        key.map_err(|error| self.error(&error))
    }

    /// Checks that no other text follows.
    pub(crate) fn finish(&mut self) -> Result<(), JsonError> {
        self.jiter.finish().map_err(|error| self.error(&error))
    }

    /// Reads the next value, which may be nested `depth` levels deep.
    pub(crate) fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        let peek = self.jiter.peek().map_err(|error| self.error(&error))?;
        self.known(peek, depth)
    }

    fn known(&mut self, peek: Peek, depth: usize) -> Result<Value, JsonError> {
        let scalar = match peek {
            Peek::Array => return self.array(depth),
            Peek::Object => return self.object(depth),
            Peek::Null => self.jiter.known_null().map(|()| Value::Null),
            Peek::True | Peek::False => self.jiter.known_bool(peek).map(Value::Bool),
            Peek::String => return self.string(),
            _ => self.jiter.known_number_bytes(peek).map(number),
        };
        scalar.map_err(|error| self.error(&error))
    }

    fn string(&mut self) -> Result<Value, JsonError> {
        let text = self.jiter.known_str().map(Text::new).map_err(|error| self.error(&error))?;
        self.take_memory(heap(&text))?;
        Ok(Value::String(text))
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        let depth = self.deeper(depth)?;
        let mut values = Vec::new();
        let mut next = self.jiter.known_array().map_err(|error| self.error(&error))?;
        self.take_memory(ALLOCATION)?;
        while let Some(peek) = next {
            self.take_memory(ELEMENT)?;
            values.push(self.known(peek, depth)?);
            next = self.jiter.array_step().map_err(|error| self.error(&error))?;
        }
        values.shrink_to_fit();
        Ok(Value::Array(values))
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        let depth = self.deeper(depth)?;
        let mut map = Map::new();
        let mut key = self.first_key()?;
        self.take_memory(ALLOCATION)?;
        while let Some(name) = key {
            self.take_memory(MEMBER + heap(&name))?;
            map.push_unchecked(name, self.value(depth)?);
            key = self.next_key()?;
        }
        self.duplicates.extend(map.drop_earlier_duplicates());
        map.shrink();
        Ok(Value::Object(map))
    }

    /// Counts memory that a value takes.
    fn take_memory(&mut self, bytes: usize) -> Result<(), JsonError> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => {
                let reason = "the document takes too much memory".to_owned();
                Err(self.error_at(self.jiter.current_index(), JsonErrorKind::TooLarge, reason))
            }
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        depth.checked_sub(1).ok_or_else(|| {
            let reason = format!("arrays and objects are nested more than {MAX_JSON_DEPTH} levels deep");
            self.error_at(self.jiter.current_index(), JsonErrorKind::TooDeep, reason)
        })
    }

    fn error(&self, error: &JiterError) -> JsonError {
        use JsonErrorType as E;
        let JiterErrorType::JsonError(error_type) = &error.error_type else {
            return self.error_at(error.index, JsonErrorKind::Syntax, error.error_type.to_string());
        };
        let kind = match error_type {
            E::EofWhileParsingList | E::EofWhileParsingObject | E::EofWhileParsingString | E::EofWhileParsingValue => {
                JsonErrorKind::Truncated
            }
            // A text that is cut off inside `true` or inside an escape fails at its very end.
            _ if error.index >= self.text.len() => JsonErrorKind::Truncated,
            // The second is the error if no other escape follows the surrogate.
            E::LoneLeadingSurrogateInHexEscape | E::UnexpectedEndOfHexEscape => JsonErrorKind::Surrogate,
            E::TrailingCharacters => JsonErrorKind::Trailing,
            _ => JsonErrorKind::Syntax,
        };
        self.error_at(error.index, kind, error_type.to_string())
    }

    fn error_at(&self, index: usize, kind: JsonErrorKind, reason: String) -> JsonError {
        let (line, column) = position(self.text.as_bytes(), index);
        JsonError { kind, reason, line, column }
    }
}

/// Returns the line and the column, in bytes and both from 1, of a byte index.
pub(crate) fn position(bytes: &[u8], index: usize) -> (usize, usize) {
    let before = &bytes[..index.min(bytes.len())];
    let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let line = before.split(|&byte| byte == b'\n').count();
    (line, before.len() - line_start + 1)
}

/// Returns the memory that a text takes outside of its value. Texts of up to 23 bytes are stored in place.
fn heap(text: &str) -> usize {
    if text.len() <= 23 { 0 } else { text.len() + ALLOCATION }
}

/// Converts the text of a number, whose syntax `jiter` has checked.
fn number(bytes: &[u8]) -> Value {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    match text {
        "NaN" => return Value::Float(f64::NAN),
        "Infinity" => return Value::Float(f64::INFINITY),
        "-Infinity" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    if text.contains(['.', 'e', 'E']) {
        return Value::Float(text.parse().unwrap_or(f64::NAN));
    }
    text.parse().map_or_else(|_| Value::BigInt(Text::new(text)), Value::Int)
}
