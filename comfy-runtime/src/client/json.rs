//! Reading answers: what is not of the expected form counts as absent, never as a failure.

use comfy_schema::{Map, Text, Value};

/// A member of an object.
pub(crate) fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_object()?.get(key)
}

/// A member of an object of an object, and so on.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| get(value, key))
}

/// A text.
pub(crate) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    get(value, key)?.as_str()
}

/// A text of one's own.
pub(crate) fn string(value: &Value, key: &str) -> Option<String> {
    text(value, key).map(str::to_owned)
}

/// A count, a size or a time; floats without a fraction too.
pub(crate) fn whole(value: &Value, key: &str) -> Option<u64> {
    get(value, key)?.as_i128().and_then(|number| u64::try_from(number).ok())
}

/// A number.
pub(crate) fn number(value: &Value, key: &str) -> Option<f64> {
    get(value, key)?.as_f64()
}

/// The texts of an array.
pub(crate) fn strings(value: Option<&Value>) -> Vec<String> {
    array(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The elements of an array; none if it is none.
pub(crate) fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).unwrap_or_default()
}

/// The members of an object; none if it is none.
pub(crate) fn members(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter).map(|(key, value)| (key.as_str(), value))
}

/// An object of these members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(key, value)| (Text::from(key), value)).collect())
}
