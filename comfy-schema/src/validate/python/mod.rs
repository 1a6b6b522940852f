//! What Python makes of JSON values: the server converts, compares and prints them as Python does.

mod compare;
mod convert;
mod text;

pub(super) use compare::{contains, equal, less};
pub(super) use convert::to_int;
pub use convert::{to_float, truthy};
pub(super) use text::{repr, str, type_name};

use crate::prompt::Link;
use crate::{Text, Value};

/// A Python exception: its type and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// `KeyError`, `IndexError`, `TypeError`, …
    pub kind: Text,
    /// Its text; a `KeyError`'s is the key in quotes.
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

/// Returns whether the server's execution takes a value for a link.
pub(super) fn is_link(value: &Value) -> bool {
    Link::of(value).is_some()
}
