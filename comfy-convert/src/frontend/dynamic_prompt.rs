//! Expansion of dynamic prompts: comments, choices (`{a|b}`) and escapes.

use super::random::Random;
use crate::limits::{MAX_CHOICE_BYTES, MAX_CHOICE_DEPTH};

/// Returns the text with its choices made, and whether there was anything to choose.
pub(crate) fn expand(text: &str, random: &mut Random) -> (String, bool) {
    let mut expander = Expander { random, chose: false, left: MAX_CHOICE_BYTES.max(text.len()) };
    let done = expander.process(text, MAX_CHOICE_DEPTH);
    (done, expander.chose)
}

struct Expander<'r> {
    random: &'r mut Random,
    chose: bool,
    /// The number of bytes of choices that may still be read.
    left: usize,
}

impl Expander<'_> {
    fn process(&mut self, text: &str, levels: usize) -> String {
        let text = without_comments(text);
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '\\' => escape(&mut chars, &mut out),
                '{' if levels > 0 && self.left > 0 => {
                    let mut options = choices(&mut chars);
                    self.left = self.left.saturating_sub(options.iter().map(String::len).sum());
                    self.chose |= options.len() > 1;
                    let chosen = options.swap_remove(self.random.below(options.len()));
                    // Only the chosen option is kept in memory while its own choices are made.
                    drop(options);
                    out.push_str(&self.process(&chosen, levels - 1));
                }
                '{' => {
                    // Beyond the limits there may be something to choose, so the text counts as one with choices.
                    self.chose = true;
                    out.push('{');
                }
                other => out.push(other),
            }
        }
        unescaped(&out)
    }
}

/// Copies a backslash and the character after it. They stay escaped until all choices are made.
fn escape(chars: &mut std::str::Chars<'_>, out: &mut String) {
    out.push('\\');
    match chars.next() {
        Some(char) => out.push(char),
        // JavaScript reads the character after the last one as `undefined`.
        None => out.push_str("undefined"),
    }
}

/// Returns the options of a block whose `{` was read, up to its `}` or the end.
fn choices(chars: &mut std::str::Chars<'_>) -> Vec<String> {
    let (mut options, mut option, mut depth) = (Vec::new(), String::new(), 0usize);
    while let Some(char) = chars.next() {
        match char {
            '\\' => escape(chars, &mut option),
            '}' if depth == 0 => break,
            '|' if depth == 0 => options.push(std::mem::take(&mut option)),
            _ => {
                if char == '{' {
                    depth += 1;
                } else if char == '}' {
                    depth -= 1;
                }
                option.push(char);
            }
        }
    }
    options.push(option);
    options
}

/// Removes `/* … */` and `// …`, whichever begins first; an unclosed `/*` stays.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Once a comment is unclosed, no later one is closed either.
    let mut closable = true;
    while let Some(at) = rest.find('/') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let closed = if from.starts_with("/*") && closable { from[2..].find("*/") } else { None };
        closable = closable && (closed.is_some() || !from.starts_with("/*"));
        rest = if let Some(length) = closed {
            &from[length + 4..]
        } else if from.starts_with("//") {
            from.find(['\n', '\r', '\u{2028}', '\u{2029}']).map_or("", |end| &from[end..])
        } else {
            out.push('/');
            &from[1..]
        };
    }
    out.push_str(rest);
    out
}

/// Replaces `\{`, `\}` and `\|` with the bare character; other backslashes stay.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some(&next @ ('{' | '}' | '|'))) => {
                out.push(next);
                chars.next();
            }
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn gives(text: &str, expected: &str) {
        assert_eq!(expand(text, &mut Random::new(1)).0, expected);
    }

    #[test]
    fn comments_are_removed_even_in_urls() {
        gives("a /* b\n c */ d // e\nf", "a  d \nf");
        gives("see https://x.y/z\nend", "see https:\nend");
        gives("/*/ x */y", "y");
        gives("open /* stays // gone", "open /* stays ");
        gives("// a /* b\nc */ d", "\nc */ d");
    }

    #[test]
    fn braces_without_a_choice_vanish() {
        gives("a {b} c}|d", "a b c}|d");
        gives("{a {b", "a b");
    }

    #[test]
    fn an_option_is_chosen_and_its_inner_choices_too() {
        for seed in 0..50 {
            let (text, chose) = expand("x {a|{b|c} d|}", &mut Random::new(seed));
            assert!(chose && ["x a", "x b d", "x c d", "x "].contains(&text.as_str()), "{text}");
        }
    }

    #[test]
    fn escaped_braces_and_bars_lose_their_backslash() {
        gives(r"\{a\|b\} \n \\", r"{a|b} \n \\");
        gives("a\\", "a\\undefined");
    }

    #[test]
    fn choices_are_expanded_up_to_the_maximum_depth() {
        let text = "{".repeat(100_000);
        assert_eq!(expand(&text, &mut Random::new(0)).0.len(), 100_000 - MAX_CHOICE_DEPTH);
    }

    #[test]
    fn choices_are_expanded_up_to_a_number_of_bytes() {
        // Each of the levels reads a megabyte again.
        let text = "{".repeat(MAX_CHOICE_DEPTH) + &"a".repeat(1 << 20);
        let left = expand(&text, &mut Random::new(0)).0.bytes().filter(|byte| *byte == b'{').count();
        assert_eq!(left, MAX_CHOICE_DEPTH - MAX_CHOICE_BYTES / (1 << 20));
    }
}
