//! Texts in which braces and comments mean something to the editor.

use crate::frontend::dynamic_prompt::expand;
use crate::frontend::random::Random;

/// The text that the editor makes this one of when it queues; `None` if there is none that is known.
pub(super) fn protected(text: &str) -> Option<String> {
    let gives = |saved: &str| expand(saved, &mut Random::new(0)) == (text.to_owned(), false);
    if gives(text) {
        return Some(text.to_owned());
    }
    let saved = escaped(text);
    gives(&saved).then_some(saved)
}

/// Braces with a backslash before them; the second sign of what would begin a comment as a choice of one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for char in text.chars() {
        match (before, char) {
            // Behind a backslash another one would be part of it.
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
    fn what_no_text_gives_is_said() {
        // The editor adds a word behind a backslash at the end.
        assert_eq!(protected("a\\"), None);
    }
}
