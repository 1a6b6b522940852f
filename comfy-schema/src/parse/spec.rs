//! The parts of an input's specification: `[type, options]`.

use super::report::{Place, Report};
use crate::model::Shape;
use crate::{InputOptions, Text, Value};

/// The first entry of a specification.
pub(super) enum Head {
    /// A type word.
    Word(Text),
    /// The values of a combo in the classic spelling.
    Values(Vec<Value>),
}

/// The parts of a specification.
pub(super) struct Parts {
    pub(super) head: Head,
    pub(super) options: InputOptions,
    /// The whole specification, if `head` and `options` do not reproduce it.
    pub(super) raw: Option<Value>,
}

/// Splits a specification into its parts. Returns the specification unchanged as the error if it has no type.
pub(super) fn take_apart(at: &Place<'_>, spec: Value, report: &mut Report) -> Result<Parts, Value> {
    let items = match spec {
        Value::Array(items) => items,
        Value::String(word) if !word.trim().is_empty() => {
            report.add(at, "expected an array of type and options, found the type word alone");
            return Ok(Parts { head: Head::Word(word), options: InputOptions::none(Shape::Bare), raw: None });
        }
        other => {
            report.expected(at, "an array of type and options", &other);
            return Err(other);
        }
    };
    let raw = match items.as_slice() {
        [_] | [_, Value::Object(_)] => None,
        [] => {
            report.add(at, "expected an array of type and options, found an empty array");
            return Err(Value::Array(items));
        }
        [_, Value::Object(_), ..] => {
            report.add(at, format_args!("expected type and options, found {} entries", items.len()));
            Some(Value::Array(items.clone()))
        }
        [_, options, ..] => {
            report.expected(&at.index(1), "an object of options", options);
            Some(Value::Array(items.clone()))
        }
    };
    let mut rest = items.into_iter();
    let head = match rest.next() {
        Some(Value::String(word)) if !word.trim().is_empty() => Head::Word(word),
        Some(Value::Array(values)) => Head::Values(values),
        first => {
            let found = first.as_ref().map_or("nothing", Value::kind_name);
            report.add(&at.index(0), format_args!("expected a type word or an array of values, found {found}"));
            return Err(raw.unwrap_or_else(|| Value::Array(first.into_iter().chain(rest).collect())));
        }
    };
    let options = match rest.next() {
        Some(Value::Object(map)) => InputOptions::new(map),
        _ => InputOptions::none(Shape::Alone),
    };
    Ok(Parts { head, options, raw })
}
