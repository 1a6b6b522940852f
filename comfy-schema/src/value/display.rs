//! Writes compact JSON, with numbers as Python writes them.

use std::fmt::{self, Display, Formatter, Write};

use super::{Map, Value, convert};

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => f.write_str(if *value { "true" } else { "false" }),
            Self::Int(value) => integer(f, *value),
            Self::BigInt(digits) => f.write_str(digits),
            Self::Float(value) => float(f, *value),
            Self::String(text) => string(f, text),
            Self::Array(values) => array(f, values),
            Self::Object(map) => map.fmt(f),
        }
    }
}

impl Display for Map {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('{')?;
        for (at, (key, value)) in self.iter().enumerate() {
            if at > 0 {
                f.write_char(',')?;
            }
            string(f, key)?;
            f.write_char(':')?;
            value.fmt(f)?;
        }
        f.write_char('}')
    }
}

fn array(f: &mut Formatter<'_>, values: &[Value]) -> fmt::Result {
    f.write_char('[')?;
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            f.write_char(',')?;
        }
        value.fmt(f)?;
    }
    f.write_char(']')
}

/// Writes an integer. Those of 128 bits are written several times slower than those of 64 bits.
fn integer(f: &mut Formatter<'_>, value: i128) -> fmt::Result {
    match i64::try_from(value) {
        Ok(short) => write!(f, "{short}"),
        Err(_) => write!(f, "{value}"),
    }
}

/// Writes a float as Python's `repr` does: the shortest digits that read back as the same number, with an exponent
/// below 1e-4 and from 1e16 on.
fn float(f: &mut Formatter<'_>, value: f64) -> fmt::Result {
    if value.is_nan() {
        return f.write_str("NaN");
    }
    if value.is_infinite() {
        return f.write_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) {
        let scientific = format!("{value:e}");
        let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        return match exponent.strip_prefix('-') {
            Some(exponent) => write!(f, "{digits}e-{exponent:0>2}"),
            None => write!(f, "{digits}e+{exponent:0>2}"),
        };
    }
    // A whole number is written faster as an integer. Minus zero has its sign only as a float.
    if let Some(whole) = convert::whole(value).filter(|&whole| whole != 0) {
        integer(f, whole)?;
        return f.write_str(".0");
    }
    // `Debug` keeps the `.0` of zero.
    write!(f, "{value:?}")
}

/// Writes a JSON string. Characters are escaped only if JSON requires it.
pub(crate) fn string(f: &mut impl Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    let mut rest = text;
    // All characters to escape are ASCII, so their bytes are no part of other characters.
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (plain, special) = rest.split_at(at);
        f.write_str(plain)?;
        let mut chars = special.chars();
        match chars.next() {
            Some('"') => f.write_str("\\\"")?,
            Some('\\') => f.write_str("\\\\")?,
            Some('\n') => f.write_str("\\n")?,
            Some('\r') => f.write_str("\\r")?,
            Some('\t') => f.write_str("\\t")?,
            Some('\u{8}') => f.write_str("\\b")?,
            Some('\u{c}') => f.write_str("\\f")?,
            Some(control) => write!(f, "\\u{:04x}", u32::from(control))?,
            None => {}
        }
        rest = chars.as_str();
    }
    f.write_str(rest)?;
    f.write_char('"')
}
