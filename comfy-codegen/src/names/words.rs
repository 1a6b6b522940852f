//! Cuts a name into the words that an identifier is made of.

use super::chars::{Class, classify, symbol_name};

/// The words of a name, never empty and each of them not empty.
///
/// Symbols that tell names apart are words (`ImageFlip+` is `ImageFlip`, `Plus`); others only separate. A name of
/// nothing but separators is spelled out, character by character.
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

/// A hyphen is a sign where a name starts or ends with it (`-ve`, `CONDITIONING-`) or a number follows a gap
/// (`shift -1`); between words it only separates (`MiDaS-Normal`, `A - Float`).
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

/// The name of every character, for names without a letter.
fn spelled(name: &str) -> Vec<String> {
    if name.is_empty() {
        return vec!["Empty".to_owned()];
    }
    let word = |c: char| symbol_name(c).map_or_else(|| format!("U{:X}", u32::from(c)), str::to_owned);
    name.chars().map(word).collect()
}
