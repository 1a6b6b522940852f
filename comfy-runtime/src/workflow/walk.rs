//! Visiting the inputs of a node in the order and form in which a prompt has them: with defaults, and with branches and
//! lists as dotted names. Both writers use it.

use std::iter::Peekable;
use std::slice;

use crate::desc::{InputDesc, Row, Table, kind};
use crate::graph::store::{Body, Entry, Id, NodeRecord, Store};
use crate::out::{Link, NodeRef};
use crate::slot::{Slot, Value};

/// The value of one key of `inputs`.
#[derive(Clone, Copy)]
pub(super) enum Leaf<'a> {
    /// Valid JSON.
    Json(&'a str),
    Text(&'a str),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Link(Id, u16),
    /// A list, sent as `{"__value__": [...]}`.
    Wrapped(&'a [Slot]),
}

/// The name of one key of `inputs`.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    /// An input of the node itself, as a comma, the name in quotes, and a colon.
    Own(&'a str),
    /// A child of a dynamic input, as its prefix including the last dot and its name, both JSON-escaped.
    Child(&'a str, &'a str),
}

impl<'a> Key<'a> {
    fn new(prefix: &'a str, row: &'a Row) -> Self {
        if prefix.is_empty() { Self::Own(&row.key) } else { Self::Child(prefix, row.input.name) }
    }
}

/// A writer of inputs.
pub(super) trait Visitor {
    type Error;

    /// Writes one key of `inputs` with its value.
    fn input(&mut self, store: &Store, key: Key<'_>, leaf: Leaf<'_>) -> Result<(), Self::Error>;
}

/// Visits every key of a node's `inputs`.
pub(super) fn inputs<V: Visitor>(store: &Store, node: &NodeRecord, visitor: &mut V) -> Result<(), V::Error> {
    match &node.body {
        Body::Typed(table) => typed(store, table, store.entries_of(node), "", visitor),
        Body::Raw(raw) => {
            for (name, slot) in &raw.inputs {
                let name = escaped(name);
                if let Some(leaf) = leaf(store, slot) {
                    visitor.input(store, Key::Child("", &name), leaf)?;
                }
            }
            Ok(())
        }
        Body::Open | Body::Placed(_) | Body::Verbatim(_) => Ok(()),
    }
}

/// Visits the inputs of a descriptor with their computed values, both in the order of the descriptor.
fn typed<V: Visitor>(
    store: &Store,
    table: &Table,
    entries: &[Entry],
    prefix: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    let mut entries = entries.iter().peekable();
    for (index, row) in (0..).zip(&table.rows) {
        match next_value(&mut entries, index) {
            Some(slot) => given_input(store, row, slot, prefix, visitor)?,
            None => fixed(store, row, prefix, visitor)?,
        }
    }
    Ok(())
}

/// Returns the value computed for an input, if any.
#[inline]
pub(super) fn next_value<'a>(entries: &mut Peekable<slice::Iter<'a, Entry>>, input: u16) -> Option<&'a Slot> {
    let entry = entries.next_if(|entry| entry.input == input)?;
    (!matches!(entry.slot.0, Value::NotGiven)).then_some(&entry.slot)
}

/// Visits what is sent for an input without a computed value.
pub(super) fn fixed<V: Visitor>(store: &Store, row: &Row, prefix: &str, visitor: &mut V) -> Result<(), V::Error> {
    if row.fixed.is_empty() {
        return Ok(());
    }
    visitor.input(store, Key::new(prefix, row), Leaf::Json(row.fixed))?;
    implied(store, row, row.implied(), prefix, visitor)
}

/// Visits the inputs that the key of a branch implies.
fn implied<V: Visitor>(
    store: &Store,
    row: &Row,
    pairs: impl Iterator<Item = (&'static str, &'static str)>,
    prefix: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    for (name, json) in pairs {
        let name = format!("{}.{name}", row.input.name);
        visitor.input(store, Key::Child(prefix, &name), Leaf::Json(json))?;
    }
    Ok(())
}

