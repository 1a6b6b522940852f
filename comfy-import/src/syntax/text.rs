//! Writes texts as Rust literals that keep every byte.
//!
//! A text that fits on its line becomes a plain literal. A longer text is cut at blanks and after each of its line
//! breaks, with a backslash at the end of each line. A text of short lines becomes a raw literal with real line breaks,
//! which is easier to read. Characters that a reader or the compiler could mistake (control characters, lone carriage
//! returns, direction marks, zero-width spaces) are always written as escapes.

use comfy_schema::shown;
use unicode_width::UnicodeWidthStr;

/// The minimum width of the lines into which a text is cut, however far it is indented.
const MIN_WIDTH: usize = 40;
/// The maximum width of a line in a raw literal.
const MAX_RAW_LINE: usize = 100;
/// The maximum width of a literal among the arguments of a call.
const MAX_ARGUMENT: usize = 60;
/// The minimum number of quotes and backslashes for which a raw literal is used, since it is easier to read.
const MIN_RAW_MARKS: usize = 3;

/// Returns the number of columns of a text, as rustfmt counts them.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Returns whether a text is short enough for an argument of a call.
pub(crate) fn is_short(text: &str) -> bool {
    one_line(text).is_some_and(|line| width(&line) <= MAX_ARGUMENT)
}

/// Returns the text in quotes, on one line of any length.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|&(_, c)| is_escaped(c)) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.extend(c.escape_default());
        rest = &special[c.len_utf8()..];
    }
    out.push_str(rest);
    out.push('"');
    out
}

/// Returns the text as a literal that begins at `column`, in lines that end at `end` where possible.
pub(super) fn literal(text: &str, column: usize, end: usize) -> String {
    match one_line(text) {
        Some(line) if column + width(&line) <= end => line,
        _ if has_short_lines(text) => raw(text),
        _ => cut(text, column, end),
    }
}

/// Returns the text as a literal on one line; `None` if it has more than one line break, which would be hard to read.
pub(super) fn one_line(text: &str) -> Option<String> {
    if text.matches('\n').count() > 1 {
        return None;
    }
    let marks = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
    if marks >= MIN_RAW_MARKS && !text.contains('\n') && text.chars().all(stands_raw) {
        return Some(raw(text));
    }
    Some(quoted(text))
}

/// Returns whether a text has several lines that are short enough for a raw literal. No line may end in blanks, which
/// an editor might remove.
fn has_short_lines(text: &str) -> bool {
    text.contains('\n')
        && text.chars().all(|c| c == '\n' || stands_raw(c))
        && text.split('\n').all(|line| width(line) < MAX_RAW_LINE && !line.ends_with(char::is_whitespace))
}

