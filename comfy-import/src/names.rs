//! Names of variables and parameters: made from titles, from the uses of outputs, and from classes.

use std::collections::HashMap;

use comfy_codegen::names::{self, Suffix, reserved};

use crate::flow::Uses;
use crate::item::{Item, NodeForm};
use crate::prompt::Link;

/// The names of inputs and outputs that do not describe their values.
const UNTELLING: [&str; 28] = [
    "a", "any", "anything", "b", "boolean", "combo", "data", "element", "float", "in", "input", "input1", "int",
    "item", "number", "obj", "object", "on_false", "on_true", "out", "output", "source", "str", "string", "text",
    "value", "values", "x",
];

/// The words in class names that do not describe a node's output.
const NOISE: [&str; 9] = ["load", "loader", "simple", "advanced", "node", "pysssss", "custom", "comfy", "easy"];

/// The names that imported sources use themselves.
pub(crate) const OURS: [&str; 4] = ["graph", "unchecked", "unchecked_json", "workflow"];

/// The maximum number of words in a name made from a title.
const MAX_WORDS: usize = 5;
/// The maximum length of a name made from a title, in bytes.
const MAX_NAME_LEN: usize = 32;

/// Returns one or more names that suit a node, best first. Each is made when it is needed.
pub(crate) fn candidates(at: usize, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> impl Iterator<Item = String> {
    let by_use = move || match uses.slots(at) {
        [slot] => use_name(Link { node: at, slot: *slot }, item, uses),
        _ => None,
    };
    let names = lazy(move || own_title(item)).chain(lazy(by_use));
    usable(names.chain(lazy(move || class_names(item))), "node")
}

/// Returns one or more names that suit an output as a parameter or result of a function, best first.
pub(crate) fn output_candidates(link: Link, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> impl Iterator<Item = String> {
    let names = lazy(move || use_name(link, item, uses)).chain(lazy(move || own_title(item)));
    usable(names.chain(lazy(move || class_names(item))), "value")
}

/// Returns what a function returns, which is called when the first element is needed.
fn lazy<T: IntoIterator>(make: impl FnOnce() -> T) -> impl Iterator<Item = T::Item> {
    std::iter::once_with(make).flatten()
}

/// Returns the usable names, or the fallback if there are none.
fn usable(names: impl Iterator<Item = String>, fallback: &'static str) -> impl Iterator<Item = String> {
    let mut names = names.filter(|name| is_usable(name));
    let first = names.next().unwrap_or_else(|| fallback.to_owned());
    std::iter::once(first).chain(names)
}

/// Returns a name made from a title, unless the title is the one that the editor gives every node of the class.
pub(crate) fn own_title(item: &Item<'_, '_, '_>) -> Option<String> {
    let title = item.node.title.as_deref()?;
    if item.has_default_title || item.node.class.as_deref() == Some(title) {
        return None;
    }
    // In `CLIP Text Encode (Positive Prompt)`, the text in parentheses distinguishes the node.
    let inner = title.strip_suffix(')').and_then(|title| title.rsplit_once('(')).map(|(_, inner)| inner);
    inner.and_then(from_title).or_else(|| from_title(title))
}

fn from_title(title: &str) -> Option<String> {
    // A longer title cannot become a short name, and conversion takes time.
    let title = title.get(..title.len().min(4 * MAX_NAME_LEN)).filter(|start| start.len() == title.len())?;
    if !title.is_ascii() {
        return None;
    }
    let name = names::snake_case(title).trim_start_matches('_').to_owned();
    let fits = name.split('_').count() <= MAX_WORDS && name.len() <= MAX_NAME_LEN;
    (fits && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !UNTELLING.contains(&name.as_str())).then_some(name)
}

/// Returns a descriptive name for an output: that of the linked inputs if they agree, otherwise that of the output, and
/// otherwise that of the first linked input that has one.
pub(crate) fn use_name(link: Link, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for found in uses.of(link) {
        let name = input_name(found.input);
        match counts.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => counts.push((name, 1)),
        }
    }
    if let [(only, _)] = counts.as_slice()
        && is_telling(only)
    {
        return Some(only.clone());
    }
    let NodeForm::Typed(planned, _) = &item.form else { return None };
    let own = planned.outputs.get(usize::from(link.slot))?.ident.name().to_owned();
    if is_telling(&own) {
        return Some(own);
    }
    // If the names differ, the first descriptive one is taken.
    counts.into_iter().map(|(name, _)| name).find(|name| is_telling(name))
}

/// Returns the name of an input without its number and its parents: `image` for `images.image0` and `image_2`.
fn input_name(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    names::snake_case(if last.is_empty() { name } else { last })
}

fn is_telling(name: &str) -> bool {
    !UNTELLING.contains(&name) && is_usable(name)
}

/// Returns the class in snake case, first without the words that do not describe the output, then complete.
fn class_names(item: &Item<'_, '_, '_>) -> Vec<String> {
    let Some(class) = item.node.class.as_deref() else { return Vec::new() };
    let full = names::snake_case(class).trim_matches('_').to_owned();
    let is_noise = |word: &&str| NOISE.contains(word) && !word.is_empty();
    let short: Vec<&str> = full.split('_').filter(|word| !is_noise(word)).collect();
    let short = short.join("_");
    [short, full].into_iter().filter(|name| name.len() > 1).collect()
}

/// Returns whether a variable can have this name: it consists of ASCII letters, digits and underscores, and is neither
/// a keyword nor a name that imported sources use themselves.
fn is_usable(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !reserved::is_keyword(name)
        && !reserved::is_unescapable(name)
        && !OURS.contains(&name)
}

/// Returns a name for a function or parameter made from a text, or the fallback if no name can be made from it.
pub(crate) fn identifier(text: &str, fallback: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii() { c } else { ' ' }).take(200).collect();
    let mut name = names::snake_case(&ascii).trim_start_matches('_').to_owned();
    name.truncate(60);
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "workflow_");
    }
    let name = name.trim_end_matches('_').to_owned();
    if is_usable(&name) { name } else { fallback.to_owned() }
}

