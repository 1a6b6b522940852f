//! Texts in pictures: measured, cut, wrapped, and kept from becoming markup.

use std::fmt::Write;

/// How wide a character of a sans-serif font is, as a part of its size. Rough, and rather too wide.
const CHARACTER: f64 = 0.56;
/// The same of ideographs and other wide characters.
const WIDE: f64 = 1.0;

/// About how wide a text is.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|char| if is_wide(char) { WIDE } else { CHARACTER }).sum::<f64>() * size
}

fn is_wide(char: char) -> bool {
    matches!(char, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// The beginning of a text, as far as there is room, on one line.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    let mut out = String::new();
    let mut used = 0.0;
    for char in text.chars() {
        let char = if char.is_control() { ' ' } else { char };
        used += if is_wide(char) { WIDE } else { CHARACTER } * size;
        if used > room {
            // The sign for what is left out takes the place of the last character.
            out.pop();
            out.push('…');
            return out;
        }
        out.push(char);
    }
    out
}

/// The lines of a text, broken where there is no more room, at most so many.
pub(crate) fn wrap(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let mut current = String::new();
        for word in line.split_inclusive(' ') {
            if !current.is_empty() && width(&current, size) + width(word.trim_end(), size) > room {
                lines.push(std::mem::take(&mut current));
                if lines.len() > most {
                    break;
                }
            }
            current.push_str(word);
        }
        lines.push(current);
        if lines.len() > most {
            break;
        }
    }
    let is_more = lines.len() > most;
    lines.truncate(most);
    let last = lines.len().saturating_sub(1);
    let cut = |(at, line): (usize, &String)| {
        let line = line.trim_end();
        let whole = if is_more && at == last { format!("{line} …") } else { line.to_owned() };
        fit(&whole, size, room)
    };
    lines.iter().enumerate().map(cut).collect()
}

/// A text as content or attribute of XML: nothing in it is markup, and what XML does not know is left out.
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

/// A text in quotes of Mermaid: everything that is no letter, digit or plain sign is a code.
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
    fn nothing_is_markup() {
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