fn raw(text: &str) -> String {
    let hashes = hashes(text);
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Returns the hashes of a raw literal: one more than follow any quote in the text, or none if it has no quote.
fn hashes(text: &str) -> String {
    let longest = text.split('"').skip(1).map(|rest| rest.len() - rest.trim_start_matches('#').len()).max();
    longest.map_or_else(String::new, |longest| "#".repeat(longest + 1))
}

/// Returns the text as a literal over several lines, with a backslash at the end of each.
fn cut(text: &str, column: usize, end: usize) -> String {
    let room = end.saturating_sub(column + 2).max(MIN_WIDTH);
    let gap = format!("\\\n{:1$}", "", column + 1);
    let mut out = String::from("\"");
    let mut line = Line::default();
    let mut written = String::new();
    for c in text.chars() {
        written.clear();
        escape(c, &mut written);
        let columns = width(&written);
        if line.is_over && c != '\n' || line.width + columns > room {
            line.end(&gap, room, &mut out);
        }
        line.push(c, &written, columns);
    }
    out.push_str(&line.text);
    out.push('"');
    out
}

/// A line of a literal that is being filled.
#[derive(Default)]
struct Line {
    text: String,
    width: usize,
    /// The position after the last blank, where the line is cut if the next word does not fit.
    gap: usize,
    /// Whether a line break of the text ends the line.
    is_over: bool,
}

impl Line {
    /// Adds a character, given with its written form and the width of that.
    fn push(&mut self, c: char, written: &str, columns: usize) {
        // Rust drops blanks at the beginning of a continued line.
        let (written, columns) = if c == ' ' && self.text.is_empty() { ("\\x20", 4) } else { (written, columns) };
        self.text.push_str(written);
        self.width += columns;
        match c {
            '\n' => self.is_over = true,
            ' ' => self.gap = self.text.len(),
            _ => {}
        }
    }

    /// Cuts the line after its last blank, or at its end if it has none or the blank is too far left. The next line
    /// begins with the part that was cut off.
    fn end(&mut self, gap: &str, room: usize, out: &mut String) {
        let has_gap = self.gap > 0 && width(&self.text[..self.gap]) * 2 > room;
        let at = if self.is_over || !has_gap { self.text.len() } else { self.gap };
        let rest = self.text.split_off(at);
        out.push_str(&self.text);
        out.push_str(gap);
        *self = Self { width: width(&rest), text: rest, gap: 0, is_over: false };
    }
}

/// Returns whether a raw literal may contain a character.
fn stands_raw(c: char) -> bool {
    c == '\t' || !is_hidden(c)
}

/// Writes a character as in a quoted literal.
fn escape(c: char, out: &mut String) {
    if is_escaped(c) {
        out.extend(c.escape_default());
    } else {
        out.push(c);
    }
}

/// Returns whether a quoted literal has an escape for a character.
fn is_escaped(c: char) -> bool {
    matches!(c, '"' | '\\') || is_hidden(c)
}

/// Returns whether a character has no glyph, is a direction mark (which rustc refuses in sources), or only looks like a
/// space.
fn is_hidden(c: char) -> bool {
    shown::is_hidden(c) || !c.is_ascii() && c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(literal: &str) -> String {
        syn::parse_str::<syn::LitStr>(literal).unwrap_or_else(|error| panic!("{error}: {literal}")).value()
    }

    #[test]
    fn a_text_that_fits_is_one_line() {
        assert_eq!(literal("a cat", 10, 99), r#""a cat""#);
        assert_eq!(literal("one\ntwo\t\"x\"", 10, 99), r#""one\ntwo\t\"x\"""#);
        assert_eq!(literal(r#"{"a": "b"}"#, 10, 99), r##"r#"{"a": "b"}"#"##);
    }

    #[test]
    fn short_lines_are_raw() {
        assert_eq!(literal("one\n  two\n\"#three", 0, 99), "r##\"one\n  two\n\"#three\"##");
    }

    #[test]
    fn long_lines_are_cut_at_blanks_and_behind_line_breaks() {
        let text = format!("{}\n\n  end", "word ".repeat(30));
        let literal = literal(&text, 8, 60);
        assert_eq!(value(&literal), text);
        assert!(literal.lines().all(|line| width(line) <= 60), "{literal}");
        assert!(literal.contains("\\n\\n\\\n"), "{literal}");
        assert!(literal.contains("\\x20 end"), "{literal}");
    }

    #[test]
    fn invisible_characters_are_escaped() {
        let text = "a\u{202e}b\u{200b}c\r\u{1}\u{a0}d";
        assert_eq!(literal(text, 0, 99), r#""a\u{202e}b\u{200b}c\r\u{1}\u{a0}d""#);
    }

    /// Generates texts from the pieces of prompts and from characters that are easy to get wrong.
    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-z]{1,12}".prop_map(|word| word + " "),
            1 => Just("\n".to_owned()),
            1 => Just("  ".to_owned()),
            1 => prop::sample::select(vec!["\"", "\"#", "\\", "\r", "\r\n", "\t", "\u{3000}", "\u{a0}", "猫", "\u{202e}", "'", "{", "}", "//", "\0", "é"])
                .prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
            1 => "[a-zA-Z0-9]{80,160}",
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_byte_survives(text in texts(), column in 0_usize..90, end in 60_usize..100) {
            let literal = literal(&text, column, end);
            prop_assert_eq!(value(&literal), text, "{}", literal);
            prop_assert!(!literal.contains('\r'));
        }
    }
}
