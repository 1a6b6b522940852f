//! Writes texts as string literals and comments.

use comfy_schema::shown::{escaped, is_hidden};

/// Returns a text as a string literal with its quotes.
///
/// Characters that an editor or a reviewer cannot see, and those that change the direction of text, which rustc refuses
/// in source, are written as escapes.
pub fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            c if is_hidden(c) => literal.extend(c.escape_default()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Returns a text for a line comment: hidden characters, among them those that end a line, are escaped.
pub fn comment(text: &str) -> String {
    escaped(text).to_string()
}

/// Returns a text as the literal of a `doc(alias)`, or `None` if rustdoc would refuse it: it accepts no quotes, and no
/// whitespace other than inner spaces.
pub fn alias(text: &str) -> Option<String> {
    let refused = |c: char| c == '"' || c == '\'' || (c.is_whitespace() && c != ' ') || is_hidden(c);
    let fits = !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && !text.contains(refused);
    fits.then(|| literal(text))
}
