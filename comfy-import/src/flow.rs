//! The uses of every output, and the type that each output has in the generated code.

use std::collections::HashMap;

use comfy_codegen::plan::{Combo, Kind, ListId, Node, OutputKind, Record, Shared, UnionId, WordId};

use crate::fit::{Fit, Values};
use crate::item::{Item, NodeForm};
use crate::prompt::{Given, Link};

/// The type of an output in the generated code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// One type: `Out<IMAGE>`.
    Word(WordId),
    /// One of several types: `UnionOut<U>`.
    Union(UnionId),
    /// An option of a combo: `Out<Listed<O>>`.
    Listed(Option<ListId>),
    /// A match type that no link determines: `Out<Unknown>`.
    Unknown,
    /// A type that the schema does not know: `AnyOut`.
    Any,
}

/// A use of an output.
#[derive(Debug, Clone)]
pub(crate) struct Use<'f> {
    /// The node that uses the output.
    pub(crate) by: usize,
    /// The exact name of the input.
    pub(crate) input: &'f str,
    /// The kind of the field, if the node is typed.
    pub(crate) kind: Option<&'f Kind<'f>>,
}

/// The uses of all outputs.
#[derive(Debug, Default)]
pub(crate) struct Uses<'f> {
    of: HashMap<Link, Vec<Use<'f>>>,
    slots: Vec<Vec<u16>>,
}

