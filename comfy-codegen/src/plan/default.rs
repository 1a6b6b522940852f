//! The defaults that are sent for inputs that are not given, and the bounds that the server checks.

use comfy_schema::shown::shortened_value;
use comfy_schema::{ComboDef, InputDef, InputKind, Text, Value};

use super::model::Bound;
use super::path::Path;
use super::{Context, combo};
use crate::limits::MAX_VALUE_LEN;

/// The inclusive bounds of an input, which the server checks for every literal.
pub(super) struct Bounds {
    pub(super) min: Option<Bound>,
    pub(super) max: Option<Bound>,
}

/// Returns the bounds of a number, or of a union that accepts numbers. Other inputs have none.
pub(super) fn bounds(input: &InputDef, path: Path<'_>, context: &mut Context<'_, '_>) -> Bounds {
    let whole = match &input.kind {
        InputKind::Int => true,
        InputKind::Float => false,
        InputKind::Union(words) if has_word(words, "INT") || has_word(words, "FLOAT") => false,
        _ => return Bounds { min: None, max: None },
    };
    let mut bound = |key: &str| {
        let value = input.options.get(key).filter(|value| !value.is_null())?;
        let bound = read_bound(value, whole);
        // A bound that is not a number is reported when the schema is parsed.
        if bound.is_none() && value.is_number() {
            context.warn(path, format_args!("invalid bound {value} for `{key}`; it is ignored"));
        }
        bound
    };
    Bounds { min: bound("min"), max: bound("max") }
}

fn read_bound(value: &Value, whole: bool) -> Option<Bound> {
    if whole && let Some(value) = value.as_i128() {
        return Some(Bound::Int(value));
    }
    let number = value.as_f64().filter(|number| number.is_finite())?;
    Some(Bound::Float(number, value.to_string()))
}

/// Returns the JSON of an input's default, exactly as it is sent, if the server would accept it.
///
/// Defaults that contradict their own definition are reported when the schema is parsed. The warning here states the
/// consequence: a required input must be given.
pub(super) fn default(
    input: &InputDef,
    required: bool,
    bounds: &Bounds,
    path: Path<'_>,
    context: &mut Context<'_, '_>,
) -> Option<String> {
    let value = input.options.default()?;
    match read_default(input, value, bounds) {
        Ok(default) => default,
        Err(reason) => {
            if required {
                context.warn(
                    path,
                    format_args!(
                        "must be given, because its default {} {reason}",
                        shortened_value(value, MAX_VALUE_LEN)
                    ),
                );
            }
            None
        }
    }
}

fn read_default(input: &InputDef, value: &Value, bounds: &Bounds) -> Result<Option<String>, &'static str> {
    match &input.kind {
        InputKind::Int => {
            let number = value.as_i128().ok_or("is not an integer")?;
            in_range(value, bounds)?;
            Ok(Some(number.to_string()))
        }
        InputKind::Float => {
            value.as_f64().filter(|number| number.is_finite()).ok_or("is not a number")?;
            in_range(value, bounds)?;
            Ok(Some(value.to_string()))
        }
        InputKind::String => value.as_str().map(|_| Some(value.to_string())).ok_or("is not a string"),
        InputKind::Boolean => value.as_bool().map(|_| Some(value.to_string())).ok_or("is not a boolean"),
        InputKind::Combo(list) => combo_default(input, list, value),
        InputKind::Widget(_) => json_default(value).map(Some),
        InputKind::Union(words) if is_literal_of(words, value) => {
            in_range(value, bounds)?;
            Ok(Some(value.to_string()))
        }
        // The other inputs take only links, so that their default is never sent.
        _ => Ok(None),
    }
}

fn in_range(value: &Value, bounds: &Bounds) -> Result<(), &'static str> {
    let below = |bound: &Bound| match (bound, value.as_i128()) {
        (Bound::Int(bound), Some(value)) => value < *bound,
        (bound, _) => value.as_f64().is_some_and(|value| value < as_float(bound)),
    };
    let above = |bound: &Bound| match (bound, value.as_i128()) {
        (Bound::Int(bound), Some(value)) => value > *bound,
        (bound, _) => value.as_f64().is_some_and(|value| value > as_float(bound)),
    };
    if bounds.min.as_ref().is_some_and(below) {
        return Err("is below its own minimum");
    }
    if bounds.max.as_ref().is_some_and(above) {
        return Err("is above its own maximum");
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "compared with a float, as Python does")]
fn as_float(bound: &Bound) -> f64 {
    match bound {
        Bound::Int(value) => *value as f64,
        Bound::Float(value, _) => *value,
    }
}

/// Returns the default of a combo, which must be one of its options. An open combo's default that is not listed is not
/// sent, because another server may not have the file.
fn combo_default(input: &InputDef, list: &ComboDef, value: &Value) -> Result<Option<String>, &'static str> {
    if let (true, Some(values)) = (list.multiselect, value.as_array()) {
        return if values.iter().all(|value| list.values.contains(value)) {
            Ok(Some(wrapped(value)))
        } else if combo::is_open(input, list) {
            Ok(None)
        } else {
            Err("holds a value that is not one of the options")
        };
    }
    if list.values.contains(value) {
        return Ok(Some(value.to_string()));
    }
    // The front end takes the first option where the default is empty, zero or false.
    let is_blank = matches!(value, Value::Int(0) | Value::Bool(false)) || value.as_str() == Some("");
    if is_blank || combo::is_open(input, list) {
        return Ok(None);
    }
    Err("is not one of the options")
}

fn json_default(value: &Value) -> Result<String, &'static str> {
    if !value.is_finite() {
        return Err("holds NaN or an infinity, which JSON cannot");
    }
    Ok(if value.as_array().is_some() { wrapped(value) } else { value.to_string() })
}

/// Wraps an array, as the front end does, because a bare array in a prompt may be taken for a link.
fn wrapped(value: &Value) -> String {
    format!("{{\"__value__\":{value}}}")
}

fn is_literal_of(words: &[Text], value: &Value) -> bool {
    match value {
        Value::Bool(_) => has_word(words, "BOOLEAN"),
        Value::Int(_) => has_word(words, "INT") || has_word(words, "FLOAT"),
        Value::Float(number) => number.is_finite() && has_word(words, "FLOAT"),
        Value::String(_) => has_word(words, "STRING"),
        _ => false,
    }
}

fn has_word(words: &[Text], word: &str) -> bool {
    words.iter().any(|candidate| candidate == word)
}
