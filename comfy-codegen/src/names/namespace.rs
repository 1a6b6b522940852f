//! Tells equal names apart, the same way whatever the order of the definitions.

use std::collections::{BTreeMap, HashSet};

/// A name that something would like to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish<'n> {
    /// Its name in the schema.
    pub(crate) exact: &'n str,
    /// The Rust name made of it.
    pub(crate) wanted: String,
}

/// How a number is appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suffix {
    /// `ImageFlip2`, `Ltx2_2`
    Type,
    /// `a_b_2`
    Snake,
}

/// Gives every wish a name of its own, in the order of the wishes.
///
/// Among equal wishes the one whose schema name needs no change keeps the name, else the first in the order of the
/// schema names; the others are numbered from 2 in that order. So the result does not depend on the order of the
/// wishes. (It could, only for wishes that are equal in everything: those are numbered as they come.)
pub(crate) fn settle(wishes: &[Wish<'_>], suffix: Suffix) -> Vec<String> {
    settle_beside(wishes, suffix, &HashSet::new())
}

/// The same, beside names that are taken by other things of the namespace. No wish may be one of them.
pub(crate) fn settle_beside(wishes: &[Wish<'_>], suffix: Suffix, others: &HashSet<String>) -> Vec<String> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, wish) in wishes.iter().enumerate() {
        groups.entry(&wish.wanted).or_default().push(index);
    }
    let mut names: Vec<String> = wishes.iter().map(|wish| wish.wanted.clone()).collect();
    if groups.len() == wishes.len() {
        return names;
    }
    let mut taken: HashSet<String> = groups.keys().map(|&name| name.to_owned()).chain(others.iter().cloned()).collect();
    for (wanted, mut group) in groups {
        group.sort_by_key(|&index| (wishes[index].exact != wanted, wishes[index].exact));
        for &index in group.iter().skip(1) {
            names[index] = numbered(wanted, suffix, &mut taken);
        }
    }
    names
}

fn numbered(wanted: &str, suffix: Suffix, taken: &mut HashSet<String>) -> String {
    let gap = match suffix {
        Suffix::Type if !wanted.ends_with(|c: char| c.is_ascii_digit()) => "",
        Suffix::Type | Suffix::Snake => "_",
    };
    let mut number = 2_u32;
    loop {
        let name = format!("{wanted}{gap}{number}");
        if taken.insert(name.clone()) {
            return name;
        }
        number += 1;
    }
}
