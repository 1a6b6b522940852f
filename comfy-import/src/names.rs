//! What nodes are called: by their titles, by what their outputs are used for, by their classes.

use std::collections::HashMap;

use comfy_codegen::names::{self, Suffix, reserved};

use crate::flow::Uses;
use crate::item::{Form, Item};
use crate::prompt::Link;

/// Names of inputs and outputs that say nothing of what goes through them.
const SAYS_NOTHING: [&str; 28] = [
    "a", "any", "anything", "b", "boolean", "combo", "data", "element", "float", "in", "input", "input1", "int",
    "item", "number", "obj", "object", "on_false", "on_true", "out", "output", "source", "str", "string", "text",
    "value", "values", "x",
];

/// What the class of a node says beside what it gives.
const NOISE: [&str; 9] = ["load", "loader", "simple", "advanced", "node", "pysssss", "custom", "comfy", "easy"];

/// What the source itself calls something else.
pub(crate) const OURS: [&str; 4] = ["graph", "unchecked", "unchecked_json", "workflow"];

/// Most words and letters of a name that is made of a title.
const MOST_WORDS: usize = 5;
const MOST_LETTERS: usize = 32;

/// What a node could be called, best first; at least one name.
pub(crate) fn candidates(at: usize, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> Vec<String> {
    let mut names: Vec<String> = own_title(item).into_iter().collect();
    if let [slot] = uses.slots(at) {
        names.extend(use_name(Link { node: at, slot: *slot }, item, uses));
    }
    names.extend(class_names(item));
    usable(names, "node")
}

/// What one output of a node could be called, as a parameter or result of a function.
pub(crate) fn output_candidates(link: Link, item: &Item<'_, '_, '_>, uses: &Uses<'_>) -> Vec<String> {
    let mut names: Vec<String> = use_name(link, item, uses).into_iter().collect();
    names.extend(own_title(item));
    names.extend(class_names(item));
    usable(names, "value")
}

/// Those that can be names, or else the fallback.
fn usable(mut names: Vec<String>, fallback: &str) -> Vec<String> {
    names.retain(|name| is_usable(name));
    if names.is_empty() {
        names.push(fallback.to_owned());
    }
    names
}

/// A name from a title that somebody chose.
pub(crate) fn own_title(item: &Item<'_, '_, '_>) -> Option<String> {
    let title = item.node.title.as_deref()?;
    if item.has_default_title || item.node.class.as_deref() == Some(title) {
        return None;
    }
    // `CLIP Text Encode (Positive Prompt)`: what is in the brackets tells it from others.
    let inner = title.strip_suffix(')').and_then(|title| title.rsplit_once('(')).map(|(_, inner)| inner);
    inner.and_then(from_title).or_else(|| from_title(title))
}

fn from_title(title: &str) -> Option<String> {
    // Beyond that it cannot be a short name, and conversion is not free.
    let title = title.get(..title.len().min(4 * MOST_LETTERS)).filter(|start| start.len() == title.len())?;
    if !title.is_ascii() {
        return None;
    }
    let name = names::snake_case(title).trim_start_matches('_').to_owned();
    let fits = name.split('_').count() <= MOST_WORDS && name.len() <= MOST_LETTERS;
    (fits && name.starts_with(|c: char| c.is_ascii_alphabetic()) && !SAYS_NOTHING.contains(&name.as_str()))
        .then_some(name)
}

/// What an output is used as: the name of the inputs it feeds if they agree, else its own name.
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
        && says_something(only)
    {
        return Some(only.clone());
    }
    let Form::Typed(planned, _) = &item.form else { return None };
    let own = planned.outputs.get(usize::from(link.slot))?.ident.name().to_owned();
    if says_something(&own) {
        return Some(own);
    }
    // Of names that differ, the first that says something.
    counts.into_iter().map(|(name, _)| name).find(|name| says_something(name))
}

/// `positive`, `image` for `images.image0` and `image_2`.
fn input_name(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    names::snake_case(if last.is_empty() { name } else { last })
}

fn says_something(name: &str) -> bool {
    !SAYS_NOTHING.contains(&name) && is_usable(name)
}

/// The class in snake case, first without what says nothing.
fn class_names(item: &Item<'_, '_, '_>) -> Vec<String> {
    let Some(class) = item.node.class.as_deref() else { return Vec::new() };
    let full = names::snake_case(class).trim_matches('_').to_owned();
    let is_noise = |word: &&str| NOISE.contains(word) && !word.is_empty();
    let short: Vec<&str> = full.split('_').filter(|word| !is_noise(word)).collect();
    let short = short.join("_");
    [short, full].into_iter().filter(|name| name.len() > 1).collect()
}

/// Whether it may stand behind `let`: plain letters, no keyword, none of our own names.
fn is_usable(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !reserved::is_keyword(name)
        && !reserved::is_unescapable(name)
        && !OURS.contains(&name)
}

/// A text as the name of a function or parameter.
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

/// The names in a function, and how long each is needed.
#[derive(Debug, Default)]
pub(crate) struct Locals {
    /// The statement that last uses what has the name.
    until: HashMap<String, usize>,
    /// How far each base name has been numbered.
    numbers: HashMap<String, usize>,
}

/// A name that is needed to the end.
pub(crate) const FOREVER: usize = usize::MAX;

impl Locals {
    /// Names that nothing may take.
    pub(crate) fn without(names: impl IntoIterator<Item = String>) -> Self {
        Self { until: names.into_iter().map(|name| (name, FOREVER)).collect(), numbers: HashMap::new() }
    }

    /// The first of the candidates that is free at statement `at`, for something that is last used at `until`. A name
    /// whose bearer is not used any more is free: `let model = LoraLoader { model, … };`.
    pub(crate) fn take(&mut self, candidates: &[String], at: usize, until: usize) -> String {
        let free = candidates.iter().find(|name| self.until.get(*name).is_none_or(|&until| until <= at));
        let name = match free {
            Some(name) => name.clone(),
            None => self.numbered(candidates.first().map_or("value", String::as_str), at),
        };
        self.until.insert(name.clone(), until);
        name
    }

    /// A name for something that only statement `at` uses, beside everything that it uses.
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
    fn titles_become_names_where_they_are_short() {
        assert_eq!(from_title("Positive Prompt").as_deref(), Some("positive_prompt"));
        assert_eq!(from_title("Load the model that was trained last week"), None);
        assert_eq!(from_title("正面"), None);
        assert_eq!(from_title("Value"), None);
        assert_eq!(from_title("type").map(|name| is_usable(&name)), Some(false));
    }

    #[test]
    fn children_of_lists_have_the_name_of_one() {
        assert_eq!(input_name("image0"), "image");
        assert_eq!(input_name("reference_image_2"), "reference_image");
        assert_eq!(input_name("7"), "_7");
    }

    #[test]
    fn a_name_is_free_when_its_bearer_is_not_used_any_more() {
        let mut locals = Locals::default();
        let model = ["model".to_owned()];
        assert_eq!(locals.take(&model, 0, 3), "model");
        assert_eq!(locals.take(&model, 2, 9), "model_2");
        assert_eq!(locals.take(&model, 3, 4), "model");
        assert_eq!(locals.take(&model, 3, 4), "model_3");
    }
}
