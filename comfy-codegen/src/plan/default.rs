//! Defaults and bounds: what is sent for an input that is not given, and what the server checks.

use comfy_schema::{ComboDef, InputDef, InputKind, Text, Value};

use super::model::Bound;
use super::path::Path;
use super::{Context, combo};

/// The inclusive bounds of an input, which the server checks for every literal.
pub(super) struct Bounds {
    pub(super) min: Option<Bound>,
    pub(super) max: Option<Bound>,
}

/// The bounds of a number, or of a union with one; none for everything else.
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
        // What is no number at all is reported by the schema.
        if bound.is_none() && value.is_number() {
            context.warn(path, format_args!("`{key}` is {value}, which bounds nothing; left out"));
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

/// JSON of an input's default, exactly as it is sent, if the server would accept it.
///
/// The schema reports defaults that contradict their own definition. What it means here is a warning: that a required
/// input has to be given.
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
        Err(why) => {
            if required {
                context.warn(path, format_args!("must be given, because its default {} {why}", shortened(value)));
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
        // Only a link can be given for the others: what stands there as a default is never sent.
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

/// A combo's default must be one of its options; of a list that is open nobody can say what another server has.
fn combo_default(input: &InputDef, list: &ComboDef, value: &Value) -> Result<Option<String>, &'static str> {
    if let (true, Some(values)) = (list.multiselect, value.as_array()) {
        return if values.iter().all(|value| list.values.contains(value)) {
            Ok(Some(wrapped(value)))
        } else if combo::is_open(input, list) {
            Ok(None)
        } else {
            Err("holds something that is not one of the options")
        };
    }
    if list.values.contains(value) {
        return Ok(Some(value.to_string()));
    }
    // The front end takes the first option where the default is empty, zero or false.
    let says_nothing = matches!(value, Value::Int(0) | Value::Bool(false)) || value.as_str() == Some("");
    if says_nothing || combo::is_open(input, list) {
        return Ok(None);
    }
    Err("is not one of the options")
}

fn json_default(value: &Value) -> Result<String, &'static str> {
    if !is_finite(value) {
        return Err("holds NaN or an infinity, which JSON cannot");
    }
    Ok(if value.as_array().is_some() { wrapped(value) } else { value.to_string() })
}

/// A bare array in a prompt is a link, so that a list is sent wrapped.
fn wrapped(value: &Value) -> String {
    format!("{{\"__value__\":{value}}}")
}

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Float(number) => number.is_finite(),
        Value::Array(values) => values.iter().all(is_finite),
        Value::Object(map) => map.iter().all(|(_, value)| is_finite(value)),
        _ => true,
    }
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

/// A value for a message: long ones are cut.
fn shortened(value: &Value) -> String {
    const MOST: usize = 60;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain(['…']).collect() }
}
