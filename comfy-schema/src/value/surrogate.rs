//! Replaces lone surrogates.
//!
//! Python writes the bytes of a file name that are not UTF-8 as lone surrogates (`"\udce9.png"`), which a Rust string
//! cannot hold. One such file must not make a whole schema unreadable.

/// The escape of the replacement character. It is as long as the escape that it replaces, so that positions do not
/// change.
const REPLACEMENT: &str = "\\ufffd";

/// Returns the JSON text with every escaped lone surrogate replaced by an escaped U+FFFD.
pub(crate) fn replace_lone_surrogates(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match unit(rest) {
            Some(0xD800..=0xDBFF) if matches!(rest.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                out.push_str(REPLACEMENT);
                rest = &rest[6..];
                continue;
            }
            // Any other escape: skip the backslash and the next character, so that `\\u` is not taken for `\u`.
            _ => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// Returns the UTF-16 unit of the escape `\uXXXX` at the start of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
