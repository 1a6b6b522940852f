//! Texts and values for messages: hidden characters are escaped, and long ones are shortened.
//!
//! Every text of a server, a file or the environment that is printed to a terminal or becomes a part of an error passes
//! through this module.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

use std::fmt::{self, Display, Write};
use std::path::Path;

/// Returns whether a character has no glyph of its own, so that it could steer a terminal, or make a text read otherwise
/// than it is written: control characters (C0, DEL, C1), line and paragraph separators, the format characters of Unicode
/// (category Cf, with the controls of writing direction, the joiners, the soft hyphen and the tags), and the other
/// characters that Unicode lets a program ignore when it draws a text.
///
/// The zero-width joiner counts as hidden although it also joins emoji: two names that differ only in a joiner must not
/// look the same. The variation selectors U+FE00 to U+FE0F do not count, because most emoji end with one; those beyond,
/// which can carry any byte unseen, do.
pub const fn is_hidden(c: char) -> bool {
    // Most characters are ASCII, and few comparisons tell them.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    // Unassigned characters that Unicode reserves for these purposes are included, so that the list need not change with
    // each version. A test compares it with the categories of Unicode.
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns a text of one line: every hidden character ([`is_hidden`]) is escaped as in Rust, such as `\n` or `\u{1b}`.
pub const fn escaped<T: Display>(text: T) -> Escaped<T> {
    Escaped { text, form: Form::Line }
}

/// Returns a text of several lines: like [`escaped`], but line feeds stay.
pub const fn escaped_lines<T: Display>(text: T) -> Escaped<T> {
    Escaped { text, form: Form::Lines }
}

/// Returns JSON that means the same: hidden characters, which stand in its strings only, are escaped as `\u001b`. Line
/// feeds stay, because they stand between its values only.
pub const fn escaped_json<T: Display>(json: T) -> Escaped<T> {
    Escaped { text: json, form: Form::Json }
}

/// Returns a path for a message, like [`escaped`]. Bytes that are no Unicode become `�`.
pub fn path(path: &Path) -> Escaped<std::path::Display<'_>> {
    escaped(path.display())
}

/// Displays a text with its hidden characters escaped. Width and precision of the format apply to the escaped text.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<T> {
    text: T,
    form: Form,
}

/// The form in which hidden characters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Line,
    Lines,
    Json,
}

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_none() && f.precision().is_none() {
            return write!(Escaper { out: f, form: self.form }, "{}", self.text);
        }
        let mut whole = String::new();
        write!(Escaper { out: &mut whole, form: self.form }, "{}", self.text)?;
        f.pad(&whole)
    }
}

/// Escapes what is written to it.
struct Escaper<'w, W> {
    out: &'w mut W,
    form: Form,
}

impl<W: Write> Write for Escaper<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| self.escapes(c)) {
            let (before, after) = rest.split_at(at);
            self.out.write_str(before)?;
            self.escape(c)?;
            rest = after.get(c.len_utf8()..).unwrap_or_default();
        }
        self.out.write_str(rest)
    }
}

impl<W: Write> Escaper<'_, W> {
    const fn escapes(&self, c: char) -> bool {
        is_hidden(c) && (matches!(self.form, Form::Line) || c != '\n')
    }

    fn escape(&mut self, c: char) -> fmt::Result {
        match self.form {
            Form::Line | Form::Lines => write!(self.out, "{}", c.escape_default()),
            Form::Json => c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(self.out, "\\u{unit:04x}")),
        }
    }
}

/// Returns the first `max` characters of a text, escaped, and `…` if there are more.
pub fn shortened(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", escaped(text.get(..end).unwrap_or_default())),
        None => escaped(text).to_string(),
    }
}

/// Returns the JSON that a value displays, shortened as by [`shortened`].
pub fn shortened_value(value: &impl Display, max: usize) -> String {
    shortened(&value.to_string(), max)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    use super::{escaped, escaped_json, escaped_lines, is_hidden, path, shortened, shortened_value};
    use crate::Value;

    #[test]
    fn control_format_and_separator_characters_are_hidden() {
        use GeneralCategory as G;
        for c in '\0'..=char::MAX {
            match c.general_category() {
                G::Control | G::Format | G::LineSeparator | G::ParagraphSeparator => assert!(is_hidden(c), "{c:?}"),
                // A few letters and marks have no glyph: fillers of Hangul, vowels of Khmer, and selectors.
                G::OtherLetter | G::NonspacingMark | G::Unassigned => {}
                category => assert!(!is_hidden(c), "{c:?} {category:?}"),
            }
        }
    }

    #[test]
    fn letters_marks_and_emoji_are_visible() {
        for c in "aé\u{301}日本कि한ﷺ\\\"`⚠\u{fe0f}👩🏽".chars() {
            assert!(!is_hidden(c), "{c:?}");
        }
    }

    #[test]
    fn a_line_is_escaped_as_in_rust() {
        let hostile = "\u{1b}]0;x\u{7}\r\n\t\u{9b}31m\u{202e}\u{200d}\u{e0041}é";
        assert_eq!(escaped(hostile).to_string(), r"\u{1b}]0;x\u{7}\r\n\t\u{9b}31m\u{202e}\u{200d}\u{e0041}é");
        assert_eq!(escaped_lines("a\nb\r\n").to_string(), "a\nb\\r\n");
        assert_eq!(path(Path::new("a\u{1b}/b")).to_string(), r"a\u{1b}/b");
        assert_eq!(format!("{:>7}|{:<3}|", escaped("\n"), escaped("ab")), r"     \n|ab |");
    }

    #[test]
    fn long_texts_are_cut_and_control_characters_escaped() {
        assert_eq!(shortened("a cat", 5), "a cat");
        assert_eq!(shortened("a cat", 4), "a ca…");
        assert_eq!(shortened("a\u{1b}[31m\n", 9), r"a\u{1b}[31m\n");
        assert_eq!(shortened("\u{202e}a\u{2069}", 9), r"\u{202e}a\u{2069}");
        assert_eq!(shortened_value(&Value::from("cat"), 3), "\"ca…");
    }

    proptest! {
        #[test]
        fn no_escaped_text_has_a_hidden_character(text: String) {
            prop_assert!(!escaped(&text).to_string().contains(is_hidden));
            prop_assert!(!escaped_lines(&text).to_string().replace('\n', "").contains(is_hidden));
            prop_assert!(!shortened(&text, 5).contains(is_hidden));
        }

        #[test]
        fn escaped_json_means_the_same(text in "[\\PC\u{0}-\u{20}\u{7f}-\u{9f}\u{200d}\u{202e}\u{e0041}]*") {
            let value = Value::from(text.as_str());
            let json = escaped_json(&value).to_string();
            prop_assert!(!json.contains(is_hidden), "{json:?}");
            prop_assert_eq!(Value::parse(json.as_bytes()).unwrap(), value);
        }
    }
}
