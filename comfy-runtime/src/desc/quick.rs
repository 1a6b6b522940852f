//! Fast checks for correct node literals, in as few steps of the compiler's interpreter as possible.
//!
//! A function call costs the interpreter as much as a hundred plain steps, so this module reads the packed string by
//! position and calls almost nothing. It answers either "correct" or "unknown". In the second case, the module `check`
//! finds out whether there is a mistake and describes it.

use super::literal::LitValue;
use super::read::ENTRY;
use super::{Desc, kind};

/// Reads a digit of base 32, where `'0'` is 0.
macro_rules! digit {
    ($bytes:ident, $at:expr) => {
        ((($bytes[$at] & 31) ^ 16) as usize)
    };
}

/// Reads a number of four digits.
macro_rules! offset {
    ($bytes:ident, $at:expr) => {
        (digit!($bytes, $at) << 15)
            | (digit!($bytes, $at + 1) << 10)
            | (digit!($bytes, $at + 2) << 5)
            | digit!($bytes, $at + 3)
    };
}

/// Reads a number of one or five digits, and evaluates to it and to the position after it.
macro_rules! number {
    ($bytes:ident, $at:expr) => {{
        let first = digit!($bytes, $at);
        if first < 31 { (first, $at + 1) } else { (offset!($bytes, $at + 1), $at + 5) }
    }};
}

/// Maximum number of decimal digits that certainly fit into 128 bits.
const MAX_DIGITS: usize = 38;

/// Evaluates to the positions at which the directory begins and ends.
macro_rules! directory {
    ($bytes:ident) => {{
        let (_, at) = number!($bytes, 1);
        let (count, first) = number!($bytes, at);
        (first, first + ENTRY * count)
    }};
}

/// Evaluates to whether the directory entry at position `$entry` belongs to the field `$field`.
macro_rules! is_entry_of {
    ($bytes:ident, $entry:ident, $bodies:expr, $field:ident, $len:ident) => {
        digit!($bytes, $entry) == $len & 31
            && ($bytes[$entry + 1] & 31) ^ 16 == $field[0] & 31
            && ($bytes[$entry + 2] & 31) ^ 16 == $field[$len - 1] & 31
            && ($bytes[$entry + 3] & 2 == 0 || has_ident($bytes, $entry, $bodies, $field))
    };
}

impl Desc {
    /// Returns whether the input `field` certainly accepts a literal.
    ///
    /// An unknown field may be mistaken for another one. That is harmless, because rustc reports unknown fields.
    pub(super) const fn surely_takes(self, field: &[u8], value: LitValue<'_>) -> bool {
        let bytes = self.packed.as_bytes();
        let len = field.len();
        let (first, bodies) = directory!(bytes);
        if len == 0 {
            return false;
        }
        let mut entry = first;
        while entry < bodies {
            if is_entry_of!(bytes, entry, bodies, field, len) {
                return takes(bytes, bodies + (offset!(bytes, entry + 4)), value);
            }
            entry += ENTRY;
        }
        false
    }

    /// Returns the indices of `fields` among the declared inputs, or `None` if a field is unknown or a required input is
    /// missing.
    ///
    /// The search for each field starts after the previous one, because most literals keep the declared order.
    pub(super) const fn surely_given<const N: usize>(self, fields: &[&[u8]; N]) -> Option<[u16; N]> {
        let bytes = self.packed.as_bytes();
        let (mut needed, _) = number!(bytes, 1);
        let (first, bodies) = directory!(bytes);
        let mut indices = [0; N];
        let mut entry = first;
        let mut i = 0;
        while i < N {
            let field = fields[i];
            let len = field.len();
            let mut left = (bodies - first) / ENTRY;
            loop {
                if left == 0 || len == 0 {
                    return None;
                }
                if entry == bodies {
                    entry = first;
                }
                if is_entry_of!(bytes, entry, bodies, field, len) {
                    break;
                }
                entry += ENTRY;
                left -= 1;
            }
            #[expect(clippy::cast_possible_truncation, reason = "a descriptor holds fewer inputs than that")]
            {
                indices[i] = ((entry - first) / ENTRY) as u16;
            }
            if bytes[entry + 3] & 1 != 0 {
                if needed == 0 {
                    return None;
                }
                needed -= 1;
            }
            entry += ENTRY;
            i += 1;
        }
        if needed == 0 { Some(indices) } else { None }
    }
}

