//! Finds and replaces lone surrogates.
//!
//! Python writes half a character as a lone surrogate (`"\ud83d"`): a byte of a file name that is not UTF-8, or an emoji
//! that a program cut in two. A Rust string cannot hold one. What reads a document decides at which places U+FFFD may
//! stand for it; at all others it is an error.

use std::fmt::{self, Display, Formatter};

use jiter::{Jiter, JiterError, Peek};

use super::read::{JsonError, JsonErrorKind};
use crate::Text;
use crate::shown::escaped;

/// The escape of the replacement character. It is as long as the escape that it replaces, so that positions do not
/// change.
const REPLACEMENT: &str = "\\ufffd";

/// The place of a string that has a lone surrogate, for [`Value::parse_lossy`](super::Value::parse_lossy).
#[derive(Debug, Clone, Copy)]
pub struct LoneSurrogate<'p> {
    path: &'p [Step],
    is_key: bool,
    line: usize,
    column: usize,
}

/// A step of the path to a value in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The member of an object with this key.
    Key(Text),
    /// The element of an array at this index.
    Index(usize),
}

impl Step {
    /// Returns the key, if this is the step to a member of an object.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

impl<'p> LoneSurrogate<'p> {
    /// Returns the path to the string. If the string is a key, the path ends with it. In the keys of a path, U+FFFD
    /// stands for lone surrogates.
    pub const fn path(&self) -> &'p [Step] {
        self.path
    }

    /// Returns whether the string is a key.
    pub const fn is_key(&self) -> bool {
        self.is_key
    }

    /// Returns the line of the first lone surrogate in the string, from 1.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the first lone surrogate in the string, in bytes and from 1.
    pub const fn column(&self) -> usize {
        self.column
    }

    fn error(&self) -> JsonError {
        let kind = if self.is_key { "key" } else { "text" };
        let reason = format!("half a character (a lone surrogate) in the {kind} `{self}`");
        JsonError { kind: JsonErrorKind::Surrogate, reason, line: self.line, column: self.column }
    }
}

/// Writes the path: `KSampler.input.required.seed[1].tooltip`. The path of a text that is the whole document is empty.
impl Display for LoneSurrogate<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, step) in self.path.iter().enumerate() {
            match step {
                Step::Key(key) if at == 0 => write!(f, "{}", escaped(key))?,
                Step::Key(key) => write!(f, ".{}", escaped(key))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A JSON text in which U+FFFD stands for every lone surrogate.
pub(crate) struct Replaced {
    pub(crate) text: String,
    /// The byte positions of the replaced escapes, ascending.
    at: Vec<usize>,
}

/// Replaces every escaped lone surrogate of a JSON text by an escaped U+FFFD.
pub(crate) fn replace_lone_surrogates(json: &str) -> Replaced {
    let mut text = String::with_capacity(json.len());
    let mut at = Vec::new();
    let mut rest = json;
    while let Some(escape) = rest.find('\\') {
        text.push_str(&rest[..escape]);
        rest = &rest[escape..];
        let length = match unit(rest) {
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                at.push(text.len());
                text.push_str(REPLACEMENT);
                rest = &rest[6..];
                continue;
            }
            // Any other escape: skip the backslash and the next character, so that `\\u` is not taken for `\u`.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        text.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    text.push_str(rest);
    Replaced { text, at }
}

/// Returns the UTF-16 unit of the escape `\uXXXX` at the start of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` accepts a sign.
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_hexadecimal)
}

impl Replaced {
    /// Asks for every string with a lone surrogate, in the order of the text, whether it may be replaced there. The text
    /// must be JSON that was parsed before, because its nesting is not checked again.
    ///
    /// # Errors
    ///
    /// Returns an error with the place of the first string that may not be replaced.
    pub(crate) fn check(&self, allows: &mut dyn FnMut(&LoneSurrogate<'_>) -> bool) -> Result<(), JsonError> {
        let jiter = Jiter::new(self.text.as_bytes()).with_allow_inf_nan();
        let (line, line_start) = (1, 0);
        let mut walk =
            Walk { jiter, text: &self.text, at: &self.at, path: Vec::new(), line, line_start, counted: 0, allows };
        match walk.next() {
            Err(Stop::Refused(error)) => Err(error),
            // The text was parsed before, so that it has no mistake.
            Err(Stop::Malformed) | Ok(()) => Ok(()),
        }
    }
}

/// A pass over the text that follows the paths of strings.
struct Walk<'t> {
    jiter: Jiter<'t>,
    text: &'t str,
    /// The positions of lone surrogates that were not passed yet.
    at: &'t [usize],
    path: Vec<Step>,
    /// The line at the position up to which lines were counted, and where that line starts.
    line: usize,
    line_start: usize,
    counted: usize,
    allows: &'t mut dyn FnMut(&LoneSurrogate<'_>) -> bool,
}

/// The reason why a pass ends early.
enum Stop {
    Refused(JsonError),
    Malformed,
}

impl From<JiterError> for Stop {
    fn from(_: JiterError) -> Self {
        Self::Malformed
    }
}

impl Walk<'_> {
    fn next(&mut self) -> Result<(), Stop> {
        let peek = self.jiter.peek()?;
        self.value(peek)
    }

    fn value(&mut self, peek: Peek) -> Result<(), Stop> {
        match peek {
            Peek::Array => return self.array(),
            Peek::Object => return self.object(),
            Peek::Null => self.jiter.known_null()?,
            Peek::True | Peek::False => _ = self.jiter.known_bool(peek)?,
            Peek::String => {
                self.jiter.known_str()?;
                return self.string(false);
            }
            _ => _ = self.jiter.known_number_bytes(peek)?,
        }
        Ok(())
    }

    fn array(&mut self) -> Result<(), Stop> {
        let mut next = self.jiter.known_array()?;
        let mut index = 0;
        while let Some(peek) = next {
            self.path.push(Step::Index(index));
            self.value(peek)?;
            self.path.pop();
            index += 1;
            next = self.jiter.array_step()?;
        }
        Ok(())
    }

    fn object(&mut self) -> Result<(), Stop> {
        let mut key = self.jiter.next_object()?.map(Text::new);
        while let Some(name) = key {
            self.path.push(Step::Key(name));
            self.string(true)?;
            self.next()?;
            self.path.pop();
            key = self.jiter.next_key()?.map(Text::new);
        }
        Ok(())
    }

    /// Reports the string that was just read, if it has a lone surrogate.
    fn string(&mut self, is_key: bool) -> Result<(), Stop> {
        let end = self.jiter.current_index();
        let inside = self.at.partition_point(|&at| at < end);
        let (found, rest) = self.at.split_at(inside);
        self.at = rest;
        let Some(&first) = found.first() else { return Ok(()) };
        self.count_lines(first);
        let (line, column) = (self.line, first - self.line_start + 1);
        let place = LoneSurrogate { path: &self.path, is_key, line, column };
        if (self.allows)(&place) { Ok(()) } else { Err(Stop::Refused(place.error())) }
    }

    fn count_lines(&mut self, until: usize) {
        let passed = self.text.as_bytes().get(self.counted..until).unwrap_or_default();
        for (at, _) in passed.iter().enumerate().filter(|&(_, &byte)| byte == b'\n') {
            self.line += 1;
            self.line_start = self.counted + at + 1;
        }
        self.counted = until;
    }
}
