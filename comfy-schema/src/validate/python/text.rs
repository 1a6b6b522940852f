//! The functions `str` and `repr`.

use std::fmt::Write;

use crate::Value;

/// Returns the name of a value's type in Python.
pub(in crate::validate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::BigInt(_) => "int",
        Value::Float(_) => "float",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

/// Returns the result of `str(value)`, which for a string is the string itself.
pub(in crate::validate) fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        _ => repr(value),
    }
}

/// Returns the result of `repr(value)`.
pub(in crate::validate) fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value);
    out
}

fn write_repr(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Float(value) if value.is_nan() => out.push_str("nan"),
        Value::Float(value) if value.is_infinite() => out.push_str(if *value > 0.0 { "inf" } else { "-inf" }),
        // Finite numbers print as `Value` writes them.
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            let _ = write!(out, "{value}");
        }
        Value::String(text) => write_string(out, text),
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_repr(out, value);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (at, (key, value)) in map.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_string(out, key);
                out.push_str(": ");
                write_repr(out, value);
            }
            out.push('}');
        }
    }
}

/// Writes a text in single quotes, or in double quotes if it has single ones and no double ones.
fn write_string(out: &mut String, text: &str) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => out.extend(['\\', quote]),
            _ if is_printable(character) => out.push(character),
            _ => write_escape(out, u32::from(character)),
        }
    }
    out.push(quote);
}

fn write_escape(out: &mut String, code: u32) {
    let _ = match code {
        0..=0xFF => write!(out, "\\x{code:02x}"),
        0x100..=0xFFFF => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Returns whether a character is printable in Python. Rust decides it by the same Unicode table.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    // Rust escapes a combining character at the start of a text, so another character must stand before it.
    let mut buffer = [0; 8];
    let text = [' ', character];
    let mut end = 0;
    for one in text {
        end += one.encode_utf8(&mut buffer[end..]).len();
    }
    let text = std::str::from_utf8(&buffer[..end]).unwrap_or_default();
    text.escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::{repr, str};
    use crate::Value;

    fn json(text: &str) -> Value {
        Value::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn values_print_as_in_python() {
        for (text, printed) in [
            ("null", "None"),
            ("true", "True"),
            ("1.0", "1.0"),
            ("1e16", "1e+16"),
            ("NaN", "nan"),
            ("-Infinity", "-inf"),
            (r#"["a", 1, {"b": null}]"#, "['a', 1, {'b': None}]"),
            (r#""it's""#, r#""it's""#),
            (r#""it's \"so\"""#, r#"'it\'s "so"'"#),
            (r#""a\\b\n\u0007\u00a0é\u200b""#, r"'a\\b\n\x07\xa0é\u200b'"),
            (r#""e\u0301\u4e2d""#, "'e\u{301}中'"),
        ] {
            assert_eq!(repr(&json(text)), printed, "{text}");
        }
        assert_eq!(str(&json(r#""it's""#)), "it's");
    }
}
