//! The functions `int`, `float` and `bool`.

use super::{Exception, repr, type_name};
use crate::{Text, Value};

/// The maximum number of digits of an integer that Python parses.
const MAX_DIGITS: usize = 4300;

/// The zeros of the decimal digits in Unicode other than ASCII. The digits 1 to 9 follow each zero.
const ZEROS: &[u32] = &[
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0,
    0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,
];

/// Converts a value as Python's `int(value)` does.
pub(in crate::validate) fn to_int(value: &Value) -> Result<Value, Exception> {
    match value {
        Value::Int(_) | Value::BigInt(_) => Ok(value.clone()),
        Value::Bool(value) => Ok(Value::Int((*value).into())),
        Value::Float(value) => float_to_int(*value),
        Value::String(text) => string_to_int(text).ok_or_else(|| {
            Exception::new("ValueError", format!("invalid literal for int() with base 10: {}", repr(value)))
        }),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Exception::type_error(format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            type_name(value)
        ))),
    }
}

fn float_to_int(value: f64) -> Result<Value, Exception> {
    if value.is_nan() {
        return Err(Exception::new("ValueError", "cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(Exception::new("OverflowError", "cannot convert float infinity to integer"));
    }
    // The format prints all digits of a whole number, however large.
    Ok(integer(&format!("{:.0}", value.trunc())))
}

fn string_to_int(text: &str) -> Option<Value> {
    let text = plain_digits(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let digits = without_underscores(digits)?;
    if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    Some(integer(&format!("{sign}{digits}")))
}

/// Converts decimal digits with an optional minus to an integer.
fn integer(digits: &str) -> Value {
    digits.parse().map_or_else(|_| big(digits), Value::Int)
}

/// Converts digits with leading zeros, or of more than 128 bits, to an integer.
fn big(digits: &str) -> Value {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let digits = digits.trim_start_matches('0');
    let short = format!("{sign}{digits}");
    short.parse().map_or_else(|_| Value::BigInt(Text::new(short)), Value::Int)
}

/// Converts a value as Python's `float(value)` does; the result is always [`Value::Float`].
///
/// # Errors
///
/// Returns the exception that Python raises: a `TypeError`, `ValueError` or `OverflowError`.
pub fn to_float(value: &Value) -> Result<Value, Exception> {
    let float = match value {
        Value::Float(value) => *value,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Int(_) | Value::BigInt(_) => value
            .as_f64()
            .filter(|float| float.is_finite())
            .ok_or_else(|| Exception::new("OverflowError", "int too large to convert to float"))?,
        Value::String(text) => string_to_float(text).ok_or_else(|| {
            Exception::new("ValueError", format!("could not convert string to float: {}", repr(value)))
        })?,
        Value::Null | Value::Array(_) | Value::Object(_) => {
            return Err(Exception::type_error(format!(
                "float() argument must be a string or a real number, not '{}'",
                type_name(value)
            )));
        }
    };
    Ok(Value::Float(float))
}

fn string_to_float(text: &str) -> Option<f64> {
    // Rust parses what Python parses, except for blanks around the number and underscores between digits.
    without_underscores(&plain_digits(text))?.parse().ok()
}

/// Removes the blanks around a number, and replaces its digits by ASCII digits.
fn plain_digits(text: &str) -> String {
    text.trim_matches(is_blank).chars().map(ascii_digit).collect()
}

/// Returns whether Python counts a character as whitespace: Unicode whitespace, and the four ASCII separators.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || ('\x1c'..='\x1f').contains(&character)
}

fn ascii_digit(character: char) -> char {
    let code = u32::from(character);
    if code < 0x80 {
        return character;
    }
    let zero = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code));
    zero.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(character)
}

/// Removes single underscores between digits. Returns `None` if there are other underscores.
fn without_underscores(text: &str) -> Option<String> {
    let digit = |part: Option<char>| part.is_some_and(|character| character.is_ascii_digit());
    let parts: Vec<&str> = text.split('_').collect();
    let between_digits =
        parts.windows(2).all(|pair| matches!(pair, [a, b] if digit(a.chars().last()) && digit(b.chars().next())));
    between_digits.then(|| parts.concat())
}

