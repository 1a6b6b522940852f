//! JSON as Python's `json.dumps` writes it.

use std::fmt::Write as _;

use comfy_schema::{Map, Text, Value};

use crate::limits::MAX_DEPTH;

/// Writes a value as `json.dumps` does: with `", "` and `": "` as separators, and with non-ASCII characters escaped.
pub(crate) fn dumps(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out
}

fn write_value(out: &mut String, value: &Value, depth: usize) {
    match value {
        _ if depth > MAX_DEPTH => out.push_str("null"),
        Value::String(text) => write_string(out, text),
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_value(out, value, depth + 1);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (at, (key, value)) in map.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_string(out, key);
                out.push_str(": ");
                write_value(out, value, depth + 1);
            }
            out.push('}');
        }
        // `Display` writes these as Python does. Writing to a string does not fail.
        _ => _ = write!(out, "{value}"),
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// Returns an object with these members.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(map(members))
}

/// Returns a map with these members.
pub(crate) fn map<const N: usize>(members: [(&str, Value); N]) -> Map {
    members.into_iter().map(|(key, value)| (Text::new(key), value)).collect()
}

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use super::dumps;
    use crate::limits::MAX_DEPTH;

    #[test]
    fn values_that_are_nested_too_deep_are_cut_off() {
        let nested = |depth: usize| (0..depth).fold(Value::from("x"), |value, _| Value::Array(vec![value]));
        assert!(dumps(&nested(MAX_DEPTH)).contains("\"x\""));
        assert!(dumps(&nested(MAX_DEPTH + 1)).contains("[null]"));
    }

    #[test]
    fn values_are_written_as_python_writes_them() {
        let value = Value::parse(r#"{"a":[1,2.0,NaN,null],"b":"ä😀\n\u0001","c":{}}"#.as_bytes()).unwrap();
        assert_eq!(dumps(&value), r#"{"a": [1, 2.0, NaN, null], "b": "\u00e4\ud83d\ude00\n\u0001", "c": {}}"#);
    }
}
