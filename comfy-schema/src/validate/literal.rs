//! Literals: unwrapping, conversion, and comparison with the bounds and options of the input.

use super::error::NodeErrorKind;
use super::python::{self, Exception};
use crate::{ComboSpelling, InputDef, InputKind, InputOptions, Value};

/// An error of a literal.
pub(super) struct Wrong {
    pub(super) kind: NodeErrorKind,
    /// The exception of a failed conversion.
    pub(super) exception: Option<Exception>,
}

impl Wrong {
    fn new(kind: NodeErrorKind) -> Self {
        Self { kind, exception: None }
    }
}

/// Unwraps and converts a literal in place.
pub(super) fn convert(input: &InputDef, value: &mut Value) -> Result<(), Wrong> {
    if let Value::Object(map) = value
        && let Some(inner) = map.remove("__value__")
    {
        *value = inner;
    }
    let converted = match (&input.kind, &*value) {
        (InputKind::Int, Value::Int(_))
        | (InputKind::Float, Value::Float(_))
        | (InputKind::String, Value::String(_))
        | (InputKind::Boolean, Value::Bool(_)) => return Ok(()),
        (InputKind::Int, _) => python::to_int(value),
        (InputKind::Float, _) => python::to_float(value),
        (InputKind::String, _) => Ok(Value::from(python::str(value))),
        (InputKind::Boolean, _) => Ok(Value::Bool(python::truthy(value))),
        _ => return Ok(()),
    };
    *value =
        converted.map_err(|exception| Wrong { kind: NodeErrorKind::InvalidInputType, exception: Some(exception) })?;
    Ok(())
}

/// Compares a converted literal with the input's bounds and options. Returns the exception that Python raises if a
/// bound and the literal cannot be compared.
pub(super) fn compare(input: &InputDef, value: &Value) -> Result<Option<Wrong>, Exception> {
    let options = options(input);
    if let Some(min) = options.and_then(|options| options.get("min"))
        && python::less(value, min, '<')?
    {
        return Ok(Some(Wrong::new(NodeErrorKind::ValueSmallerThanMin)));
    }
    if let Some(max) = options.and_then(|options| options.get("max"))
        && python::less(max, value, '>')?
    {
        return Ok(Some(Wrong::new(NodeErrorKind::ValueBiggerThanMax)));
    }
    Ok(not_in_list(input, value).then(|| Wrong::new(NodeErrorKind::ValueNotInList)))
}

/// Returns the options of an input, unless its specification was not understood.
fn options(input: &InputDef) -> Option<&InputOptions> {
    match input.kind {
        InputKind::Raw(_) => None,
        _ => Some(&input.options),
    }
}

fn not_in_list(input: &InputDef, value: &Value) -> bool {
    let InputKind::Combo(combo) = &input.kind else { return false };
    // Newer servers leave the check of these combos to the class.
    if combo.spelling == ComboSpelling::Word && input.options.get("remote_combo").is_some() {
        return false;
    }
    let multiselect = combo.multiselect || input.options.get("multiselect").is_some_and(python::truthy);
    let known = |value: &Value| combo.values.iter().any(|option| python::equal(option, value));
    match value {
        Value::Array(values) if multiselect => !values.iter().all(known),
        value => !known(value),
    }
}