/// Returns the result of Python's `bool(value)`.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::BigInt(digits) => digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte)),
        Value::Float(value) => *value != 0.0,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::{to_float, to_int, truthy};
    use crate::Value;

    fn json(text: &str) -> Value {
        Value::parse(text.as_bytes()).unwrap()
    }

    fn int(text: &str) -> Option<String> {
        to_int(&json(text)).ok().map(|value| value.to_string())
    }

    fn float(text: &str) -> Option<String> {
        to_float(&json(text)).ok().map(|value| value.to_string())
    }

    #[test]
    fn integers_from_numbers() {
        assert_eq!(int("3").as_deref(), Some("3"));
        assert_eq!(int("3.9").as_deref(), Some("3"));
        assert_eq!(int("-3.9").as_deref(), Some("-3"));
        assert_eq!(int("-0.5").as_deref(), Some("0"));
        assert_eq!(int("true").as_deref(), Some("1"));
        assert_eq!(int("1e23").as_deref(), Some("99999999999999991611392"));
        assert_eq!(int("1e40").as_deref(), Some("10000000000000000303786028427003666890752"));
        assert_eq!(int("NaN"), None);
        assert_eq!(int("Infinity"), None);
    }

    #[test]
    fn integers_from_strings() {
        for (text, value) in [
            (r#""5""#, Some("5")),
            (r#"" -7 ""#, Some("-7")),
            (r#""+7""#, Some("7")),
            (r#""1_000""#, Some("1000")),
            (r#""007""#, Some("7")),
            (r#""\u0663\u0664""#, Some("34")),
            (r#""\u00a05\u2003""#, Some("5")),
            (r#""3.0""#, None),
            (r#""""#, None),
            (r#""-""#, None),
            (r#""- 5""#, None),
            (r#""0x1""#, None),
            (r#""1__0""#, None),
            (r#""_1""#, None),
            (r#""1_""#, None),
            (r#""1e3""#, None),
        ] {
            assert_eq!(int(text).as_deref(), value, "{text}");
        }
        assert_eq!(int(&format!("\"{}\"", "9".repeat(4301))), None);
        assert_eq!(int(&format!("\"{}\"", "9".repeat(4300))), Some("9".repeat(4300)));
    }

    #[test]
    fn other_values_are_not_integers() {
        for text in ["null", "{}", "[]", "[1]"] {
            assert_eq!(int(text), None, "{text}");
        }
    }

    #[test]
    fn floats() {
        for (text, value) in [
            ("3", Some("3.0")),
            ("true", Some("1.0")),
            (r#""1e-3""#, Some("0.001")),
            (r#"".5""#, Some("0.5")),
            (r#""5.""#, Some("5.0")),
            (r#"" 1_0.5 ""#, Some("10.5")),
            (r#""inf""#, Some("Infinity")),
            (r#""-Infinity""#, Some("-Infinity")),
            (r#""nan""#, Some("NaN")),
            (r#""1_.5""#, None),
            (r#""""#, None),
            (r#"".""#, None),
            (r#""0x1""#, None),
            (r#""1.0f""#, None),
            ("null", None),
            ("{}", None),
            ("[1.0]", None),
        ] {
            assert_eq!(float(text).as_deref(), value, "{text}");
        }
        assert_eq!(float(&format!("1{}", "0".repeat(309))), None);
        assert_eq!(float(&"9".repeat(300)).as_deref(), Some("1e+300"));
    }

    #[test]
    fn truthy_and_falsy_values() {
        for text in ["false", "0", "0.0", "-0.0", r#""""#, "null", "{}", "[]"] {
            assert!(!truthy(&json(text)), "{text}");
        }
        for text in ["true", "1", "NaN", r#""false""#, r#""0""#, "[0]", r#"{"a":0}"#] {
            assert!(truthy(&json(text)), "{text}");
        }
    }
}
