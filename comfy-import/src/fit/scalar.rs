//! Fits single values into fields, by the checks that generated code makes for literals.
//!
//! The rules are those of `comfy-runtime/src/desc/check.rs`.

use comfy_codegen::plan::{Bound, Combo, Field, Kind, Primitive, Shared};
use comfy_schema::{ComboSpelling, InputKind, Map, Value};

use super::Fit;

/// Returns a value in the form that a field takes.
pub(super) fn fit<'p, 's>(field: &Field<'s>, value: &Value, shared: &Shared<'_>) -> Fit<'p, 's> {
    if let Kind::Combo(combo) = &field.kind
        && combo.multiselect
    {
        return several(field, *combo, value);
    }
    match refused(field, value, shared) {
        Some(reason) => Fit::Unchecked(value.clone(), reason),
        None if is_scalar(value) => Fit::Literal(value.clone()),
        None => Fit::Json(value.clone()),
    }
}

/// Returns the reason why a field refuses a value, if it does.
fn refused(field: &Field<'_>, value: &Value, shared: &Shared<'_>) -> Option<String> {
    match &field.kind {
        Kind::Widget(_) | Kind::Any | Kind::Raw => return None,
        _ if is_dangling(value) => return Some("it links to a node that the file does not have".to_owned()),
        _ if matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) => {
            return Some(format!("this is {}", value.kind_name()));
        }
        _ => {}
    }
    if !is_scalar(value) {
        return Some("this number has more than 64 bits".to_owned());
    }
    match &field.kind {
        Kind::Primitive(primitive) => refused_by(*primitive, field, value),
        Kind::Combo(combo) if combo.closed && !is_option(field, value) => {
            Some("it is not one of the options".to_owned())
        }
        Kind::Union(union) => {
            let words = shared.unions.get(union.0).map(|union| union.members.as_slice()).unwrap_or_default();
            let has =
                |word: &str| words.iter().any(|id| shared.words.get(id.0).is_some_and(|known| known.exact == word));
            let taken = match value {
                Value::Int(_) => has("INT") || has("FLOAT"),
                Value::Float(_) => has("FLOAT"),
                Value::String(_) => has("STRING") || has("COMBO"),
                Value::Bool(_) => has("BOOLEAN"),
                _ => false,
            };
            (!taken).then(|| "only a link can be given for it".to_owned())
        }
        Kind::Link(_) | Kind::Match { .. } => Some("only a link can be given for it".to_owned()),
        _ => None,
    }
}

/// Returns whether a value looks like a link. Its node is missing, since links to nodes of the file are not values
/// here.
fn is_dangling(value: &Value) -> bool {
    matches!(value.as_array(), Some([Value::String(_), Value::Int(_)]))
}

fn refused_by(primitive: Primitive, field: &Field<'_>, value: &Value) -> Option<String> {
    match (primitive, value) {
        (Primitive::Int, Value::Int(_)) | (Primitive::Float, Value::Int(_) | Value::Float(_)) => {
            out_of_range(field, value)
        }
        (Primitive::String, Value::String(_)) | (Primitive::Boolean, Value::Bool(_)) => None,
        _ => Some(format!("this is {}, not of type {}", value.kind_name(), primitive.word())),
    }
}

fn out_of_range(field: &Field<'_>, value: &Value) -> Option<String> {
    let (min, max) = (field.min.as_ref(), field.max.as_ref());
    if min.is_some_and(|min| is_less(value, min)) {
        return min.map(|min| format!("it is below the minimum, {}", min.text()));
    }
    if max.is_some_and(|max| is_greater(value, max)) {
        return max.map(|max| format!("it is above the maximum, {}", max.text()));
    }
    None
}

fn is_less(value: &Value, bound: &Bound) -> bool {
    match (value, bound) {
        (Value::Int(value), Bound::Int(bound)) => value < bound,
        (value, bound) => value.as_f64().is_some_and(|value| value < as_float(bound)),
    }
}

fn is_greater(value: &Value, bound: &Bound) -> bool {
    match (value, bound) {
        (Value::Int(value), Bound::Int(bound)) => value > bound,
        (value, bound) => value.as_f64().is_some_and(|value| value > as_float(bound)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "compared with a float, as the check does")]
fn as_float(bound: &Bound) -> f64 {
    match bound {
        Bound::Int(value) => *value as f64,
        Bound::Float(value, _) => *value,
    }
}

/// Returns whether a value can be written as a Rust literal that the runtime's fields accept.
fn is_scalar(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Float(_) | Value::String(_) => true,
        Value::Int(value) => (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(value),
        _ => false,
    }
}

fn is_option(field: &Field<'_>, value: &Value) -> bool {
    match &field.source.kind {
        InputKind::Combo(list) => list.values.contains(value),
        _ => false,
    }
}

/// Fits the value of a multi-selection, `{"__value__": […]}`.
fn several<'p, 's>(field: &Field<'s>, combo: Combo, value: &Value) -> Fit<'p, 's> {
    let only = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("__value__"));
    let Some(values) = only.and_then(Value::as_array) else {
        return Fit::Unchecked(value.clone(), "it is not a list of options".to_owned());
    };
    if combo.closed && !values.iter().all(|value| is_option(field, value)) {
        return Fit::Unchecked(value.clone(), "it has a value that is not one of the options".to_owned());
    }
    if !values.iter().all(is_scalar) || combo.spelling != ComboSpelling::Word && values.is_empty() {
        return Fit::Unchecked(value.clone(), "it is not a list of options".to_owned());
    }
    Fit::List(values.iter().map(|value| Some(Fit::Literal(value.clone()))).collect())
}

/// Returns the value that is sent for a list of literals.
pub(super) fn wrapped(items: &[Option<Fit<'_, '_>>]) -> Option<Value> {
    let values: Option<Vec<Value>> = items
        .iter()
        .map(|item| match item {
            Some(Fit::Literal(value)) => Some(value.clone()),
            _ => None,
        })
        .collect();
    Some(Value::Object([("__value__", Value::Array(values?))].into_iter().collect::<Map>()))
}
