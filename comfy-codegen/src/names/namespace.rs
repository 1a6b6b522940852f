//! Makes equal names unique by numbers, independently of the order of the definitions.

use std::collections::{BTreeMap, HashSet};

/// The name that an item gets unless another item of the namespace gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish<'n> {
    /// The name in the schema.
    pub(crate) exact: &'n str,
    /// The Rust name made from it.
    pub(crate) wanted: String,
}

/// The way in which a number is appended to a name, to make it unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suffix {
    /// The form for types, with an underscore only after a digit: `ImageFlip2`, `Ltx2_2`.
    Type,
    /// The form for fields, modules, functions and variables, with an underscore: `a_b_2`.
    Snake,
}

impl Suffix {
    /// Returns the name with the number appended.
    pub fn append(self, name: &str, number: usize) -> String {
        let gap = match self {
            Self::Type if !name.ends_with(|c: char| c.is_ascii_digit()) => "",
            Self::Type | Self::Snake => "_",
        };
        format!("{name}{gap}{number}")
    }

    /// Adds a free name to `taken` and returns it: the name itself, or else the name with the smallest free number from
    /// 2 on.
    pub fn take_free(self, name: &str, taken: &mut HashSet<String>) -> String {
        if taken.insert(name.to_owned()) {
            return name.to_owned();
        }
        self.take_numbered(name, &mut 2, |name| taken.insert(name.to_owned()))
    }

    /// Returns the name with the smallest number from `number` on that `take` takes. Afterwards, `number` is the next one to
    /// try, so that numbering many equal names takes linear time.
    fn take_numbered(self, name: &str, number: &mut usize, mut take: impl FnMut(&str) -> bool) -> String {
        loop {
            let free = self.append(name, *number);
            *number += 1;
            if take(&free) {
                return free;
            }
        }
    }
}

/// Assigns a unique name to every wish, and returns the names in the order of the wishes.
///
/// Among equal wishes the one whose schema name needs no change keeps the name, or else the first in the order of the
/// schema names; the others are numbered from 2 in that order. So the result does not depend on the order of the
/// wishes, except that wishes with equal schema names are numbered as they come.
pub(crate) fn settle(wishes: &[Wish<'_>], suffix: Suffix) -> Vec<String> {
    settle_beside(wishes, suffix, |_| false)
}

/// Assigns unique names like [`settle`], and avoids the names that the namespace already has: those for which `is_other`
/// returns `true`. No wanted name may be one of them.
pub(crate) fn settle_beside(wishes: &[Wish<'_>], suffix: Suffix, is_other: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = wishes.iter().map(|wish| wish.wanted.clone()).collect();
    let mut seen = HashSet::with_capacity(wishes.len());
    if wishes.iter().all(|wish| seen.insert(wish.wanted.as_str())) {
        return names;
    }
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, wish) in wishes.iter().enumerate() {
        groups.entry(&wish.wanted).or_default().push(index);
    }
    let mut taken: HashSet<String> = groups.keys().map(|&name| name.to_owned()).collect();
    for (wanted, mut group) in groups {
        group.sort_by_key(|&index| (wishes[index].exact != wanted, wishes[index].exact));
        let mut number = 2;
        for &index in group.iter().skip(1) {
            names[index] =
                suffix.take_numbered(wanted, &mut number, |name| !is_other(name) && taken.insert(name.to_owned()));
        }
    }
    names
}
