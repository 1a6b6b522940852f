//! What nodes share: type words, unions of them, and lists of options.

use std::collections::{BTreeMap, HashMap};

/// A type word of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WordId(pub usize);

/// A union of type words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnionId(pub usize);

/// A list of options that has an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListId(pub usize);

/// The shared things of a schema, each once, before they are named.
#[derive(Debug, Default)]
pub(super) struct Tables<'s> {
    pub(super) words: Vec<&'s str>,
    word_ids: HashMap<&'s str, WordId>,
    pub(super) unions: Vec<Vec<WordId>>,
    union_ids: HashMap<Vec<WordId>, UnionId>,
    pub(super) lists: Vec<List<'s>>,
    list_ids: HashMap<Vec<&'s str>, ListId>,
}

/// A list of options and who uses it.
#[derive(Debug)]
pub(super) struct List<'s> {
    pub(super) values: Vec<&'s str>,
    /// How often it is used under which input name.
    pub(super) names: BTreeMap<&'s str, usize>,
    /// The first class, by name, that uses it.
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

    /// Notes that the input `name` of `class` takes one of these options.
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

/// The shared things of a schema with their Rust names.
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
    /// The runtime has the marker.
    pub core: bool,
    /// It stands in what is generated.
    pub used: bool,
}

/// A union and its marker.
#[derive(Debug)]
pub struct Union {
    pub ident: String,
    pub members: Vec<WordId>,
    /// It stands in what is generated.
    pub used: bool,
    /// An output that is generated carries it.
    pub output: bool,
}

/// A list of options and its enum.
#[derive(Debug)]
pub struct Options<'s> {
    pub ident: String,
    pub values: Vec<&'s str>,
    /// The variants, in the order of the values.
    pub variants: Vec<String>,
    /// It stands in what is generated.
    pub used: bool,
}
