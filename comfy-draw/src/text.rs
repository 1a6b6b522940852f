//! Texts in pictures: measuring, cutting, wrapping and escaping.

use std::fmt::Write;

/// The estimated width of a character of a sans-serif font, as a fraction of the font size. It errs on the large side.
const CHARACTER: f64 = 0.56;
/// The width of ideographs and other wide characters, as a fraction of the font size.
const WIDE: f64 = 1.0;

/// Returns the estimated width of a text.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|char| if is_wide(char) { WIDE } else { CHARACTER }).sum::<f64>() * size
}

fn is_wide(char: char) -> bool {
    matches!(char, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Returns a text on one line. If it is wider than `room`, it is cut off and ends with an ellipsis.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    let mut out = String::new();
    let mut used = 0.0;
    for char in text.chars() {
        let char = if char.is_control() { ' ' } else { char };
        used += if is_wide(char) { WIDE } else { CHARACTER } * size;
        if used > room {
            // The ellipsis takes the place of the last character.
            out.pop();
            out.push('…');
            return out;
        }
        out.push(char);
    }
    out
}

/// Breaks a text into at most `max` lines that are no wider than `room`.
pub(crate) fn wrap(text: &str, size: f64, room: f64, max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split_inclusive(' ') {
            if !current.is_empty() && width(&current, size) + width(word.trim_end(), size) > room {
                lines.push(std::mem::take(&mut current));
                if lines.len() > max {
                    break;
                }
            }
            current.push_str(word);
        }
        lines.push(current);
        if lines.len() > max {
            break;
        }
    }
    let is_more = lines.len() > max;
    lines.truncate(max);
    let last = lines.len().saturating_sub(1);
    let cut = |(at, line): (usize, &String)| {
        let line = line.trim_end();
        let whole = if is_more && at == last { format!("{line} …") } else { line.to_owned() };
        fit(&whole, size, room)
    };
    lines.iter().enumerate().map(cut).collect()
}

/// Escapes a text for the content or an attribute of an XML element, and leaves out characters that XML does not allow.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(char),
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => {}
            other => out.push(other),
        }
    }
    out
}

/// Escapes a text for a quoted label in Mermaid: all characters except letters, digits and some punctuation become
/// entity codes.
pub(crate) fn mermaid(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_alphanumeric() || matches!(char, ' ' | '-' | '.' | ',' | '_' | '/' | '(' | ')' | '+') {
            out.push(char);
        } else if char.is_control() {
            out.push(' ');
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "#{};", u32::from(char));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escape, fit, mermaid, wrap};

    #[test]
    fn no_character_becomes_markup() {
        assert_eq!(escape("<script>\"'&\u{0}\u{7}x"), "&lt;script&gt;&quot;&#39;&amp;x");
        assert_eq!(mermaid("a\"] --> b;\n<b>"), "a#34;#93; --#62; b#59; #60;b#62;");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(fit("abcdef", 10.0, 100.0), "abcdef");
        assert_eq!(fit("abcdef", 10.0, 20.0), "ab…");
        assert_eq!(fit("", 10.0, 0.0), "");
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrap("one two three", 10.0, 45.0, 5), ["one two", "three"]);
        assert_eq!(wrap("a\nb\nc", 10.0, 100.0, 2), ["a", "b …"]);
        assert!(wrap("", 10.0, 10.0, 2).is_empty());
    }
}
