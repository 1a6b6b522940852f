//! Escaping of texts in the messages about graphs.
//!
//! Errors of the client use `comfy_schema::shown` instead, which this module cannot, because the runtime depends on
//! `comfy-schema` only with the feature `client`.

use std::fmt::{self, Display, Write as _};

/// Displays a text of one line: characters that have no glyph of their own, such as control characters and those that
/// change the direction of writing, are escaped as in [`str::escape_debug`]. Quotes and backslashes stay.
pub(crate) struct Escaped<'t>(pub(crate) &'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(is_plain) {
            let (text, plain) = match part.chars().next_back() {
                Some(last) if is_plain(last) => (part.strip_suffix(last).unwrap_or_default(), Some(last)),
                _ => (part, None),
            };
            write!(f, "{}", text.escape_debug())?;
            plain.map_or(Ok(()), |plain| f.write_char(plain))?;
        }
        Ok(())
    }
}

/// Returns whether `escape_debug` escapes a character only because it stands in a literal.
const fn is_plain(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\')
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn characters_without_a_glyph_are_escaped() {
        let shown = |text: &str| Escaped(text).to_string();
        assert_eq!(shown("it's `\"a\\b\"`, é ⚠\u{fe0f} 日本"), "it's `\"a\\b\"`, é ⚠\u{fe0f} 日本");
        assert_eq!(shown("a\u{1b}[31m\n\"\u{202e}\u{9b}"), r#"a\u{1b}[31m\n"\u{202e}\u{9b}"#);
        assert_eq!(
            shown("\u{200b}\u{2060}\u{feff}\u{ad}\u{e0041}\u{2028}"),
            r"\u{200b}\u{2060}\u{feff}\u{ad}\u{e0041}\u{2028}"
        );
        assert_eq!(shown(""), "");
    }
}
