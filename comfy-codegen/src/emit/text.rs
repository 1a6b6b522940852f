//! Writes texts of the schema as Rust literals and as Markdown, so that no part of them is taken for code or markup.

use std::borrow::Cow;

/// Returns a text as a string literal with its quotes.
///
/// Characters that an editor or a reviewer cannot see, and those that change the direction of text, which rustc refuses
/// in source, are written as escapes.
pub(super) fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            c if is_invisible(c) => literal.extend(c.escape_unicode()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Returns a text as lines of Markdown that show it unchanged, without the `///`.
///
/// Markup is escaped, URLs become links, and indentation is removed, which rustdoc would take for code and run.
pub(super) fn markdown(text: &str) -> Vec<String> {
    text.lines().flat_map(|line| line.split('\r')).map(|line| markdown_line(line.trim())).collect()
}

fn markdown_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = url_start(rest) {
        let (before, from) = rest.split_at(at);
        let (url, after) = from.split_at(url_length(from));
        escape(before, &mut out);
        out.extend(["<", url, ">"]);
        rest = after;
    }
    escape(rest, &mut out);
    out
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' | '&' => out.extend(['\\', c]),
            '#' | '=' | '+' | '-' if out.is_empty() => out.extend(['\\', c]),
            c if is_invisible(c) => {}
            c => out.push(c),
        }
    }
}

fn url_start(text: &str) -> Option<usize> {
    let starts = ["https://", "http://"].map(|scheme| text.find(scheme));
    let start = starts.into_iter().flatten().min()?;
    // A scheme alone is not a link.
    (url_length(&text[start..]) > "https://".len()).then_some(start)
}

/// Returns the length of the URL that a text begins with. Punctuation at its end belongs to the sentence.
fn url_length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || is_invisible(c) || !c.is_ascii() || "<>\"'`()[]{}|\\^".contains(c);
    let url = text.find(ends).map_or(text, |end| &text[..end]);
    url.trim_end_matches(|c: char| ".,;:!?*_~".contains(c)).len()
}

/// Returns a text as inline code. Line breaks become blanks.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_whitespace() || is_invisible(c) { ' ' } else { c }).collect();
    let ticks = "`".repeat(longest_run(&text) + 1);
    if text.trim().is_empty() {
        return format!("{ticks}\"{text}\"{ticks}");
    }
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{gap}{text}{gap}{ticks}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Returns a text as the value of a `doc(alias)`, or `None` if rustdoc would refuse it: it accepts no quotes, and no
/// whitespace other than inner spaces.
pub(super) fn alias(text: &str) -> Option<Cow<'_, str>> {
    let refused = |c: char| c == '"' || c == '\'' || (c.is_whitespace() && c != ' ') || is_invisible(c);
    let fits = !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains(refused);
    fits.then(|| Cow::Owned(text.replace('\\', "\\\\")))
}

/// Returns whether a character is a control character or a formatting character without a glyph.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::{alias, code, literal, markdown};

    #[test]
    fn literals_evaluate_to_their_text() {
        for text in ["", "a \"b\" \\ c", "tab\tnewline\nreturn\r", "\u{202E}evil\u{2066}", "入 é 🟦", "{} */ // \0"]
        {
            let literal: syn::LitStr = syn::parse_str(&literal(text)).unwrap();
            assert_eq!(literal.value(), text);
        }
    }

    #[test]
    fn direction_marks_are_escaped() {
        assert_eq!(literal("\u{202E}x"), "\"\\u{202e}x\"");
        assert_eq!(markdown("\u{202E}x"), ["x"]);
    }

    #[test]
    fn markdown_is_shown_as_text() {
        assert_eq!(markdown("use [x](y) <b> `c`"), ["use \\[x\\](y) \\<b\\> \\`c\\`"]);
        assert_eq!(markdown("a\n    indented\r\n# no title"), ["a", "indented", "\\# no title"]);
    }

    #[test]
    fn urls_become_links() {
        assert_eq!(markdown("See https://a.b/c_d."), ["See <https://a.b/c_d>."]);
        assert_eq!(markdown("(http://a.b) https:// x"), ["(<http://a.b>) https:// x"]);
    }

    #[test]
    fn code_keeps_backticks() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(""), "`\"\"`");
    }

    #[test]
    fn aliases_that_rustdoc_refuses_are_left_out() {
        assert_eq!(alias("ImageFlip+").as_deref(), Some("ImageFlip+"));
        for refused in ["", " a", "a ", "it's", "a\tb", "say \"x\""] {
            assert_eq!(alias(refused), None, "{refused:?}");
        }
    }
}
