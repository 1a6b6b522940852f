//! The conversions, comparisons and string forms of JSON values in Python, which the server uses.

mod compare;
mod convert;
mod text;

pub(super) use compare::{contains, equal, less};
pub(super) use convert::to_int;
pub use convert::{to_float, truthy};
pub(super) use text::{repr, str, type_name};

use crate::prompt::Link;
use crate::{Text, Value};

/// A Python exception.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// The type: `KeyError`, `IndexError`, `TypeError`, ….
    pub kind: Text,
    /// The message. For a `KeyError`, it is the key in quotes.
    pub message: String,
}

impl Exception {
    pub(super) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind: Text::new_static(kind), message: message.into() }
    }

    pub(super) fn type_error(message: impl Into<String>) -> Self {
        Self::new("TypeError", message)
    }
}

/// Returns whether the server treats a value as a link when it runs the node: an array of a string and a number or
/// boolean.
pub(super) fn is_link(value: &Value) -> bool {
    Link::of(value).is_some()
}
