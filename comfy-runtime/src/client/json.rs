//! Lenient access to JSON: a value that is absent or of another type than expected is treated as absent.

use std::borrow::Cow;

use comfy_schema::{Map, Text, Value};

/// Returns a member of an object.
pub(crate) fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_object()?.get(key)
}

/// Returns the value at a path of keys.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| get(value, key))
}

/// Returns a member that is a string, borrowed.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    get(value, key)?.as_str()
}

/// Returns a member that is a string, owned.
pub(crate) fn string(value: &Value, key: &str) -> Option<String> {
    text(value, key).map(str::to_owned)
}

/// Returns an id, which is a text. Some servers write ids as numbers.
pub(crate) fn id(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if text.as_str().is_empty() => None,
        Value::String(text) => Some(Cow::Borrowed(text.as_str())),
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => Some(Cow::Owned(value.to_string())),
        _ => None,
    }
}

/// Returns the id of a prompt that an object names.
pub(crate) fn prompt_id(value: &Value) -> Option<Cow<'_, str>> {
    id(get(value, "prompt_id")?)
}

/// Returns a member that is a whole number of at least 0, including floats without a fraction.
pub(crate) fn whole(value: &Value, key: &str) -> Option<u64> {
    get(value, key)?.as_i128().and_then(|number| u64::try_from(number).ok())
}

/// Returns a member that is a number.
pub(crate) fn number(value: &Value, key: &str) -> Option<f64> {
    get(value, key)?.as_f64()
}

/// Returns the strings of an array.
pub(crate) fn strings(value: Option<&Value>) -> Vec<String> {
    array(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns the elements of an array.
pub(crate) fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).unwrap_or_default()
}

/// Returns the members of an object.
pub(crate) fn members(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter).map(|(key, value)| (key.as_str(), value))
}

/// Returns about how much memory a value takes, in bytes.
pub(crate) fn size(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) | Value::BigInt(text) => text.len(),
            Value::Array(values) => values.iter().map(size).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| size_of::<Text>() + key.len() + size(value)).sum(),
            _ => 0,
        }
}

/// Creates an object.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(key, value)| (Text::from(key), value)).collect())
}
