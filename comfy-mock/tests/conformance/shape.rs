//! The comparison of JSON values by shape: the same keys, with values of the same types.

use serde_json::{Map, Value as Json};

/// Returns the differences between the shapes of `ours` and `real`.
///
/// In a list, each entry of `ours` must have the shape of an entry of `real`, and `ours` must not be empty unless
/// `real` is. The same holds for objects whose keys are ids. The contents of prompts are not compared.
pub(crate) fn differences(real: &Json, ours: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare("", real, ours, &mut found);
    found
}

fn compare(place: &str, real: &Json, ours: &Json, found: &mut Vec<String>) {
    match (real, ours) {
        (Json::Object(real), Json::Object(ours)) if is_graph(real) && is_graph(ours) => {}
        (Json::Object(real), Json::Object(ours)) if by_id(real, ours) => {
            compare_entries(place, &real.values().collect::<Vec<_>>(), &ours.values().collect::<Vec<_>>(), found);
        }
        (Json::Object(real), Json::Object(ours)) => {
            for key in real.keys().filter(|key| !ours.contains_key(*key)) {
                found.push(format!("{place}.{key} is missing"));
            }
            for key in ours.keys().filter(|key| !real.contains_key(*key)) {
                found.push(format!("{place}.{key} is unexpected"));
            }
            for (key, value) in real {
                if let Some(ours) = ours.get(key) {
                    compare(&format!("{place}.{key}"), value, ours, found);
                }
            }
        }
        (Json::Array(real), Json::Array(ours)) => {
            compare_entries(place, &real.iter().collect::<Vec<_>>(), &ours.iter().collect::<Vec<_>>(), found);
        }
        _ if kind(real) == kind(ours) => {}
        _ => found.push(format!("{place}: expected {}, found {}", kind(real), kind(ours))),
    }
}

/// Compares lists of entries. An empty list in `real` matches every list, because the recordings were made without
/// tracebacks.
fn compare_entries(place: &str, real: &[&Json], ours: &[&Json], found: &mut Vec<String>) {
    if real.is_empty() {
        return;
    }
    if ours.is_empty() {
        found.push(format!("{place} is empty"));
    }
    for (at, ours) in ours.iter().enumerate() {
        let attempts = real.iter().map(|real| {
            let mut found = Vec::new();
            compare(&format!("{place}[{at}]"), real, ours, &mut found);
            found
        });
        found.extend(attempts.min_by_key(Vec::len).unwrap_or_default());
    }
}

/// Returns whether an object is a prompt.
fn is_graph(map: &Map<String, Json>) -> bool {
    !map.is_empty() && map.values().all(|node| node.get("class_type").is_some())
}

/// Returns whether the keys are ids, which differ between runs.
fn by_id(real: &Map<String, Json>, ours: &Map<String, Json>) -> bool {
    let is_id = |key: &String| key.len() >= 32 || key.parse::<u32>().is_ok() || key == "save";
    real.keys().chain(ours.keys()).all(is_id)
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(number) if number.is_f64() => "a float",
        Json::Number(_) => "an integer",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[test]
fn different_keys_and_types_are_reported() {
    let differ = |real: &str, ours: &str| {
        differences(&serde_json::from_str(real).unwrap(), &serde_json::from_str(ours).unwrap())
    };
    assert!(differ(r#"{"a": [1, "x"]}"#, r#"{"a": ["y"]}"#).is_empty());
    assert!(differ(r#"{"1": {"a": 1}}"#, r#"{"7": {"a": 2}}"#).is_empty());
    assert_eq!(differ(r#"{"a": 1}"#, r#"{"a": 1.0}"#), [".a: expected an integer, found a float"]);
    assert_eq!(differ(r#"{"a": 1}"#, r#"{"b": 1}"#), [".a is missing", ".b is unexpected"]);
    assert_eq!(differ("[1]", "[]"), [" is empty"]);
    assert_eq!(differ("[1]", "[null]"), ["[0]: expected an integer, found null"]);
}
