//! The members of a JSON object, and iterators over them.

use std::collections::{HashMap, HashSet};
use std::iter::FusedIterator;

use crate::{Text, Value};

/// The maximum number of members for which comparing every pair of keys is faster than building a hash table.
const MAX_PAIRWISE: usize = 16;

/// The members of a JSON object, in the order of the document.
#[derive(Debug, Clone, Default)]
pub struct Map {
    entries: Vec<(Text, Value)>,
}

impl Map {
    /// Creates an object without members.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// Returns a mutable reference to the value of a key.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.position(key)?;
        Some(&mut self.entries[at].1)
    }

    /// Returns whether the object has a key.
    pub fn contains_key(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Returns the number of members before a key, if the object has it.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|(name, _)| name == key)
    }

    /// Sets the value of a key and returns the old value. A new key is added at the end.
    pub fn insert(&mut self, key: impl Into<Text>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        if let Some(old) = self.get_mut(&key) {
            return Some(std::mem::replace(old, value));
        }
        self.entries.push((key, value));
        None
    }

    /// Removes a key and returns its value. The other keys keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.position(key)?;
        Some(self.entries.remove(at).1)
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether the object has no members.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the members, in the order of the document.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.entries.iter())
    }

    /// Returns the keys, in the order of the document.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Text> + ExactSizeIterator {
        self.entries.iter().map(|(key, _)| key)
    }

    /// Returns the key at a position.
    pub(crate) fn key_at(&self, at: usize) -> Option<&Text> {
        self.entries.get(at).map(|(key, _)| key)
    }

    /// Returns the value at a position.
    pub(crate) fn value_at(&self, at: usize) -> Option<&Value> {
        self.entries.get(at).map(|(_, value)| value)
    }

    /// Returns a mutable reference to the value at a position.
    pub(crate) fn value_at_mut(&mut self, at: usize) -> Option<&mut Value> {
        self.entries.get_mut(at).map(|(_, value)| value)
    }

    /// Reserves space for one member. Growing on demand would begin with space for four.
    pub(crate) fn reserve_one(&mut self) {
        self.entries.reserve_exact(1);
    }

    /// Frees unused capacity, which adds up because schemas are parsed once and kept.
    pub(crate) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
    }

    /// Inserts a member at a position. The object must not have the key.
    pub(crate) fn put_at(&mut self, at: usize, key: Text, value: Value) {
        self.entries.insert(at.min(self.entries.len()), (key, value));
    }

    /// Adds a member without looking for its key. If the object may have the key,
    /// [`Self::drop_earlier_duplicates`] must follow.
    pub(crate) fn push_unchecked(&mut self, key: Text, value: Value) {
        self.entries.push((key, value));
    }

    /// Merges members with equal keys: the place of the first and the value of the last are kept, as in Python. Returns
    /// the keys that occurred more than once.
    pub(crate) fn drop_earlier_duplicates(&mut self) -> Vec<Text> {
        if !has_duplicates(&self.entries) {
            return Vec::new();
        }
        let mut places: HashMap<Text, usize> = HashMap::new();
        let mut kept: Vec<(Text, Value)> = Vec::new();
        let mut twice = Vec::new();
        for (key, value) in std::mem::take(&mut self.entries) {
            if let Some(&at) = places.get(&key) {
                kept[at].1 = value;
                twice.push(key);
            } else {
                places.insert(key.clone(), kept.len());
                kept.push((key, value));
            }
        }
        self.entries = kept;
        twice.sort_unstable();
        twice.dedup();
        twice
    }
}

fn has_duplicates(entries: &[(Text, Value)]) -> bool {
    if entries.len() <= MAX_PAIRWISE {
        let mut seen = [""; MAX_PAIRWISE];
        for (at, (key, _)) in entries.iter().enumerate() {
            if seen[..at].contains(&key.as_str()) {
                return true;
            }
            seen[at] = key;
        }
        return false;
    }
    let mut seen = HashSet::with_capacity(entries.len());
    entries.iter().any(|(key, _)| !seen.insert(key.as_str()))
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        if self.entries.iter().zip(&other.entries).all(|(a, b)| a.0 == b.0) {
            return self.entries.iter().zip(&other.entries).all(|(a, b)| a.1 == b.1);
        }
        if self.len() <= MAX_PAIRWISE {
            return self.iter().all(|(key, value)| other.get(key) == Some(value));
        }
        let by_key: HashMap<&str, &Value> = other.iter().map(|(key, value)| (key.as_str(), value)).collect();
        self.iter().all(|(key, value)| by_key.get(key.as_str()) == Some(&value))
    }
}

impl<K: Into<Text>, V: Into<Value>> FromIterator<(K, V)> for Map {
    /// Collects the members. If a key occurs several times, its last value counts.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self { entries: entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect() };
        map.drop_earlier_duplicates();
        map
    }
}

/// An iterator over the members of a [`Map`], in the order of the document.
#[derive(Debug, Clone)]
pub struct Iter<'a>(std::slice::Iter<'a, (Text, Value)>);

/// An owning iterator over the members of a [`Map`], in the order of the document.
#[derive(Debug)]
pub struct IntoIter(std::vec::IntoIter<(Text, Value)>);

/// Converts a reference to a pair into a pair of references.
fn member((key, value): &(Text, Value)) -> (&Text, &Value) {
    (key, value)
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Text, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(member)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(member)
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl FusedIterator for Iter<'_> {}

impl Iterator for IntoIter {
    type Item = (Text, Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl DoubleEndedIterator for IntoIter {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back()
    }
}

impl ExactSizeIterator for IntoIter {}

impl FusedIterator for IntoIter {}

impl IntoIterator for Map {
    type Item = (Text, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter(self.entries.into_iter())
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Text, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}
