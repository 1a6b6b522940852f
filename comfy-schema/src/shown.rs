//! Shortening of texts and values for messages.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

use crate::Value;

/// Returns the first `max` characters of a text, followed by `…` if there are more. Control characters, line
/// separators and characters that change the direction of text are escaped, so that the result is one line and reads as it
/// is written.
pub fn shortened(text: &str, max: usize) -> String {
    let mut chars = text.chars();
    let mut short = String::with_capacity(text.len().min(max));
    for c in chars.by_ref().take(max) {
        if is_hidden(c) { short.extend(c.escape_default()) } else { short.push(c) }
    }
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the JSON of a value, shortened as by [`shortened`].
pub fn shortened_value(value: &Value, max: usize) -> String {
    shortened(&value.to_string(), max)
}

#[cfg(test)]
mod tests {
    use super::{shortened, shortened_value};
    use crate::Value;

    #[test]
    fn long_texts_are_cut_and_control_characters_escaped() {
        assert_eq!(shortened("a cat", 5), "a cat");
        assert_eq!(shortened("a cat", 4), "a ca…");
        assert_eq!(shortened("a\u{1b}[31m\n", 9), r"a\u{1b}[31m\n");
        assert_eq!(shortened("\u{202e}a\u{2069}", 9), r"\u{202e}a\u{2069}");
        assert_eq!(shortened_value(&Value::from("cat"), 3), "\"ca…");
    }
}
