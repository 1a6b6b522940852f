//! Numbers and texts as JavaScript writes them.

use comfy_schema::{Map, Value};

/// The least number that JavaScript writes with an exponent.
const EXPONENT_FROM: f64 = 1e21;

/// Returns a value as the front end's `JSON.stringify` would write it: every number is a JavaScript number (`7.0` is
/// `7`, integers beyond 2^53 lose digits), and a number that is not finite is null.
pub(crate) fn js_value(value: &Value) -> Value {
    match value {
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => js_number(value.as_f64().unwrap_or(f64::NAN)),
        Value::Array(values) => Value::Array(values.iter().map(js_value).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), js_value(value))).collect::<Map>())
        }
        other => other.clone(),
    }
}

/// Returns a JavaScript number as JSON.
pub(crate) fn js_number(number: f64) -> Value {
    if !number.is_finite() {
        return Value::Null;
    }
    let whole = Value::Float(number).as_i128().filter(|_| number.abs() < EXPONENT_FROM);
    whole.map_or(Value::Float(number), |whole| Value::Int(shortest(whole, number)))
}

/// Returns a whole number as JavaScript writes it: the shortest digits that identify the float, then zeros.
fn shortest(whole: i128, number: f64) -> i128 {
    // Up to 2^53 every integer is its own shortest form.
    if number.abs() <= 9_007_199_254_740_992.0 {
        return whole;
    }
    // Rust formats a float with the same digits and zeros.
    format!("{number}").parse().unwrap_or(whole)
}

/// Returns whether a number keeps its exact value as a JavaScript number. Returns `true` for anything else.
pub(crate) fn survives(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            let now = js_value(value);
            now.as_i128() == value.as_i128() && now.as_f64() == value.as_f64()
        }
        _ => true,
    }
}

/// Converts a value to text as JavaScript's `String(value)` does.
pub(crate) fn js_text(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        // JavaScript writes shorter integers with all their digits.
        Value::Int(number) if number.unsigned_abs() < 1 << 53 => number.to_string(),
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => number_text(value.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => text.to_string(),
        Value::Object(_) => "[object Object]".into(),
        Value::Array(values) => {
            // Inside an array, null is the empty text.
            let parts: Vec<String> =
                values.iter().map(|part| if part.is_null() { String::new() } else { js_text(part) }).collect();
            parts.join(",")
        }
    }
}

/// Converts a value to JSON text as JavaScript's `JSON.stringify(value)` does.
pub(crate) fn json_text(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, &mut out);
    out
}

fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            let number = value.as_f64().unwrap_or(f64::NAN);
            out.push_str(&if number.is_finite() { number_text(number) } else { "null".into() });
        }
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_json(value, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            out.push('{');
            for (at, (key, value)) in map.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write_json(value, out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// Converts a number to text as JavaScript's `String(number)` does.
pub(crate) fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    let size = number.abs();
    if size != 0.0 && !(1e-6..EXPONENT_FROM).contains(&size) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        };
    }
    if number == 0.0 { "0".into() } else { format!("{number}") }
}

/// Returns the number of a text that is a decimal integer as JavaScript writes it.
pub(crate) fn decimal(text: &str) -> Option<u32> {
    let is_written_otherwise = text.starts_with('+') || text.len() > 1 && text.starts_with('0');
    if is_written_otherwise { None } else { text.parse().ok() }
}

/// Rounds a number as JavaScript's `Math.round` does: halves go up.
pub(crate) fn js_round(number: f64) -> f64 {
    (number + 0.5).floor()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Value {
        Value::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_are_those_of_javascript() {
        for (python, js) in [
            ("7.0", "7"),
            ("-0.0", "0"),
            ("0.1", "0.1"),
            ("18446744073709551615", "18446744073709552000"),
            ("9007199254740993", "9007199254740992"),
            ("1e20", "100000000000000000000"),
            ("NaN", "null"),
            ("[Infinity,{\"a\":2.0}]", "[null,{\"a\":2}]"),
        ] {
            assert_eq!(js_value(&parse(python)).to_string(), js);
            assert_eq!(json_text(&parse(python)), js);
        }
        assert_eq!(js_value(&parse("1e21")), Value::Float(1e21));
    }

    #[test]
    fn texts_are_those_of_javascript() {
        for (json, text) in [
            ("1e21", "1e+21"),
            ("1e-7", "1e-7"),
            ("0.000001", "0.000001"),
            ("[1,null,[2,\"x\"]]", "1,,2,x"),
            ("{}", "[object Object]"),
            ("null", "null"),
            ("-Infinity", "-Infinity"),
        ] {
            assert_eq!(js_text(&parse(json)), text);
        }
    }

    #[test]
    fn decimal_integers_have_one_form() {
        assert_eq!(["0", "7", "4294967295"].map(decimal), [Some(0), Some(7), Some(u32::MAX)]);
        for other in ["", "+7", "07", "-0", "-7", "7.0", " 7", "4294967296"] {
            assert_eq!(decimal(other), None, "{other}");
        }
    }

    #[test]
    fn halves_are_rounded_up() {
        assert_eq!((js_round(0.5), js_round(-0.5), js_round(2.4)), (1.0, 0.0, 2.0));
    }
}
