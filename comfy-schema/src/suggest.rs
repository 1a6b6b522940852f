//! Did you mean …?
//!
//! Shared by the workspace's crates; may change in any version.

/// The fewest and the most suggestions are 0 and this.
const MOST: usize = 3;

/// The candidates that someone who wrote `word` may have meant, best first, at most three.
///
/// Case, blanks and punctuation do not count much; one typing error in about three letters is forgiven. A
/// candidate equal to `word` is not a suggestion.
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
    scored.into_iter().take(MOST).map(|(_, candidate)| candidate).collect()
}

/// Lower is nearer; `None` if too far.
fn score(plain_word: &str, candidate: &str, allowed: usize) -> Option<usize> {
    let plain_candidate = plain(candidate);
    let (word_length, length) = (plain_word.chars().count(), plain_candidate.chars().count());
    if word_length.abs_diff(length) <= allowed {
        let distance = strsim::osa_distance(plain_word, &plain_candidate);
        if distance <= allowed {
            return Some(distance);
        }
    }
    // A word of some length that the candidate begins with or holds is a guess too, but a worse one.
    let holds = word_length >= 4 && plain_candidate.contains(plain_word);
    holds.then(|| allowed + 1 + length - word_length)
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::similar;

    const CLASSES: [&str; 5] = ["KSampler", "KSamplerAdvanced", "VAEDecode", "VAEEncode", "CLIPTextEncode"];

    #[test]
    fn swapped_letters() {
        assert_eq!(similar("KSampelr", CLASSES)[0], "KSampler");
    }

    #[test]
    fn case_and_blanks() {
        assert_eq!(similar("vae decode", CLASSES)[0], "VAEDecode");
    }

    #[test]
    fn beginning_of_a_longer_word() {
        assert_eq!(similar("CLIPText", CLASSES), ["CLIPTextEncode"]);
    }

    #[test]
    fn nothing_near() {
        assert!(similar("LoadImage", CLASSES).is_empty());
        assert!(similar("", CLASSES).is_empty());
    }

    #[test]
    fn the_word_itself_is_no_suggestion() {
        assert!(!similar("KSampler", CLASSES).contains(&"KSampler"));
    }
}
