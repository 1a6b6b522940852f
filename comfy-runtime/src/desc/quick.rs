//! The checks of a node literal that is fine, in as few steps as the compiler can take them.
//!
//! A call costs the compiler's interpreter as much as a hundred plain steps, so this reads the packed string by
//! position and calls next to nothing. It only says yes, or that a closer look is needed; what is wrong, and how to
//! say it, is the matter of `check`.

use super::literal::LitValue;
use super::{Desc, kind};

/// Four digits of base 32, `'0'` for 0.
macro_rules! num {
    ($bytes:ident, $at:expr) => {
        (((($bytes[$at] & 31) ^ 16) as usize) << 15)
            | (((($bytes[$at + 1] & 31) ^ 16) as usize) << 10)
            | (((($bytes[$at + 2] & 31) ^ 16) as usize) << 5)
            | (($bytes[$at + 3] & 31) ^ 16) as usize
    };
}

/// The position behind the string at a position.
macro_rules! skip {
    ($bytes:ident, $at:expr) => {
        $at + 4 + (num!($bytes, $at))
    };
}

/// More decimal digits than this may not fit into 128 bits.
const DIGITS: usize = 38;

impl Desc {
    /// Whether the input `field` takes a literal for certain.
    pub(super) const fn surely_takes(self, field: &str, value: LitValue<'_>) -> bool {
        let (bytes, field) = (self.packed.as_bytes(), field.as_bytes());
        let count = skip!(bytes, 1);
        let mut left = num!(bytes, count);
        let mut at = count + 4;
        while left > 0 {
            let ident = at + 6;
            if num!(bytes, ident) == field.len() {
                let mut i = 0;
                while i < field.len() && bytes[ident + 4 + i] == field[i] {
                    i += 1;
                }
                if i == field.len() {
                    return takes(bytes, at + 4, value);
                }
            }
            at = skip!(bytes, at);
            left -= 1;
        }
        false
    }

    /// The places of `fields` among the declared inputs; `None` if one of them is not there, or if a required one is
    /// missing.
    pub(super) const fn surely_given<const N: usize>(self, fields: [&[u8]; N]) -> Option<[u16; N]> {
        let bytes = self.packed.as_bytes();
        let mut indices = [0; N];
        let mut known = 0;
        let count = skip!(bytes, 1);
        let inputs = num!(bytes, count);
        let mut at = count + 4;
        let mut index: u16 = 0;
        while (index as usize) < inputs {
            let ident = at + 6;
            let len = num!(bytes, ident);
            let mut found = false;
            let mut i = 0;
            while i < N {
                let field = fields[i];
                if field.len() == len {
                    let mut j = 0;
                    while j < len && bytes[ident + 4 + j] == field[j] {
                        j += 1;
                    }
                    if j == len {
                        indices[i] = index;
                        found = true;
                        known += 1;
                        break;
                    }
                }
                i += 1;
            }
            // Not given, required, and nothing to send instead.
            if !found && (bytes[at + 5] & 1) != 0 {
                let name = ident + 4 + len;
                let ty = skip!(bytes, name);
                let default = skip!(bytes, ty);
                let needed = match bytes[at + 4] {
                    kind::AUTOGROW | kind::GROUP => {
                        let min = skip!(bytes, default);
                        let max = skip!(bytes, min);
                        let tail = skip!(bytes, max);
                        num!(bytes, tail) > 0
                    }
                    _ => num!(bytes, default) == 0,
                };
                if needed {
                    return None;
                }
            }
            at = skip!(bytes, at);
            index += 1;
        }
        if known == N { Some(indices) } else { None }
    }
}

/// Whether the input whose body begins at `body` takes a literal for certain.
const fn takes(bytes: &[u8], body: usize, value: LitValue<'_>) -> bool {
    match (bytes[body], value) {
        (kind::STRING, LitValue::Str(_))
        | (kind::BOOLEAN, LitValue::Bool(_))
        | (kind::OPEN_COMBO | kind::WIDGET | kind::ANY | kind::RAW, _) => true,
        (kind::INT | kind::FLOAT, LitValue::Int(value)) => {
            let min = min_of(bytes, body);
            let max = skip!(bytes, min);
            (num!(bytes, min) == 0 || at_least(bytes, min, value))
                && (num!(bytes, max) == 0 || at_most(bytes, max, value))
        }
        (kind::FLOAT, LitValue::Float(value)) => {
            let min = min_of(bytes, body);
            let max = skip!(bytes, min);
            (num!(bytes, min) == 0 || float(bytes, min) <= value)
                && (num!(bytes, max) == 0 || value <= float(bytes, max))
        }
        (kind::COMBO, LitValue::Str(text)) => {
            let min = min_of(bytes, body);
            let max = skip!(bytes, min);
            has_option(bytes, skip!(bytes, max), text.as_bytes())
        }
        _ => false,
    }
}

/// Where the lower bound of the input is.
const fn min_of(bytes: &[u8], body: usize) -> usize {
    let ident = body + 2;
    let name = skip!(bytes, ident);
    let ty = skip!(bytes, name);
    let default = skip!(bytes, ty);
    skip!(bytes, default)
}

#[expect(clippy::cast_precision_loss, reason = "the server compares in double precision as well")]
const fn at_least(bytes: &[u8], bound: usize, value: i128) -> bool {
    match bytes[bound + 4] {
        b'i' => match whole(bytes, bound) {
            Some(bound) => bound <= value,
            None => false,
        },
        _ => float(bytes, bound) <= value as f64,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the server compares in double precision as well")]
const fn at_most(bytes: &[u8], bound: usize, value: i128) -> bool {
    match bytes[bound + 4] {
        b'i' => match whole(bytes, bound) {
            Some(bound) => value <= bound,
            None => false,
        },
        _ => value as f64 <= float(bytes, bound),
    }
}

/// A whole bound, if it surely fits.
const fn whole(bytes: &[u8], bound: usize) -> Option<i128> {
    let len = num!(bytes, bound);
    if len > DIGITS {
        return None;
    }
    let end = bound + 4 + len;
    let mut at = bound + 5;
    let negative = bytes[at] == b'-';
    if negative {
        at += 1;
    }
    let mut value: i128 = 0;
    while at < end {
        value = value * 10 + (bytes[at] & 15) as i128;
        at += 1;
    }
    Some(if negative { -value } else { value })
}

/// A bound of an input of floats; NaN, which nothing reaches, if it is not packed as one.
const fn float(bytes: &[u8], bound: usize) -> f64 {
    if bytes[bound + 4] != b'f' {
        return f64::NAN;
    }
    let mut bits = 0;
    let mut at = bound + 5;
    let end = at + 16;
    while at < end {
        // Digits have bit 6 clear; `a` is 0x61.
        let byte = bytes[at];
        bits = (bits << 4) | ((byte & 15) + 9 * (byte >> 6)) as u64;
        at += 1;
    }
    f64::from_bits(bits)
}

/// Whether a packed list of options has this text.
const fn has_option(bytes: &[u8], list: usize, text: &[u8]) -> bool {
    let mut left = num!(bytes, list);
    let mut at = list + 4;
    while left > 0 {
        let len = num!(bytes, at);
        if len == text.len() + 1 && bytes[at + 4] == b's' {
            let mut i = 0;
            while i < text.len() && bytes[at + 5 + i] == text[i] {
                i += 1;
            }
            if i == text.len() {
                return true;
            }
        }
        at += 4 + len;
        left -= 1;
    }
    false
}