/// The names of variables in a function, each with the last statement that uses the variable.
#[derive(Debug, Default)]
pub(crate) struct Locals {
    /// The last statement that uses each name.
    until: HashMap<String, usize>,
    /// The last number given to each base name.
    numbers: HashMap<String, usize>,
}

/// The statement number for a name that stays in use until the end of the function.
pub(crate) const FOREVER: usize = usize::MAX;

impl Locals {
    /// Creates a set of names in which these stay in use until the end of the function.
    pub(crate) fn without(names: impl IntoIterator<Item = String>) -> Self {
        Self { until: names.into_iter().map(|name| (name, FOREVER)).collect(), numbers: HashMap::new() }
    }

    /// Takes the first candidate that is free at statement `at`, for a value that is last used at `until`. A name is
    /// free again after the last use of its value: `let model = LoraLoader { model, … };`.
    pub(crate) fn take(&mut self, candidates: impl IntoIterator<Item = String>, at: usize, until: usize) -> String {
        let mut candidates = candidates.into_iter();
        let first = candidates.next().unwrap_or_else(|| "value".to_owned());
        let is_free = |name: &String| self.until.get(name).is_none_or(|&until| until <= at);
        let free = if is_free(&first) { Some(first.clone()) } else { candidates.find(is_free) };
        let name = free.unwrap_or_else(|| self.numbered(&first, at));
        self.until.insert(name.clone(), until);
        name
    }

    /// Takes a name for a value that only statement `at` uses. The name differs from all others that the statement
    /// uses.
    pub(crate) fn take_new(&mut self, base: &str, at: usize) -> String {
        let is_free = self.until.get(base).is_none_or(|&until| until < at);
        let name = if is_free { base.to_owned() } else { self.numbered(base, at.saturating_sub(1)) };
        self.until.insert(name.clone(), at);
        name
    }

    fn numbered(&mut self, base: &str, at: usize) -> String {
        let number = self.numbers.entry(base.to_owned()).or_insert(1);
        loop {
            *number += 1;
            let name = Suffix::Snake.append(base, *number);
            if self.until.get(&name).is_none_or(|&until| until <= at) {
                return name;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_titles_become_names() {
        assert_eq!(from_title("Positive Prompt").as_deref(), Some("positive_prompt"));
        assert_eq!(from_title("Load the model that was trained last week"), None);
        assert_eq!(from_title("正面"), None);
        assert_eq!(from_title("Value"), None);
        assert_eq!(from_title("type").map(|name| is_usable(&name)), Some(false));
    }

    #[test]
    fn inputs_of_a_list_share_a_name() {
        assert_eq!(input_name("image0"), "image");
        assert_eq!(input_name("reference_image_2"), "reference_image");
        assert_eq!(input_name("7"), "_7");
    }

    #[test]
    fn a_name_is_free_after_its_last_use() {
        let mut locals = Locals::default();
        let model = || ["model".to_owned()];
        assert_eq!(locals.take(model(), 0, 3), "model");
        assert_eq!(locals.take(model(), 2, 9), "model_2");
        assert_eq!(locals.take(model(), 3, 4), "model");
        assert_eq!(locals.take(model(), 3, 4), "model_3");
    }
}
