//! Checks whether an input's default and bounds fit the input. Values that do not fit are reported but kept.

use std::cmp::Ordering;

use super::report::{Place, Report};
use crate::open;
use crate::{ComboDef, InputDef, InputKind, Value};

/// Reports a default of another type or outside its own range, and bounds that are not numbers.
pub(super) fn input(at: &Place<'_>, input: &InputDef, report: &mut Report) {
    let at = at.index(1);
    let Some(default) = input.options.default() else {
        return bounds(&at, input, report);
    };
    let expected = match &input.kind {
        InputKind::Int if !is_whole(default) => "an integer",
        InputKind::Float if !default.is_number() => "a number",
        InputKind::String if default.as_str().is_none() => "a string",
        InputKind::Boolean if default.as_bool().is_none() => "a boolean",
        InputKind::Combo(combo) => {
            if !combo_allows(combo, input, default) {
                report.add(&at.key("default"), format_args!("expected one of the values, found {default}"));
            }
            return;
        }
        _ => return bounds(&at, input, report),
    };
    report.add(&at.key("default"), format_args!("expected {expected}, found {default}"));
    bounds(&at, input, report);
}

/// Returns whether a value is an integer. JSON that has passed through JavaScript writes large integers as floats.
fn is_whole(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::BigInt(_) => true,
        Value::Float(float) => float.fract() == 0.0,
        _ => false,
    }
}

fn bounds(at: &Place<'_>, input: &InputDef, report: &mut Report) {
    if !matches!(input.kind, InputKind::Int | InputKind::Float) {
        return;
    }
    for key in ["min", "max"] {
        if let Some(bound) = input.options.get(key).filter(|bound| !bound.is_number() && !bound.is_null()) {
            report.add(&at.key(key), format_args!("expected a number, found {bound}"));
        }
    }
    let (min, max) = (input.options.min(), input.options.max());
    if let (Some(min), Some(max)) = (min, max)
        && compare(min, max) == Some(Ordering::Greater)
    {
        report.add(&at.key("min"), format_args!("{min} is greater than the maximum {max}"));
    }
    let Some(default) = input.options.default() else {
        return;
    };
    if let Some(min) = min.filter(|min| compare(default, min) == Some(Ordering::Less)) {
        report.add(&at.key("default"), format_args!("{default} is less than the minimum {min}"));
    }
    if let Some(max) = max.filter(|max| compare(default, max) == Some(Ordering::Greater)) {
        report.add(&at.key("default"), format_args!("{default} is greater than the maximum {max}"));
    }
}

/// Compares two numbers: exactly if both are integers of up to 128 bits, otherwise as floats. Returns `None` if one of
/// them is not a number.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// Returns whether a combo may have this default. Lists that differ between servers (files, remote values) may lack
/// it, and the front end ignores a default that is `false`, 0 or empty.
fn combo_allows(combo: &ComboDef, input: &InputDef, default: &Value) -> bool {
    if open::is_open(input, combo) {
        return true;
    }
    if let (Value::Array(defaults), true) = (default, combo.multiselect || input.options.multi_select().is_some()) {
        return defaults.iter().all(|default| one_allowed(combo, default));
    }
    one_allowed(combo, default)
}

fn one_allowed(combo: &ComboDef, default: &Value) -> bool {
    let ignored = match default {
        Value::String(text) => text.is_empty(),
        Value::Bool(value) => !value,
        number => number.as_f64() == Some(0.0),
    };
    ignored
        || combo.values.iter().any(|value| value == default || compare(value, default) == Some(Ordering::Equal))
        || default.as_str().is_some_and(open::is_file_name)
}
