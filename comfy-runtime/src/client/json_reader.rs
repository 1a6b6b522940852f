//! Builds the tree of a JSON document while its bytes arrive, without the values that are not wanted.
//!
//! A document is never in memory as a whole: of its bytes, only the current string or number is kept. Values that are
//! not wanted, such as the prompts of other clients, are skipped, and only their structure is checked. The bounds of a
//! document count its bytes and its values, so that its tree needs at most a known amount of memory.

use comfy_schema::{JsonErrorKind, Map, Text, Value};

use super::halves::{self, Step, add_index, add_key};
use super::json_fault::JsonFault;
use super::limits::{JsonBounds, MAX_JSON_DEPTH};

/// Maximum depth at which a filter is asked. Deeper values are kept or left out with the value that contains them.
const MAX_FILTER_DEPTH: usize = 4;

/// Decides which values of a document are left out. Where an element of an array is left out, there is `null`; a member
/// of an object is left out with its key.
pub(crate) trait Filter: Sync {
    /// Returns whether the value at a path is skipped while it arrives.
    fn skips(&self, path: Path<'_>) -> bool;

    /// Returns whether an array or object is dropped when it is complete, so that it no longer takes memory.
    fn drops(&self, _path: Path<'_>, _value: &Value) -> bool {
        false
    }

    /// Learns that U+FFFD stands for half a character in the text at a path, or in this key of the object at the path.
    fn replaces(&self, _path: Path<'_>, _key: Option<&str>) {}
}

/// A filter that leaves out nothing.
#[derive(Debug)]
pub(crate) struct KeepAll;

impl Filter for KeepAll {
    fn skips(&self, _path: Path<'_>) -> bool {
        false
    }
}

impl<F: Fn(Path<'_>) -> bool + Sync> Filter for F {
    fn skips(&self, path: Path<'_>) -> bool {
        self(path)
    }
}

/// The place of a value in the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'p>(&'p [Level]);

/// A reader to which a document is given in pieces.
pub(crate) struct JsonReader<'s> {
    /// The call, for reports.
    call: &'s str,
    /// Whether every text may have lone surrogates, and not only texts that are shown.
    is_message: bool,
    filter: &'s dyn Filter,
    bounds: JsonBounds,
    /// The arrays and objects that contain the current place.
    levels: Vec<Level>,
    /// Inside of a value that is skipped: for each array and object in it, whether it is an object.
    skipped: Option<Vec<bool>>,
    expected: Expected,
    token: Token,
    /// The bytes of the current token, if it is kept.
    bytes: Vec<u8>,
    root: Option<Value>,
    /// The number of bytes that were read.
    read: u64,
    kept: Kept,
}

#[derive(Debug)]
struct Level {
    container: Container,
    /// The number of elements that have begun.
    begun: usize,
    /// The current key.
    key: Text,
    /// What was kept before the array or object began.
    before: Kept,
}

/// How much of a document is kept.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    /// The bytes of strings and numbers.
    bytes: usize,
    values: usize,
}

#[derive(Debug)]
enum Container {
    Array(Vec<Value>),
    Object(Vec<(Text, Value)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    /// Nothing: the document is complete.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    None,
    String {
        is_key: bool,
        is_escaped: bool,
    },
    /// A number, `true`, `false`, `null`, or one of Python's number tokens.
    Word,
}

/// Reads a document that is complete.
pub(crate) fn read(mut reader: JsonReader<'_>, document: &[u8]) -> Result<Value, JsonFault> {
    reader.push(document)?;
    reader.finish()
}

impl<'p> Path<'p> {
    /// Returns the number of arrays and objects that contain the value.
    pub(crate) fn depth(self) -> usize {
        self.0.len()
    }

    /// Returns the key at a depth; `None` for the element of an array.
    pub(crate) fn key(self, depth: usize) -> Option<&'p str> {
        let level = self.0.get(depth)?;
        matches!(level.container, Container::Object(_)).then_some(level.key.as_str())
    }