/// Returns whether the input of an entry has this field name.
const fn has_ident(bytes: &[u8], entry: usize, bodies: usize, field: &[u8]) -> bool {
    let body = bodies + (offset!(bytes, entry + 4));
    let (len, at) = number!(bytes, body + 2);
    let (len, at) = number!(bytes, at + len);
    let (len, at) = number!(bytes, at + len);
    let (len, at) = number!(bytes, at + len);
    if len != field.len() {
        return false;
    }
    let mut i = 0;
    while i < len {
        if bytes[at + i] != field[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Returns whether the input whose body begins at `body` certainly accepts a literal.
const fn takes(bytes: &[u8], body: usize, value: LitValue<'_>) -> bool {
    match (bytes[body], value) {
        (kind::STRING, LitValue::Str(_))
        | (kind::BOOLEAN, LitValue::Bool(_))
        | (kind::OPEN_COMBO | kind::WIDGET | kind::ANY | kind::RAW, _) => true,
        (kind::INT | kind::FLOAT, LitValue::Int(value)) => integer_fits(bytes, body, value),
        (kind::FLOAT, LitValue::Float(value)) => float_fits(bytes, body, value),
        (kind::COMBO, LitValue::Str(text)) => has_option(bytes, body, text.as_bytes()),
        _ => false,
    }
}

// Each check is a separate function, because the interpreter sets up all variables of a function on each call.

const fn integer_fits(bytes: &[u8], body: usize, value: i128) -> bool {
    let (len, min) = number!(bytes, body + 2);
    if len > 0 && !at_least(bytes, min, min + len, value) {
        return false;
    }
    let (len, max) = number!(bytes, min + len);
    len == 0 || at_most(bytes, max, max + len, value)
}

const fn float_fits(bytes: &[u8], body: usize, value: f64) -> bool {
    let (len, min) = number!(bytes, body + 2);
    let low_enough = len == 0 || float(bytes, min) <= value;
    if !low_enough {
        return false;
    }
    let (len, max) = number!(bytes, min + len);
    len == 0 || value <= float(bytes, max)
}

#[expect(clippy::cast_precision_loss, reason = "the server compares in double precision as well")]
const fn at_least(bytes: &[u8], bound: usize, end: usize, value: i128) -> bool {
    match bytes[bound] {
        b'i' => match whole(bytes, bound + 1, end) {
            Some(bound) => bound <= value,
            None => false,
        },
        _ => float(bytes, bound) <= value as f64,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the server compares in double precision as well")]
const fn at_most(bytes: &[u8], bound: usize, end: usize, value: i128) -> bool {
    match bytes[bound] {
        b'i' => match whole(bytes, bound + 1, end) {
            Some(bound) => value <= bound,
            None => false,
        },
        _ => value as f64 <= float(bytes, bound),
    }
}

/// Parses decimal digits, if there are at most [`MAX_DIGITS`].
const fn whole(bytes: &[u8], start: usize, end: usize) -> Option<i128> {
    if end - start > MAX_DIGITS {
        return None;
    }
    let negative = bytes[start] == b'-';
    let mut at = if negative { start + 1 } else { start };
    let mut value: i128 = 0;
    while at < end {
        value = value * 10 + (bytes[at] & 15) as i128;
        at += 1;
    }
    Some(if negative { -value } else { value })
}

/// Reads a bound of a `FLOAT` input. A bound that is not packed as a float is NaN, which no value satisfies.
const fn float(bytes: &[u8], bound: usize) -> f64 {
    match bytes[bound] {
        b'w' => {
            let (len, start) = number!(bytes, bound + 1);
            match whole(bytes, start, start + len) {
                #[expect(clippy::cast_precision_loss, reason = "only numbers that a double holds are packed like this")]
                Some(value) => value as f64,
                None => f64::NAN,
            }
        }
        b'f' => {
            let mut bits = 0;
            let mut at = bound + 1;
            let end = at + 16;
            while at < end {
                // Digits have bit 6 clear; `a` is 0x61.
                let byte = bytes[at];
                bits = (bits << 4) | ((byte & 15) + 9 * (byte >> 6)) as u64;
                at += 1;
            }
            f64::from_bits(bits)
        }
        _ => f64::NAN,
    }
}

/// Returns whether the closed combo whose body begins at `body` has this option.
const fn has_option(bytes: &[u8], body: usize, text: &[u8]) -> bool {
    let (len, at) = number!(bytes, body + 2);
    let (len, at) = number!(bytes, at + len);
    let (_, at) = number!(bytes, at + len);
    let (mut left, mut at) = number!(bytes, at);
    while left > 0 {
        let (len, start) = number!(bytes, at);
        if len == text.len() + 1 && bytes[start] == b's' {
            let mut i = 0;
            while i < text.len() && bytes[start + 1 + i] == text[i] {
                i += 1;
            }
            if i == text.len() {
                return true;
            }
        }
        at = start + len;
        left -= 1;
    }
    false
}
