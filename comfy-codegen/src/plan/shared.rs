//! The items that nodes share: type words, unions of type words, and lists of options.

use std::collections::{BTreeMap, HashMap};

/// The position of a type word in [`Shared::words`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordId(pub usize);

/// The position of a union in [`Shared::unions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnionId(pub usize);

/// The position of a list of options in [`Shared::lists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(pub usize);

/// The distinct shared items of a schema, before they are named.
#[derive(Debug, Default)]
pub(super) struct Tables<'s> {
    pub(super) words: Vec<&'s str>,
    word_ids: HashMap<&'s str, WordId>,
    pub(super) unions: Vec<Vec<WordId>>,
    union_ids: HashMap<Vec<WordId>, UnionId>,
    pub(super) lists: Vec<List<'s>>,
    list_ids: HashMap<Vec<&'s str>, ListId>,
}

/// A list of options, and where it is used.
#[derive(Debug)]
pub(super) struct List<'s> {
    pub(super) values: Vec<&'s str>,
    /// The number of uses for every input name.
    pub(super) names: BTreeMap<&'s str, usize>,
    /// The first class in alphabetical order that uses it.
    pub(super) class: &'s str,
}

impl<'s> Tables<'s> {
    pub(super) fn word(&mut self, word: &'s str) -> WordId {
        *self.word_ids.entry(word).or_insert_with(|| {
            self.words.push(word);
            WordId(self.words.len() - 1)
        })
    }

    pub(super) fn union(&mut self, words: impl IntoIterator<Item = &'s str>) -> UnionId {
        let mut members: Vec<WordId> = Vec::new();
        for word in words {
            let id = self.word(word);
            if !members.contains(&id) {
                members.push(id);
            }
        }
        *self.union_ids.entry(members).or_insert_with_key(|members| {
            self.unions.push(members.clone());
            UnionId(self.unions.len() - 1)
        })
    }

    /// Adds a use of a list of options, by the input `name` of `class`.
    pub(super) fn list(&mut self, values: Vec<&'s str>, name: &'s str, class: &'s str) -> ListId {
        let id = *self.list_ids.entry(values).or_insert_with_key(|values| {
            self.lists.push(List { values: values.clone(), names: BTreeMap::new(), class });
            ListId(self.lists.len() - 1)
        });
        let list = &mut self.lists[id.0];
        *list.names.entry(name).or_default() += 1;
        list.class = list.class.min(class);
        id
    }
}

/// The shared items of a schema with their Rust names.
#[derive(Debug, Default)]
pub struct Shared<'s> {
    pub words: Vec<Word<'s>>,
    pub unions: Vec<Union>,
    pub lists: Vec<Options<'s>>,
}

/// A type word and its marker.
#[derive(Debug)]
pub struct Word<'s> {
    pub exact: &'s str,
    pub ident: String,
    /// Whether the runtime has the marker.
    pub core: bool,
    /// Whether the generated code uses it.
    pub used: bool,
}

/// A union and its marker.
#[derive(Debug)]
pub struct Union {
    pub ident: String,
    pub members: Vec<WordId>,
    /// Whether the generated code uses it.
    pub used: bool,
    /// Whether an output of the generated code has it.
    pub output: bool,
}

/// A list of options and its enum.
#[derive(Debug)]
pub struct Options<'s> {
    pub ident: String,
    pub values: Vec<&'s str>,
    /// The variants, in the order of the values.
    pub variants: Vec<String>,
    /// Whether the generated code uses it.
    pub used: bool,
}
