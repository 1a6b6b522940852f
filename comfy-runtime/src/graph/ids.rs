//! The ids of nodes.
//!
//! The id of a node is what its author chose, or else the variable it is bound to, or else its class in snake case. The
//! server accepts any string. With such ids, a snapshot of a workflow changes only where the workflow changed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::error::{Problem, ProblemKind};
use super::store::{Body, Ids, NodeRecord, Store};
use crate::hash::FastHash;
use crate::text::{push_number, snake_case, split_number};

/// Assigns an id to every node.
///
/// Chosen ids come first, then the first node of each variable, then further nodes of a variable (`model_2`), then
/// classes. So an automatic id never takes a name that the program wrote.
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

/// Returns the id that the program chose for a node.
fn chosen(node: &NodeRecord) -> Option<String> {
    let own = node.own.as_ref().and_then(|own| own.id.as_deref());
    own.or(node.literal.id).map(ToOwned::to_owned)
}

/// The names that are taken.
struct Names {
    /// Each name, with the last number used for it.
    last: Counts,
    /// Whether a taken name ends in a number of its own (`a_2`). Every new numbered name is then compared with all names.
    lookalike: bool,
}

/// A number for each name. A short list is searched linearly, which is faster than hashing.
enum Counts {
    Few(Vec<(Cow<'static, str>, u32)>),
    Many(HashMap<Cow<'static, str>, u32, FastHash>),
}

impl Counts {
    const MAX_FEW: usize = 16;

    fn get(&self, name: &str) -> Option<u32> {
        match self {
            Self::Few(few) => few.iter().find(|(known, _)| known == name).map(|(_, count)| *count),
            Self::Many(many) => many.get(name).copied(),
        }
    }

    /// Adds a name if it is new. Returns its count, which is 1 for a new name, and whether it is new.
    fn entry(&mut self, name: Cow<'static, str>) -> (&mut u32, bool) {
        if let Self::Few(few) = self
            && few.len() == Self::MAX_FEW
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
        Self { last: Counts::Few(Vec::with_capacity(Counts::MAX_FEW)), lookalike: false }
    }

    /// Takes a name without a number. Returns false if the name is taken.
    fn first(&mut self, name: Cow<'static, str>) -> bool {
        if let Some((base, number)) = split_number(&name) {
            self.lookalike = true;
            if self.last.get(base).is_some_and(|last| (2..=last).contains(&number)) {
                return false;
            }
        }
        self.last.entry(name).1
    }

    /// Takes a name and returns `None` if it is free. Otherwise takes it with its next number and returns the number.
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

    /// Takes a name with its next number and returns the number.
    fn next(&mut self, name: &'static str) -> u32 {
        loop {
            let (last, _) = self.last.entry(Cow::Borrowed(name));
            *last += 1;
            let number = *last;
            if !self.lookalike || self.last.get(&numbered(name, number)).is_none() {
                return number;
            }
        }
    }

    /// Takes a name derived from a class that is known only at run time, with a number if necessary, and returns it.
    fn of_class(&mut self, class: &str) -> String {
        let base = snake_case(class);
        if self.first(Cow::Owned(base.clone())) {
            return base;
        }
        loop {
            let (last, _) = self.last.entry(Cow::Owned(base.clone()));
            *last += 1;
            let name = numbered(&base, *last);
            if self.last.get(&name).is_none() {
                return name;
            }
        }
    }
}

fn numbered(name: &str, number: u32) -> String {
    let mut numbered = name.to_owned();
    push_number(&mut numbered, number);
    numbered
}