    /// Returns the index at a depth; `None` for the member of an object.
    pub(crate) fn index(self, depth: usize) -> Option<usize> {
        let level = self.0.get(depth)?;
        matches!(level.container, Container::Array(_)).then(|| level.begun.saturating_sub(1))
    }

    /// Returns the steps from a depth on, and the step to this key at the end.
    pub(crate) fn steps(self, from: usize, key: Option<&str>) -> Vec<Step> {
        let keys = self.depth() - usize::from(key.is_some());
        let step = |depth| match self.index(depth) {
            Some(index) => Step::Index(index),
            None => Step::Key(self.key(depth).unwrap_or_default().to_owned()),
        };
        (from..keys).map(step).chain(key.map(|key| Step::Key(key.to_owned()))).collect()
    }
}

impl<'s> JsonReader<'s> {
    /// Creates a reader of the response to a call.
    pub(crate) fn new(call: &'s str, bounds: JsonBounds, filter: &'s dyn Filter) -> Self {
        Self {
            call,
            is_message: false,
            filter,
            bounds,
            levels: Vec::new(),
            skipped: None,
            expected: Expected::Value,
            token: Token::None,
            bytes: Vec::new(),
            root: None,
            read: 0,
            kept: Kept::default(),
        }
    }

    /// Creates a reader of a message, in which every text may have lone surrogates.
    pub(crate) fn message(call: &'s str, bounds: JsonBounds, filter: &'s dyn Filter) -> Self {
        Self { is_message: true, ..Self::new(call, bounds, filter) }
    }

    /// Reads the next piece, or returns why the document is refused.
    pub(crate) fn push(&mut self, piece: &[u8]) -> Result<(), JsonFault> {
        let mut rest = piece;
        while !rest.is_empty() {
            let used = match self.token {
                Token::None => self.structure(rest[0])?,
                Token::String { is_key, is_escaped } => self.string(rest, is_key, is_escaped)?,
                Token::Word => self.word(rest)?,
            };
            self.read += used as u64;
            if self.read > self.bounds.bytes {
                return Err(self.bounds.too_many_bytes());
            }
            rest = &rest[used..];
        }
        Ok(())
    }

    /// Returns the document after its last byte.
    pub(crate) fn finish(mut self) -> Result<Value, JsonFault> {
        if self.token == Token::Word {
            self.end_word()?;
        }
        match self.root {
            Some(root) if self.expected == Expected::Nothing => Ok(root),
            _ if self.read == 0 => Err("expected JSON, found an empty body".to_owned().into()),
            _ => Err(format!("the JSON document ends early, after {} bytes", self.read).into()),
        }
    }

