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

/// Displays JSON with `null` in place of `NaN`, `Infinity` and `-Infinity`, which Python writes and which JSON does not
/// have, as `JSON.stringify` does.
pub(crate) struct Strict<J>(pub(crate) J);

impl<J: fmt::Display> fmt::Display for Strict<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Filter { out: f, place: Place::Outside }, "{}", self.0)
    }
}

/// Writes JSON that arrives in pieces.
struct Filter<'f, W> {
    out: &'f mut W,
    place: Place,
}

/// The place in the JSON that was reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    InString,
    /// Behind a backslash.
    Escaped,
    /// Behind a minus, which is not written yet.
    Minus,
    /// In the name of a number that is written as `null`.
    InName,
}

impl<W: Write> Write for Filter<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| self.write_char(c))
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        let place = self.place;
        self.place = match (place, c) {
            (Place::InString, '\\') => Place::Escaped,
            (Place::InString, '"') => Place::Outside,
            (Place::InString | Place::Escaped, _) | (Place::Outside, '"') => Place::InString,
            (Place::InName, 'a'..='z' | 'N') => return Ok(()),
            (_, 'N' | 'I') => {
                self.place = Place::InName;
                return self.out.write_str("null");
            }
            (_, '-') => {
                self.place = Place::Minus;
                return Ok(());
            }
            _ => Place::Outside,
        };
        if place == Place::Minus {
            self.out.write_char('-')?;
        }
        self.out.write_char(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_json_has_no_numbers_that_json_lacks() {
        let json = r#"[NaN, Infinity, -Infinity, -1, 0.5, true, null, "NaN -Infinity \" NaN", {"NaN": NaN}]"#;
        let expected = r#"[null,null,null,-1,0.5,true,null,"NaN -Infinity \" NaN",{"NaN":null}]"#;
        let value = Value::parse(json.as_bytes()).unwrap();
        assert_eq!(Strict(&value).to_string(), expected);
        assert_eq!(Strict(Strict(json)).to_string().replace(' ', ""), expected.replace(' ', ""));
    }

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
