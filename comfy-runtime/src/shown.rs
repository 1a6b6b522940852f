//! Escaping of texts in the messages about graphs.
//!
//! Errors of the client use `comfy_schema::shown` instead, which this module cannot, because the runtime depends on
//! `comfy-schema` only with the feature `client`. A test compares the two.

use std::fmt::Display;

/// Returns a text of one line: every hidden character is escaped as in Rust, such as `\n` or `\u{1b}`.
pub(crate) fn escaped(text: impl Display) -> String {
    let mut line = String::new();
    for c in text.to_string().chars() {
        if is_hidden(c) { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// Returns whether a character has no glyph of its own: the list of `comfy_schema::shown::is_hidden`.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn characters_without_a_glyph_are_escaped() {
        assert_eq!(escaped("it's `\"a\\b\"`, é ⚠\u{fe0f} 日本"), "it's `\"a\\b\"`, é ⚠\u{fe0f} 日本");
        assert_eq!(escaped("a\u{1b}[31m\n\"\u{202e}\u{9b}"), r#"a\u{1b}[31m\n"\u{202e}\u{9b}"#);
    }

    #[cfg(feature = "client")]
    #[test]
    fn every_character_is_escaped_as_in_errors_of_the_client() {
        for c in '\0'..=char::MAX {
            assert_eq!(escaped(c), comfy_schema::shown::escaped(c).to_string());
        }
    }
}