/// Visits an input with a computed value.
pub(super) fn given_input<V: Visitor>(
    store: &Store,
    row: &Row,
    slot: &Slot,
    prefix: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    let (key, input) = (Key::new(prefix, row), &row.input);
    match (&slot.0, input.kind) {
        (Value::Branch(branch), _) => {
            let Some((table, entries)) = branch_of(store, *branch) else { return Ok(()) };
            visitor.input(store, key, Leaf::Text(table.desc.class()))?;
            let prefix = format!("{prefix}{}.", input.name);
            typed(store, table, entries, &prefix, visitor)
        }
        (Value::List(items), kind::AUTOGROW) => {
            let prefix = format!("{prefix}{}.", input.name);
            let (_, names, element) = input.autogrow();
            items.iter().zip(names).try_for_each(|(item, name)| child(store, &element, item, &prefix, name, visitor))
        }
        (Value::List(items), kind::GROUP) => {
            for (row, item) in items.iter().enumerate() {
                let Value::Branch(branch) = item.0 else { continue };
                let Some((table, entries)) = branch_of(store, branch) else { continue };
                let prefix = format!("{prefix}{}.{row}.", input.name);
                typed(store, table, entries, &prefix, visitor)?;
            }
            Ok(())
        }
        (Value::Option(text), kind::DYNAMIC_COMBO) => {
            visitor.input(store, key, Leaf::Text(text))?;
            implied(store, row, input.implied(text), prefix, visitor)
        }
        (Value::Text(text), kind::DYNAMIC_COMBO) => {
            visitor.input(store, key, Leaf::Text(text))?;
            implied(store, row, input.implied(text), prefix, visitor)
        }
        _ => match leaf(store, slot) {
            Some(leaf) => visitor.input(store, key, leaf),
            None => Ok(()),
        },
    }
}

/// Visits one item of an autogrow input.
fn child<V: Visitor>(
    store: &Store,
    element: &InputDesc,
    item: &Slot,
    prefix: &str,
    name: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    let (key, below) = (Key::Child(prefix, name), || format!("{prefix}{name}."));
    match &item.0 {
        Value::Branch(branch) => {
            let Some((table, entries)) = branch_of(store, *branch) else { return Ok(()) };
            visitor.input(store, key, Leaf::Text(table.desc.class()))?;
            typed(store, table, entries, &below(), visitor)
        }
        _ => {
            let Some(leaf) = leaf(store, item) else { return Ok(()) };
            visitor.input(store, key, leaf)?;
            let Leaf::Text(text) = leaf else { return Ok(()) };
            for (name, json) in element.implied(text) {
                visitor.input(store, Key::Child(&below(), name), Leaf::Json(json))?;
            }
            Ok(())
        }
    }
}

fn branch_of(store: &Store, branch: NodeRef) -> Option<(&'static Table, &[Entry])> {
    let record = store.node(branch.index)?;
    match record.body {
        Body::Typed(table) => Some((table, store.entries_of(record))),
        _ => None,
    }
}

/// Returns a value that is a single JSON value, or `None` if nothing is sent for it.
#[inline]
pub(super) fn leaf<'a>(store: &'a Store, slot: &'a Slot) -> Option<Leaf<'a>> {
    Some(match &slot.0 {
        Value::NotGiven | Value::NotJson(_) | Value::Branch(_) => return None,
        Value::Checked(json) => Leaf::Json(json),
        Value::Option(text) => Leaf::Text(text),
        Value::Link(link) => linked(store, *link),
        Value::Int(value) => Leaf::Int(*value),
        Value::Unsigned(value) => Leaf::Unsigned(*value),
        Value::Float(value) => Leaf::Float(*value),
        Value::Bool(value) => Leaf::Bool(*value),
        Value::Text(text) => Leaf::Text(text),
        Value::Json(json) => Leaf::Json(json),
        Value::List(items) => Leaf::Wrapped(items),
    })
}

fn linked(store: &Store, link: Link) -> Leaf<'static> {
    Leaf::Link(store.node(link.node.index).map_or(Id::default(), |node| node.id), link.slot)
}

/// Returns a name as JSON writes it between quotes.
pub(super) fn escaped(name: &str) -> String {
    let quoted = serde_json::Value::from(name).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}
