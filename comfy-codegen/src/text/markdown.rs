//! Writes texts as Markdown that shows them unchanged.
//!
//! rustdoc compiles and runs code blocks, so a text must not become one, whatever stands before or after it. Three rules
//! make every text one run of words, without a list of the cases to avoid:
//!
//! * Whitespace is collapsed to single spaces, and a line begins and ends with a visible character. So no line is
//!   indented, and none ends in a hard break.
//! * Hidden characters are written as visible escapes. Some count as whitespace for one program and not for another.
//! * A backslash stands before every ASCII character that Markdown can read as markup: anywhere for those that mark up a
//!   part of a line, at the beginning of a line for all others, and after digits there.

use comfy_schema::shown::is_hidden;

/// The characters that are markup anywhere in a line, in the Markdown of rustdoc or with an extension of it.
const MARKUP: &str = "\\`*_[]<>~|&$^";

/// Returns a text as lines of Markdown, without the `///`. A blank line separates paragraphs; none is first or last.
pub fn markdown_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for written in text.lines().flat_map(|part| part.split('\r')).map(markdown_line) {
        // Blank lines at the beginning are left out, and of several only one is kept.
        if !written.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(written);
        }
    }
    lines.pop_if(|last| last.is_empty());
    lines
}

/// Returns a text as one line of Markdown. It is empty for a text of whitespace alone.
pub fn markdown_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    // Whether all characters so far are digits, after which `.` or `)` begins an item of a list.
    let mut number = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_space(c) {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            number = false;
            out.push(' ');
        }
        let first = out.is_empty() && c.is_ascii_punctuation();
        let item = number && matches!(c, '.' | ')');
        number &= c.is_ascii_digit();
        if is_hidden(c) {
            out.push('\\');
            out.extend(c.escape_default());
        } else {
            // Two dashes would become one long dash. rustdoc warns of an address that is no link, and none is made,
            // because a link of a stranger is markup too.
            let dash = c == '-' && out.ends_with('-');
            let address = c == ':' && chars.peek() == Some(&'/');
            if first || item || dash || address || MARKUP.contains(c) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// Returns whether a character only separates words. Other whitespace, such as a vertical tab or a line separator, is
/// hidden and shown as an escape.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r') || (c.is_whitespace() && !is_hidden(c))
}

/// Returns a text as inline code on one line. Whitespace other than spaces is shown as an escape, like hidden
/// characters, because names may differ by it.
pub fn code(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) || (c.is_whitespace() && c != ' ') {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    let ticks = "`".repeat(longest_run(&shown) + 1);
    if shown.trim().is_empty() {
        return format!("{ticks}\"{shown}\"{ticks}");
    }
    // Markdown takes one space from each end, if both have one.
    let is_padded = shown.starts_with(' ') && shown.ends_with(' ');
    let gap = if is_padded || shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    format!("{ticks}{gap}{shown}{gap}{ticks}")
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
