//! Suggestions of similar names (“did you mean …?”).
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

use crate::shown::escaped;

/// The maximum number of suggestions.
const MAX_SUGGESTIONS: usize = 3;

/// Returns a list of names for a message, such as `` `a`, `b` or `c` ``, or an empty string if there are no names. Hidden
/// characters of the names are escaped.
pub fn alternatives(names: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{}`", escaped(name.as_ref()))).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// Returns a hint to append to a message, such as `` ; did you mean `a` or `b`? ``, or an empty string if there are no
/// suggestions.
pub fn did_you_mean(suggestions: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let names = alternatives(suggestions);
    if names.is_empty() { names } else { format!("; did you mean {names}?") }
}

/// Returns up to three candidates that are similar to `word`, best match first.
///
/// Case, blanks and punctuation are ignored, and one typing error per three letters is tolerated. A candidate equal to
/// `word` is not returned.
pub fn similar<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Vec<&'c str> {
    let plain_word = plain(word);
    let allowed = plain_word.chars().count().div_ceil(3);
    let mut scored: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|&candidate| candidate != word)
        .filter_map(|candidate| score(&plain_word, candidate, allowed).map(|score| (score, candidate)))
        .collect();
    scored.sort_unstable();
    scored.dedup();
    scored.into_iter().take(MAX_SUGGESTIONS).map(|(_, candidate)| candidate).collect()
}

/// Returns the distance between the word and a candidate, or `None` if the two are not similar.
fn score(plain_word: &str, candidate: &str, allowed: usize) -> Option<usize> {
    let plain_candidate = plain(candidate);
    let (word_length, length) = (plain_word.chars().count(), plain_candidate.chars().count());
    if word_length.abs_diff(length) <= allowed {
        let distance = strsim::osa_distance(plain_word, &plain_candidate);
        if distance <= allowed {
            return Some(distance);
        }
    }
    // A candidate that contains a word of at least four letters is similar too, but ranks lower.
    let holds = word_length >= 4 && plain_candidate.contains(plain_word);
    holds.then(|| allowed + 1 + length - word_length)
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, similar};

    const CLASSES: [&str; 5] = ["KSampler", "KSamplerAdvanced", "VAEDecode", "VAEEncode", "CLIPTextEncode"];

    #[test]
    fn suggestions_end_a_message() {
        assert_eq!(did_you_mean([""; 0]), "");
        assert_eq!(did_you_mean(["a"]), "; did you mean `a`?");
        assert_eq!(did_you_mean(["a", "b", "c"]), "; did you mean `a`, `b` or `c`?");
        assert_eq!(did_you_mean(["a\u{1b}[2J"]), r"; did you mean `a\u{1b}[2J`?");
    }

    #[test]
    fn swapped_letters() {
        assert_eq!(similar("KSampelr", CLASSES)[0], "KSampler");
    }

    #[test]
    fn case_and_blanks() {
        assert_eq!(similar("vae decode", CLASSES)[0], "VAEDecode");
    }

    #[test]
    fn prefix_of_a_longer_word() {
        assert_eq!(similar("CLIPText", CLASSES), ["CLIPTextEncode"]);
    }

    #[test]
    fn no_similar_candidate() {
        assert!(similar("LoadImage", CLASSES).is_empty());
        assert!(similar("", CLASSES).is_empty());
    }

    #[test]
    fn the_word_itself_is_not_suggested() {
        assert!(!similar("KSampler", CLASSES).contains(&"KSampler"));
    }
}
