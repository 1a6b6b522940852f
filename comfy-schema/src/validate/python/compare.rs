//! The operators `==`, `in`, `<` and `>`.

use std::cmp::Ordering;

use super::{Exception, type_name};
use crate::Value;

/// Returns the result of `a == b`. Numbers compare by their value (`1`, `1.0` and `true` are equal), and NaN is not
/// equal to itself.
pub(in crate::validate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => numbers(a, b) == Some(Some(Ordering::Equal)),
    }
}

/// Returns the result of `item in container`.
pub(in crate::validate) fn contains(container: &Value, item: &Value) -> Result<bool, Exception> {
    match container {
        Value::Array(values) => Ok(values.iter().any(|value| equal(value, item))),
        Value::Object(map) => match item {
            Value::String(key) => Ok(map.contains_key(key)),
            Value::Array(_) | Value::Object(_) => {
                Err(Exception::type_error(format!("unhashable type: '{}'", type_name(item))))
            }
            _ => Ok(false),
        },
        Value::String(text) => match item {
            Value::String(part) => Ok(text.contains(part.as_str())),
            _ => Err(Exception::type_error(format!(
                "'in <string>' requires string as left operand, not {}",
                type_name(item)
            ))),
        },
        _ => Err(Exception::type_error(format!("argument of type '{}' is not iterable", type_name(container)))),
    }
}

/// Returns the result of `a < b`. The exception shows the operator `sign`: `<`, or `>` if Python evaluates `b > a`.
pub(in crate::validate) fn less(a: &Value, b: &Value, sign: char) -> Result<bool, Exception> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(a < b),
        (Value::Array(a), Value::Array(b)) => match a.iter().zip(b).find(|(a, b)| !equal(a, b)) {
            Some((a, b)) => less(a, b, sign),
            None => Ok(a.len() < b.len()),
        },
        _ => match numbers(a, b) {
            Some(order) => Ok(order == Some(Ordering::Less)),
            None => {
                let (left, right) = if sign == '<' { (a, b) } else { (b, a) };
                let (left, right) = (type_name(left), type_name(right));
                Err(Exception::type_error(format!(
                    "'{sign}' not supported between instances of '{left}' and '{right}'"
                )))
            }
        },
    }
}

/// Returns the order of two numbers (`Some(None)` if one of them is NaN), or `None` unless both are numbers.
#[expect(clippy::option_option, reason = "a value that is not a number differs from a number without an order")]
fn numbers(a: &Value, b: &Value) -> Option<Option<Ordering>> {
    let (a, b) = (Number::of(a)?, Number::of(b)?);
    Some(a.order(&b))
}

/// An exact number.
enum Number<'v> {
    Int(i128),
    Big(&'v str),
    Float(f64),
}

impl<'v> Number<'v> {
    fn of(value: &'v Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Int((*value).into())),
            Value::Int(value) => Some(Self::Int(*value)),
            Value::BigInt(digits) => Some(Self::Big(digits)),
            Value::Float(value) => Some(Self::Float(*value)),
            _ => None,
        }
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::Float(a), integer) => integer.order_to_float(*a).map(Ordering::reverse),
            (integer, Self::Float(b)) => integer.order_to_float(*b),
            (a, b) => Some(digits_order(&a.digits(), &b.digits())),
        }
    }

    /// Compares an integer with a float, exactly.
    fn order_to_float(&self, float: f64) -> Option<Ordering> {
        if float.is_nan() {
            return None;
        }
        if float.is_infinite() {
            return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        let whole = digits_order(&self.digits(), &format!("{:.0}", float.trunc()));
        // If the whole parts are equal, the fraction decides.
        Some(whole.then_with(|| 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal)))
    }

    fn digits(&self) -> String {
        match self {
            Self::Int(value) => value.to_string(),
            Self::Big(digits) => (*digits).to_owned(),
            Self::Float(value) => format!("{:.0}", value.trunc()),
        }
    }
}

/// Compares two integers in decimal digits.
fn digits_order(a: &str, b: &str) -> Ordering {
    let (a, b) = (sign_and_size(a), sign_and_size(b));
    match (a.0, b.0) {
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.1.len().cmp(&b.1.len()).then_with(|| a.1.cmp(b.1)),
        (true, true) => b.1.len().cmp(&a.1.len()).then_with(|| b.1.cmp(a.1)),
    }
}

/// Returns whether an integer is negative, and its digits without leading zeros.
fn sign_and_size(digits: &str) -> (bool, &str) {
    let size = digits.trim_start_matches('-').trim_start_matches('0');
    (digits.starts_with('-') && !size.is_empty(), size)
}

#[cfg(test)]
mod tests {
    use super::{contains, equal, less};
    use crate::Value;

    fn json(text: &str) -> Value {
        Value::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn numbers_are_equal_by_value() {
        for (a, b, same) in [
            ("1", "1.0", true),
            ("1", "true", true),
            ("0.0", "false", true),
            ("-0.0", "0", true),
            ("\"1\"", "1", false),
            ("null", "false", false),
            ("NaN", "NaN", false),
            ("9007199254740993", "9007199254740992.0", false),
            ("[1, [true]]", "[1.0, [1]]", true),
            (r#"{"a":1,"b":2}"#, r#"{"b":2.0,"a":1}"#, true),
        ] {
            assert_eq!(equal(&json(a), &json(b)), same, "{a} == {b}");
        }
    }

    #[test]
    fn large_integers_compare_exactly() {
        for (a, b, is_less) in [
            ("18446744073709551615", "18446744073709551616", true),
            ("18446744073709551616", "18446744073709551616.0", false),
            ("18446744073709551615", "18446744073709551616.0", true),
            ("-1", "0.5", true),
            ("0", "-0.5", false),
            ("-1", "-0.5", true),
            ("1", "1.5", true),
            ("1000000000000000000000000000000000000000000", "1e300", true),
            ("-1000000000000000000000000000000000000000000", "-1000000000000000000000000000000000000000001", false),
            ("5", "NaN", false),
            ("NaN", "5", false),
            ("5", "Infinity", true),
            ("false", "1", true),
            ("\"a\"", "\"b\"", true),
            ("[1, 2]", "[1, 3]", true),
            ("[1]", "[1, 3]", true),
        ] {
            assert_eq!(less(&json(a), &json(b), '<'), Ok(is_less), "{a} < {b}");
        }
    }

    #[test]
    fn other_kinds_do_not_compare() {
        let error = less(&json("\"a\""), &json("1"), '<').unwrap_err();
        assert_eq!(error.message, "'<' not supported between instances of 'str' and 'int'");
        let error = less(&json("1"), &json("null"), '>').unwrap_err();
        assert_eq!(error.message, "'>' not supported between instances of 'NoneType' and 'int'");
    }

    #[test]
    fn membership() {
        assert_eq!(contains(&json("[\"9\"]"), &json("\"9\"")), Ok(true));
        assert_eq!(contains(&json("[9]"), &json("\"9\"")), Ok(false));
        assert_eq!(contains(&json("\"19\""), &json("\"9\"")), Ok(true));
        assert_eq!(contains(&json(r#"{"9": 0}"#), &json("\"9\"")), Ok(true));
        assert!(contains(&json("9"), &json("\"9\"")).is_err());
        assert!(contains(&json("\"9\""), &json("9")).is_err());
    }
}