impl<'f> Uses<'f> {
    pub(crate) fn new(items: &'f [Item<'_, '_, '_>]) -> Self {
        let mut uses = Self { of: HashMap::new(), slots: vec![Vec::new(); items.len()] };
        for (by, item) in items.iter().enumerate() {
            match &item.form {
                NodeForm::Typed(_, values) => uses.values(by, values),
                NodeForm::Raw(_) => {
                    for (name, given) in &item.node.inputs {
                        if let Given::Link(link) = given {
                            uses.push(*link, Use { by, input: name, kind: None });
                        }
                    }
                }
            }
        }
        uses
    }

    fn push(&mut self, link: Link, found: Use<'f>) {
        if let Some(slots) = self.slots.get_mut(link.node)
            && !slots.contains(&link.slot)
        {
            slots.push(link.slot);
        }
        self.of.entry(link).or_insert_with(|| Vec::with_capacity(1)).push(found);
    }

    fn values(&mut self, by: usize, values: &'f Values<'_, '_>) {
        for filled in &values.fields {
            self.value(by, &filled.field.source.name, &filled.field.kind, &filled.value);
        }
    }

    fn value(&mut self, by: usize, input: &'f str, kind: &'f Kind<'f>, value: &'f Fit<'_, '_>) {
        match value {
            Fit::Link(link) => self.push(*link, Use { by, input, kind: Some(kind) }),
            Fit::List(items) => {
                let (input, kind) = match kind {
                    Kind::Grow(grow) => (grow.element.source.name.as_str(), &grow.element.kind),
                    kind => (input, kind),
                };
                items.iter().flatten().for_each(|item| self.value(by, input, kind, item));
            }
            Fit::Branch(_, _, values) | Fit::Row(_, values) => self.values(by, values),
            Fit::Literal(_) | Fit::Json(_) | Fit::Unchecked(..) | Fit::Key(_) => {}
        }
    }

    /// Returns the uses of an output.
    pub(crate) fn of(&self, link: Link) -> &[Use<'f>] {
        self.of.get(&link).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the outputs of a node that are used.
    pub(crate) fn slots(&self, node: usize) -> &[u16] {
        self.slots.get(node).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The types of all outputs.
#[derive(Debug)]
pub(crate) struct Types<'c, 's> {
    shared: &'c Shared<'s>,
    /// The type arguments of every node's match types.
    arguments: Vec<Vec<Type>>,
    /// The types that the uses of every node's outputs suggest for its match types. They apply if no input determines
    /// the match type.
    wishes: Vec<Vec<Option<Type>>>,
}

impl<'c, 's> Types<'c, 's> {
    /// Finds the types of all outputs. In `order`, every node comes after those that it needs.
    pub(crate) fn new(items: &[Item<'_, '_, 's>], uses: &Uses<'_>, order: &[usize], shared: &'c Shared<'s>) -> Self {
        let none = vec![Vec::new(); items.len()];
        let mut types = Self { shared, arguments: none, wishes: vec![Vec::new(); items.len()] };
        for &at in order.iter().rev() {
            if let Some(NodeForm::Typed(planned, values)) = items.get(at).map(|item| &item.form) {
                let wishes = (0..values.record.parameters.len()).map(|index| types.wish(at, planned, index, uses));
                let wishes = wishes.collect();
                set(&mut types.wishes, at, wishes);
            }
        }
        for &at in order {
            if let Some(NodeForm::Typed(_, values)) = items.get(at).map(|item| &item.form) {
                let wishes = types.wishes.get(at).cloned().unwrap_or_default();
                let arguments = types.arguments_of(values, items, &wishes);
                set(&mut types.arguments, at, arguments.into_iter().map(|argument| argument.0).collect());
            }
        }
        types
    }

    /// Returns the type that the uses of a node's outputs suggest for one of its match types.
    fn wish(&self, at: usize, planned: &Node<'_>, parameter: usize, uses: &Uses<'_>) -> Option<Type> {
        let is_it = |kind: OutputKind| matches!(kind, OutputKind::Parameter(index) if index == parameter);
        let slots = planned.outputs.iter().enumerate().filter(|(_, output)| is_it(output.kind));
        slots
            .filter_map(|(slot, _)| u16::try_from(slot).ok())
            .flat_map(|slot| uses.of(Link { node: at, slot }))
            .find_map(|found| match found.kind? {
                Kind::Link(word) | Kind::Widget(word) => Some(Type::Word(*word)),
                Kind::Primitive(primitive) => self.word(primitive.word()).map(Type::Word),
                Kind::Match { parameter, .. } => self.wishes.get(found.by)?.get(*parameter).copied().flatten(),
                _ => None,
            })
    }

    fn word(&self, exact: &str) -> Option<WordId> {
        self.shared.words.iter().position(|word| word.exact == exact).map(WordId)
    }

    /// Returns the type arguments of a record, each with whether the source must state it because rustc cannot infer
    /// it.
    pub(crate) fn arguments_of(
        &self,
        values: &Values<'_, '_>,
        items: &[Item<'_, '_, '_>],
        wishes: &[Option<Type>],
    ) -> Vec<(Type, bool)> {
        (0..values.record.parameters.len())
            .map(|index| {
                let mut links = Vec::new();
                match_links(values, index, &mut links);
                let given = links.into_iter().find_map(|(link, allowed)| {
                    let found = self.of(link, items);
                    self.matches(found, allowed).then_some(found)
                });
                match given {
                    Some(found) => (found, false),
                    None => (wishes.get(index).copied().flatten().unwrap_or(Type::Unknown), true),
                }
            })
            .collect()
    }

    /// Returns the type arguments of a node, each with whether the source must state it because rustc cannot infer it.
    pub(crate) fn arguments(
        &self,
        at: usize,
        values: &Values<'_, '_>,
        items: &[Item<'_, '_, '_>],
    ) -> Vec<(Type, bool)> {
        self.arguments_of(values, items, self.wishes.get(at).map(Vec::as_slice).unwrap_or_default())
    }

    /// Returns whether an output of this type determines a match type to which it is linked.
    fn matches(&self, found: Type, allowed: Option<UnionId>) -> bool {
        match found {
            Type::Word(word) => allowed.is_none_or(|union| self.has(union, word)),
            Type::Listed(_) | Type::Unknown => allowed.is_none(),
            Type::Union(_) | Type::Any => false,
        }
    }

    /// Returns the type of an output.
    pub(crate) fn of(&self, link: Link, items: &[Item<'_, '_, '_>]) -> Type {
        let Some(NodeForm::Typed(planned, _)) = items.get(link.node).map(|item| &item.form) else { return Type::Any };
        match planned.outputs.get(usize::from(link.slot)).map(|output| output.kind) {
            Some(OutputKind::Type(word)) => Type::Word(word),
            Some(OutputKind::Union(union)) => Type::Union(union),
            Some(OutputKind::Listed(list)) => Type::Listed(list),
            Some(OutputKind::Parameter(index)) => {
                let argument = self.arguments.get(link.node).and_then(|arguments| arguments.get(index));
                argument.copied().unwrap_or(Type::Unknown)
            }
            Some(OutputKind::Any) | None => Type::Any,
        }
    }

    fn has(&self, union: UnionId, word: WordId) -> bool {
        self.shared.unions.get(union.0).is_some_and(|union| union.members.contains(&word))
    }

    /// Returns whether a field of this kind accepts an output of this type, by the implementations in
    /// `comfy-runtime/src/field/links.rs`. `arguments` are the type arguments of the field's record.
    pub(crate) fn feeds(&self, found: Type, kind: &Kind<'_>, arguments: &[(Type, bool)]) -> bool {
        match (found, kind) {
            (Type::Any, _) | (_, Kind::Any | Kind::Raw) => true,
            (found, Kind::Match { parameter, allowed }) => {
                self.matches(found, *allowed) && arguments.get(*parameter).is_some_and(|argument| argument.0 == found)
            }
            (Type::Word(word), Kind::Primitive(primitive)) => self.is(word, primitive.word()),
            (Type::Word(word), Kind::Link(wanted) | Kind::Widget(wanted)) => word == *wanted,
            (Type::Word(word), Kind::Union(union)) => self.has(*union, word),
            (Type::Word(word), Kind::Combo(combo)) => {
                self.is(word, "COMBO") && (is_by_word(*combo) || combo.multiselect)
            }
            (Type::Listed(list), Kind::Combo(combo)) => {
                !combo.multiselect && (is_by_word(*combo) || combo.list == list)
            }
            (Type::Union(union), Kind::Primitive(primitive)) => {
                self.word(primitive.word()).is_some_and(|word| self.has(union, word))
            }
            (Type::Union(union), Kind::Link(wanted) | Kind::Widget(wanted)) => self.has(union, *wanted),
            (Type::Union(union), Kind::Union(other)) => self
                .shared
                .unions
                .get(union.0)
                .is_some_and(|union| union.members.iter().any(|member| self.has(*other, *member))),
            _ => false,
        }
    }

    fn is(&self, word: WordId, exact: &str) -> bool {
        self.shared.words.get(word.0).is_some_and(|word| word.exact == exact)
    }
}

fn is_by_word(combo: Combo) -> bool {
    combo.spelling == comfy_schema::ComboSpelling::Word
}

fn set<T>(all: &mut [T], at: usize, value: T) {
    if let Some(place) = all.get_mut(at) {
        *place = value;
    }
}

/// Collects the links to the inputs of a record that have this match type.
fn match_links(values: &Values<'_, '_>, parameter: usize, links: &mut Vec<(Link, Option<UnionId>)>) {
    for filled in &values.fields {
        let kind = match &filled.field.kind {
            Kind::Grow(grow) => &grow.element.kind,
            kind => kind,
        };
        let Kind::Match { parameter: index, allowed } = kind else { continue };
        if *index != parameter {
            continue;
        }
        match &filled.value {
            Fit::Link(link) => links.push((*link, *allowed)),
            Fit::List(items) => links.extend(items.iter().flatten().filter_map(|item| match item {
                Fit::Link(link) => Some((*link, *allowed)),
                _ => None,
            })),
            _ => {}
        }
    }
}

/// Returns whether a record has match types.
pub(crate) fn is_generic(record: &Record<'_>) -> bool {
    !record.parameters.is_empty()
}
