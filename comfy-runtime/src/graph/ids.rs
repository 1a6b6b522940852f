//! The ids of nodes.
//!
//! An id says what a reader of the workflow calls the node: what its author chose, or the variable it is bound to, or
//! its class in snake case. The server takes any text. So a snapshot of a workflow changes only where the workflow did.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::error::{Problem, ProblemKind};
use super::store::{Body, NodeRecord, Store};
use crate::hash::FastHash;
use crate::text::{is_plain, push_whole};

/// Where the id of a node stands in the [`Ids`] of its store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Id {
    start: u32,
    /// 0 for none, which branches have.
    len: u32,
}

impl Id {
    fn is_none(self) -> bool {
        self.len == 0
    }
}

/// The ids of all nodes, one behind the other, each in quotes. One text, because a thousand would be a thousand
/// allocations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    text: String,
    /// Some id holds what JSON must escape.
    escapes: bool,
}

impl Ids {
    /// Makes room for the ids of so many nodes.
    fn reserve(&mut self, nodes: usize) {
        const TYPICAL: usize = 20;
        self.text.reserve(nodes * TYPICAL);
    }

    /// Adds an id of any text.
    pub(crate) fn push_any(&mut self, id: &str) -> Id {
        self.escapes |= !is_plain(id);
        self.push(id, None)
    }

    /// Adds an id: a name of the program, with a number from the second node of that name on.
    fn push(&mut self, name: &str, number: Option<u32>) -> Id {
        let start = self.text.len();
        self.text.push('"');
        self.text.push_str(name);
        if let Some(number) = number {
            self.text.push('_');
            push_whole(&mut self.text, u64::from(number));
        }
        self.text.push('"');
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Id { start: place(start), len: place(self.text.len() - start) }
    }

    /// The id.
    pub(crate) fn get(&self, id: Id) -> &str {
        let quoted = self.quoted(id);
        quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
    }

    /// The id in quotes.
    fn quoted(&self, id: Id) -> &str {
        self.text.get(id.start as usize..(id.start + id.len) as usize).unwrap_or_default()
    }

    /// The id as JSON.
    pub(crate) fn json(&self, id: Id) -> Cow<'_, str> {
        if self.escapes {
            Cow::Owned(serde_json::Value::from(self.get(id)).to_string())
        } else {
            Cow::Borrowed(self.quoted(id))
        }
    }
}

/// Gives every node its id. Chosen ids come first, then the first node of each variable, then further nodes of a
/// variable (`model_2`), then classes: an automatic id never takes a name that somebody wrote.
pub(super) fn assign(store: &mut Store, problems: &mut Vec<Problem>) {
    let Store { nodes, ids, .. } = store;
    ids.reserve(nodes.len());
    let mut names = Names::new();
    for node in unnamed(nodes) {
        let Some(id) = chosen(node) else { continue };
        if !names.first(Cow::Owned(id.clone())) {
            let message = format!("two nodes have the id `{id}`");
            problems.push(Problem::of_node(node, &id, None, ProblemKind::DuplicateId, message));
        }
        node.id = ids.push_any(&id);
    }
    let mut repeated = false;
    for node in unnamed(nodes) {
        let Some(binding) = node.literal.binding else { continue };
        if names.first(Cow::Borrowed(binding)) {
            node.id = ids.push(binding, None);
        } else {
            repeated = true;
        }
    }
    if repeated {
        for node in unnamed(nodes) {
            let Some(binding) = node.literal.binding else { continue };
            node.id = ids.push(binding, Some(names.next(binding)));
        }
    }
    for node in unnamed(nodes) {
        node.id = match &node.body {
            Body::Typed(table) => ids.push(&table.id, names.claim(&table.id)),
            _ => ids.push_any(&names.of_class(&node.class())),
        };
    }
}

/// Numbers every node from 1, in the order of construction, as the editor does.
pub(crate) fn renumber(store: &mut Store) {
    store.ids = Ids::default();
    for (number, node) in store.nodes.iter_mut().filter(|node| !node.is_branch()).enumerate() {
        node.id = store.ids.push(&(number + 1).to_string(), None);
    }
}

fn unnamed(nodes: &mut [NodeRecord]) -> impl Iterator<Item = &mut NodeRecord> {
    nodes.iter_mut().filter(|node| node.id.is_none() && !node.is_branch())
}

/// The id that the program chose for a node.
fn chosen(node: &NodeRecord) -> Option<String> {
    let own = node.own.as_ref().and_then(|own| own.id.as_deref());
    own.or(node.literal.id).map(ToOwned::to_owned)
}

