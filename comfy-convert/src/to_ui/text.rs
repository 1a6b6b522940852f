//! Texts in which braces and comments have a meaning to the editor.

use crate::frontend::dynamic_prompt::expand;
use crate::frontend::random::Random;

/// Returns a text that the editor turns into this one when it queues, or `None` if none is known.
pub(super) fn protected(text: &str) -> Option<String> {
    let gives = |saved: &str| expand(saved, &mut Random::new(0)) == (text.to_owned(), false);
    if gives(text) {
        return Some(text.to_owned());
    }
    let saved = escaped(text);
    gives(&saved).then_some(saved)
}

/// Escapes a text: braces get a backslash, and the second character that would begin a comment becomes a choice of one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for char in text.chars() {
        match (before, char) {
            // After a backslash, another one would be part of its escape.
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
    fn texts_come_back() {
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
    fn a_text_that_the_editor_cannot_give_is_none() {
        // The editor adds a word after a backslash at the end.
        assert_eq!(protected("a\\"), None);
    }
}
