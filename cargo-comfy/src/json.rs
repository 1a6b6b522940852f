//! Formatting of JSON for people.

use std::fmt::{self, Write};

use comfy_schema::Value;

/// Displays a value over several lines, indented by two spaces per level.
pub(crate) struct Pretty<'v>(pub(crate) &'v Value);

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.0, 0)
    }
}

fn write(f: &mut fmt::Formatter<'_>, value: &Value, level: usize) -> fmt::Result {
    match value {
        Value::Object(map) if !map.is_empty() => {
            f.write_char('{')?;
            for (at, (key, value)) in map.iter().enumerate() {
                line(f, at, level + 1)?;
                write!(f, "{}: ", Value::from(key))?;
                write(f, value, level + 1)?;
            }
            writeln!(f)?;
            write!(f, "{:1$}}}", "", level * 2)
        }
        // Arrays without nested values, most of which are links, stay on one line.
        Value::Array(values) if values.iter().any(|value| matches!(value, Value::Array(_) | Value::Object(_))) => {
            f.write_char('[')?;
            for (at, value) in values.iter().enumerate() {
                line(f, at, level + 1)?;
                write(f, value, level + 1)?;
            }
            writeln!(f)?;
            write!(f, "{:1$}]", "", level * 2)
        }
        Value::Array(values) => {
            f.write_char('[')?;
            for (at, value) in values.iter().enumerate() {
                write!(f, "{}{value}", if at > 0 { ", " } else { "" })?;
            }
            f.write_char(']')
        }
        other => write!(f, "{other}"),
    }
}

fn line(f: &mut fmt::Formatter<'_>, at: usize, level: usize) -> fmt::Result {
    writeln!(f, "{}", if at > 0 { "," } else { "" })?;
    write!(f, "{:1$}", "", level * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_on_one_line_and_everything_else_is_indented() {
        let value = Value::parse(br#"{"1":{"a":["2",0],"b":{},"c":[[1],{"d":"\n"}]}}"#).unwrap();
        let text = Pretty(&value).to_string();
        assert_eq!(Value::parse(text.as_bytes()).unwrap(), value);
        assert_eq!(
            text,
            "{\n  \"1\": {\n    \"a\": [\"2\", 0],\n    \"b\": {},\n    \"c\": [\n      [1],\n      {\n        \"d\": \"\\n\"\n      }\n    ]\n  }\n}"
        );
    }
}