/// The names that are taken.
struct Names {
    /// Each name, and the last number given out for it.
    last: Counts,
    /// A name that ends like a numbered one has been taken: numbers must be compared with it.
    lookalike: bool,
}

/// A number for each name. A handful is searched one by one, which is faster than hashing.
enum Counts {
    Few(Vec<(Cow<'static, str>, u32)>),
    Many(HashMap<Cow<'static, str>, u32, FastHash>),
}

impl Counts {
    const FEW: usize = 16;

    fn get(&self, name: &str) -> Option<u32> {
        match self {
            Self::Few(few) => few.iter().find(|(known, _)| known == name).map(|(_, count)| *count),
            Self::Many(many) => many.get(name).copied(),
        }
    }

    /// The count of a name, and whether it is new: then the count is 1.
    fn entry(&mut self, name: Cow<'static, str>) -> (&mut u32, bool) {
        if let Self::Few(few) = self
            && few.len() == Self::FEW
        {
            *self = Self::Many(few.drain(..).collect());
        }
        match self {
            Self::Few(few) => {
                let place = few.iter().position(|(known, _)| *known == name);
                let place = place.unwrap_or_else(|| {
                    few.push((name, 0));
                    few.len() - 1
                });
                let count = &mut few[place].1;
                let new = *count == 0;
                *count = (*count).max(1);
                (count, new)
            }
            Self::Many(many) => match many.entry(name) {
                Entry::Occupied(entry) => (entry.into_mut(), false),
                Entry::Vacant(entry) => (entry.insert(1), true),
            },
        }
    }
}

impl Names {
    fn new() -> Self {
        Self { last: Counts::Few(Vec::with_capacity(Counts::FEW)), lookalike: false }
    }

    /// Takes a name as it is; false if it is taken.
    fn first(&mut self, name: Cow<'static, str>) -> bool {
        if let Some((base, number)) = split_number(&name) {
            self.lookalike = true;
            if self.last.get(base).is_some_and(|last| (2..=last).contains(&number)) {
                return false;
            }
        }
        self.last.entry(name).1
    }

    /// Takes a name as it is (`None`), or else with its next number.
    fn claim(&mut self, name: &'static str) -> Option<u32> {
        if self.lookalike || split_number(name).is_some() {
            return if self.first(Cow::Borrowed(name)) { None } else { Some(self.next(name)) };
        }
        let (last, new) = self.last.entry(Cow::Borrowed(name));
        if new {
            return None;
        }
        *last += 1;
        Some(*last)
    }

    /// The next number for a name.
    fn next(&mut self, name: &'static str) -> u32 {
        loop {
            let (last, _) = self.last.entry(Cow::Borrowed(name));
            *last += 1;
            let number = *last;
            if !self.lookalike || self.last.get(&format!("{name}_{number}")).is_none() {
                return number;
            }
        }
    }

    /// A name from a class that is known only at run time.
    fn of_class(&mut self, class: &str) -> String {
        let base = snake_case(class);
        if self.first(Cow::Owned(base.clone())) {
            return base;
        }
        loop {
            let (last, _) = self.last.entry(Cow::Owned(base.clone()));
            *last += 1;
            let name = format!("{base}_{last}");
            if self.last.get(&name).is_none() {
                return name;
            }
        }
    }
}

/// `("a", 12)` for `a_12`.
fn split_number(name: &str) -> Option<(&str, u32)> {
    if !name.as_bytes().last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (base, digits) = name.rsplit_once('_')?;
    let number: u32 = digits.parse().ok()?;
    (number.to_string() == digits).then_some((base, number))
}

/// `CLIPTextEncode` → `clip_text_encode`. A class without letters or digits becomes `node`.
pub(crate) fn snake_case(class: &str) -> String {
    let chars: Vec<char> = class.chars().collect();
    let mut snake = String::with_capacity(class.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        let after = chars.get(i + 1);
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_numeric() || (b.is_uppercase() && after.is_some_and(|a| a.is_lowercase()))
            });
        if starts_word && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    let trimmed = snake.trim_end_matches('_');
    if trimmed.is_empty() { "node".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn classes_become_snake_case() {
        for (class, id) in [
            ("CLIPTextEncode", "clip_text_encode"),
            ("KSampler", "k_sampler"),
            ("VAEDecode", "vae_decode"),
            ("LoraLoaderModelOnly", "lora_loader_model_only"),
            ("Image Flip+", "image_flip"),
            ("FLUX2Scheduler", "flux2_scheduler"),
            ("输入", "输入"),
            ("+ve", "ve"),
            ("*", "node"),
        ] {
            assert_eq!(snake_case(class), id, "{class}");
        }
    }
}