    /// Reads one byte between tokens. Returns the number of bytes that were used: 0 for the first byte of a word.
    fn structure(&mut self, byte: u8) -> Result<usize, JsonFault> {
        use Expected as E;
        match (byte, self.expected) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => {}
            (b'"', E::Key | E::KeyOrEnd) => self.token = Token::String { is_key: true, is_escaped: false },
            (b'"', E::Value | E::ValueOrEnd) => {
                self.begin()?;
                self.keep(b"\"")?;
                self.token = Token::String { is_key: false, is_escaped: false };
            }
            (b'{' | b'[', E::Value | E::ValueOrEnd) => self.open(byte == b'{')?,
            (b'}', E::KeyOrEnd) | (b']', E::ValueOrEnd) => self.close()?,
            (b'}' | b']', E::CommaOrEnd) if self.in_object() == (byte == b'}') => self.close()?,
            (b',', E::CommaOrEnd) => self.expected = if self.in_object() { E::Key } else { E::Value },
            (b':', E::Colon) => self.expected = E::Value,
            (b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z', E::Value | E::ValueOrEnd) => {
                self.begin()?;
                self.token = Token::Word;
                return Ok(0);
            }
            _ => return Err(self.unexpected(byte).into()),
        }
        Ok(1)
    }

    /// Reads the part of a string that a piece holds, and returns its length.
    fn string(&mut self, piece: &[u8], is_key: bool, is_escaped: bool) -> Result<usize, JsonFault> {
        if is_escaped {
            self.keep(&piece[..1])?;
            self.token = Token::String { is_key, is_escaped: false };
            return Ok(1);
        }
        let end = piece.iter().position(|byte| matches!(byte, b'"' | b'\\'));
        let used = end.map_or(piece.len(), |end| end + 1);
        self.keep(&piece[..used])?;
        match end.map(|end| piece[end]) {
            None => {}
            Some(b'\\') => self.token = Token::String { is_key, is_escaped: true },
            Some(_) if is_key => self.end_key()?,
            Some(_) => {
                let value = self.scalar(false)?;
                self.end(value);
            }
        }
        Ok(used)
    }

    /// Reads the part of a word that a piece holds, and returns its length.
    fn word(&mut self, piece: &[u8]) -> Result<usize, JsonFault> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        let end = piece.iter().position(|byte| !is_part(byte));
        let used = end.unwrap_or(piece.len());
        self.keep(&piece[..used])?;
        if end.is_some() {
            self.end_word()?;
        }
        Ok(used)
    }

    fn end_word(&mut self) -> Result<(), JsonFault> {
        let value = self.scalar(false)?;
        self.end(value);
        Ok(())
    }

    /// Returns the value of the current token; `None` if it is skipped.
    fn scalar(&mut self, is_key: bool) -> Result<Option<Value>, JsonFault> {
        self.token = Token::None;
        if self.skipped.is_some() {
            return Ok(None);
        }
        let value = match Value::parse(&self.bytes) {
            Ok(value) => value,
            Err(error) if error.kind == JsonErrorKind::Surrogate => self.replaced(is_key)?,
            Err(error) => {
                return Err(format!("{} near byte {}", error.reason, self.read + self.bytes.len() as u64).into());
            }
        };
        self.bytes.clear();
        Ok(Some(value))
    }

    /// Returns the current text with U+FFFD in place of lone surrogates, or an error where that is not allowed.
    fn replaced(&self, is_key: bool) -> Result<Value, JsonFault> {
        let text = Value::parse_lossy(&self.bytes, |_| true).map_err(|error| error.reason)?;
        let mut place = String::new();
        for level in &self.levels {
            match &level.container {
                Container::Array(_) => add_index(&mut place, level.begun.saturating_sub(1)),
                Container::Object(_) => add_key(&mut place, &level.key),
            }
        }
        if let Some(key) = text.as_str().filter(|_| is_key) {
            add_key(&mut place, key);
        }
        let objects = self.levels.iter().filter(|level| matches!(level.container, Container::Object(_)));
        if self.is_message || halves::is_shown_only(objects.map(|level| level.key.as_str())) {
            halves::report(self.call, &place);
            self.filter.replaces(Path(&self.levels), text.as_str().filter(|_| is_key));
            return Ok(text);
        }
        let kind = if is_key { "key" } else { "text" };
        Err(format!("half a character (a lone surrogate) in the {kind} `{place}`").into())
    }

    fn end_key(&mut self) -> Result<(), JsonFault> {
        self.expected = Expected::Colon;
        if self.skipped.is_some() {
            self.token = Token::None;
            return Ok(());
        }
        // The quote at the beginning of a key is not kept, because a skipped key has none.
        self.bytes.insert(0, b'"');
        if let Some(Value::String(key)) = self.scalar(true)?
            && let Some(level) = self.levels.last_mut()
        {
            level.key = key;
        }
        Ok(())
    }

    /// Begins a value, which is counted, or skipped as a whole.
    fn begin(&mut self) -> Result<(), JsonFault> {
        if self.skipped.is_some() {
            return Ok(());
        }
        if let Some(level) = self.levels.last_mut() {
            level.begun += 1;
        }
        self.kept.values += 1;
        if self.kept.values > self.bounds.values {
            return Err(self.bounds.too_many_values());
        }
        if self.levels.len() <= MAX_FILTER_DEPTH && self.filter.skips(Path(&self.levels)) {
            self.skipped = Some(Vec::new());
        }
        Ok(())
    }

    /// Ends a value, and adds it to the one that contains it.
    fn end(&mut self, value: Option<Value>) {
        if self.skipped.as_ref().is_some_and(|inner| !inner.is_empty()) {
            self.expected = Expected::CommaOrEnd;
            return;
        }
        self.skipped = None;
        self.expected = Expected::CommaOrEnd;
        match (self.levels.last_mut(), value) {
            (None, value) => {
                self.root = Some(value.unwrap_or(Value::Null));
                self.expected = Expected::Nothing;
            }
            (Some(Level { container: Container::Array(values), .. }), value) => {
                values.push(value.unwrap_or(Value::Null));
            }
            (Some(Level { container: Container::Object(members), key, .. }), Some(value)) => {
                members.push((std::mem::take(key), value));
            }
            (Some(_), None) => {}
        }
    }

    fn open(&mut self, is_object: bool) -> Result<(), JsonFault> {
        self.begin()?;
        let depth = self.levels.len() + self.skipped.as_ref().map_or(0, Vec::len);
        if depth >= MAX_JSON_DEPTH {
            return Err(format!("arrays and objects are nested more than {MAX_JSON_DEPTH} levels deep").into());
        }
        self.expected = if is_object { Expected::KeyOrEnd } else { Expected::ValueOrEnd };
        if let Some(inner) = &mut self.skipped {
            inner.push(is_object);
            return Ok(());
        }
        let container = if is_object { Container::Object(Vec::new()) } else { Container::Array(Vec::new()) };
        self.levels.push(Level { container, begun: 0, key: Text::default(), before: self.kept });
        Ok(())
    }

    fn close(&mut self) -> Result<(), JsonFault> {
        if let Some(inner) = &mut self.skipped {
            inner.pop();
            self.end(None);
            return Ok(());
        }
        let Some(level) = self.levels.pop() else {
            return Err("unexpected end of an array or object".to_owned().into());
        };
        let value = match level.container {
            Container::Array(mut values) => {
                values.shrink_to_fit();
                Value::Array(values)
            }
            Container::Object(members) => Value::Object(Map::from_iter(members)),
        };
        if self.levels.len() <= MAX_FILTER_DEPTH && self.filter.drops(Path(&self.levels), &value) {
            self.kept = level.before;
            self.end(None);
        } else {
            self.end(Some(value));
        }
        Ok(())
    }

    /// Returns whether the current place is a member of an object.
    fn in_object(&self) -> bool {
        match self.skipped.as_ref().and_then(|inner| inner.last()) {
            Some(is_object) => *is_object,
            None => matches!(self.levels.last(), Some(Level { container: Container::Object(_), .. })),
        }
    }

    /// Keeps bytes of the current token, unless it is skipped.
    fn keep(&mut self, bytes: &[u8]) -> Result<(), JsonFault> {
        if self.skipped.is_some() {
            return Ok(());
        }
        self.kept.bytes += bytes.len();
        if self.kept.bytes > self.bounds.kept {
            return Err(self.bounds.too_many_kept());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn unexpected(&self, byte: u8) -> String {
        if byte == b'<' && self.expected == Expected::Value && self.levels.is_empty() {
            return "expected JSON, found an HTML page; is this the URL of a ComfyUI server?".to_owned();
        }
        let expected = match self.expected {
            Expected::Value | Expected::ValueOrEnd => "a JSON value",
            Expected::Key | Expected::KeyOrEnd => "a key",
            Expected::Colon => "`:`",
            Expected::CommaOrEnd => "`,` or the end of the array or object",
            Expected::Nothing => "the end of the JSON document",
        };
        format!("expected {expected} at byte {}, found `{}`", self.read + 1, char::from(byte).escape_default())
    }
}

#[cfg(test)]
mod tests;
