//! Escaping of texts that the editor expands as dynamic prompts.

use crate::frontend::dynamic_prompt::expand;
use crate::frontend::random::Random;

/// Returns a text that the editor expands to this one when it queues the workflow, or `None` if no such text is known.
pub(super) fn protected(text: &str) -> Option<String> {
    let gives = |saved: &str| expand(saved, &mut Random::new(0)) == (text.to_owned(), false);
    if gives(text) {
        return Some(text.to_owned());
    }
    let saved = escaped(text);
    gives(&saved).then_some(saved)
}

/// Escapes a text: braces and bars get a backslash, and the second character of `//` and `/*` becomes a choice with a
/// single option.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for char in text.chars() {
        match (before, char) {
            // A backslash after another one would be escaped by it, so a choice with a single option separates them.
            ('\\', '{' | '}' | '|') => out.extend(['{', '\\', char, '}']),
            (_, '{' | '}' | '|') => out.extend(['\\', char]),
            ('/', '/' | '*') => out.extend(['{', char, '}']),
            _ => out.push(char),
        }
        before = char;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::protected;
    use crate::frontend::dynamic_prompt::expand;
    use crate::frontend::random::Random;

    #[test]
    fn protected_texts_expand_to_the_originals() {
        for text in [
            "a cat",
            "{a|b}",
            "a } b | c",
            "see https://x.y/z // not a comment",
            "/* stays */",
            r"(cat\) \n",
            r"C:\\dir",
            "{{{",
            "///",
        ] {
            let saved = protected(text).unwrap_or_else(|| panic!("{text}"));
            let (back, chose) = expand(&saved, &mut Random::new(7));
            assert_eq!((back.as_str(), chose), (text, false), "{saved}");
        }
    }

    #[test]
    fn a_text_that_no_expansion_gives_cannot_be_protected() {
        // The editor adds a word after a backslash at the end.
        assert_eq!(protected("a\\"), None);
    }
}
