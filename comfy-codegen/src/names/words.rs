//! Splits a name into the words from which an identifier is made.

use super::chars::{Class, classify, symbol_name};

/// Splits a name into one or more words, none of which is empty.
///
/// A symbol by which names may differ is a word (`ImageFlip+` has the words `ImageFlip` and `Plus`); other
/// symbols only separate words.
/// A name that consists of separators alone is spelled out, character by character.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = Words::default();
    for (at, c) in name.char_indices() {
        match classify(c) {
            Class::Letter(c) => words.current.push(c),
            Class::Word(word) => words.symbol(word),
            Class::Separator if is_sign(name, at, c) => words.symbol("Minus"),
            Class::Separator => words.end(),
        }
    }
    words.end();
    if words.done.is_empty() { spelled(name) } else { words.done }
}

#[derive(Default)]
struct Words {
    done: Vec<String>,
    current: String,
}

impl Words {
    fn end(&mut self) {
        if !self.current.is_empty() {
            self.done.push(std::mem::take(&mut self.current));
        }
    }

    fn symbol(&mut self, word: &str) {
        self.end();
        self.done.push(word.to_owned());
    }
}

/// Returns whether a hyphen is a minus sign: where a name starts or ends with it (`-ve`, `CONDITIONING-`), and between
/// a blank and a number (`shift -1`). Between words it only separates (`MiDaS-Normal`, `A - Float`).
fn is_sign(name: &str, at: usize, c: char) -> bool {
    if c != '-' {
        return false;
    }
    let before = name[..at].chars().next_back();
    let after = name[at + 1..].chars().next();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match (before, after) {
        (None, after) => is_word(after),
        (before, None) => is_word(before),
        (Some(before), Some(after)) => before.is_whitespace() && after.is_ascii_digit(),
    }
}

/// Returns the names of all characters, for a name without letters.
fn spelled(name: &str) -> Vec<String> {
    if name.is_empty() {
        return vec!["Empty".to_owned()];
    }
    let word = |c: char| symbol_name(c).map_or_else(|| format!("U{:X}", u32::from(c)), str::to_owned);
    name.chars().map(word).collect()
}
