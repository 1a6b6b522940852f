//! The inputs of a node in the order and form in which a prompt has them: defaults filled in, branches and lists
//! spread over dotted names. Both writers follow it.

use crate::desc::{Desc, InputDesc, kind};
use crate::graph::store::{Body, Entry, NodeRecord, Store};
use crate::out::Link;
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
    Link(&'a str, u16),
    /// A list, sent as `{"__value__": [...]}`.
    Wrapped(&'a [Slot]),
}

/// The name of one key of `inputs`, JSON-escaped, in two parts to save joining them.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    /// Empty, or ends with a dot.
    pub(super) prefix: &'a str,
    pub(super) name: &'a str,
}

/// Takes one key after the other.
pub(super) trait Visitor {
    type Error;

    fn input(&mut self, store: &Store, key: Key<'_>, leaf: Leaf<'_>) -> Result<(), Self::Error>;
}

/// Visits every key of a node's `inputs`.
pub(super) fn inputs<V: Visitor>(
    store: &Store,
    index: u32,
    node: &NodeRecord,
    visitor: &mut V,
) -> Result<(), V::Error> {
    match &node.body {
        Body::Typed(desc) => typed(store, *desc, store.entries_of(index), "", visitor),
        Body::Raw(raw) => {
            for (name, slot) in &raw.inputs {
                let name = escaped(name);
                if let Some(leaf) = leaf(store, slot) {
                    visitor.input(store, Key { prefix: "", name: &name }, leaf)?;
                }
            }
            Ok(())
        }
        Body::Open | Body::Verbatim(_) => Ok(()),
    }
}

fn typed<V: Visitor>(
    store: &Store,
    desc: Desc,
    entries: &[Entry],
    prefix: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    // Literals mostly name inputs in the order of the schema, so the next one is tried first.
    let mut next = 0;
    for (index, input) in (0..).zip(desc.inputs()) {
        let given = match entries.get(next) {
            Some(entry) if entry.input == index => {
                next += 1;
                Some(entry)
            }
            _ => entries.iter().find(|entry| entry.input == index),
        };
        match given.map(|entry| &entry.slot) {
            None | Some(Slot(Value::NotGiven)) => default(store, &input, prefix, visitor)?,
            Some(slot) => given_input(store, &input, slot, prefix, visitor)?,
        }
    }
    Ok(())
}

fn default<V: Visitor>(store: &Store, input: &InputDesc, prefix: &str, visitor: &mut V) -> Result<(), V::Error> {
    if !input.required || input.default.is_empty() {
        return Ok(());
    }
    visitor.input(store, Key { prefix, name: input.name }, Leaf::Json(input.default))?;
    if input.kind == kind::DYNAMIC_COMBO {
        let key = input.default.trim_matches('"');
        implied(store, input, key, prefix, visitor)?;
    }
    Ok(())
}

/// What the key of a branch sends besides itself.
fn implied<V: Visitor>(
    store: &Store,
    input: &InputDesc,
    key: &str,
    prefix: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    let branch = input.branches().find(key);
    let Some(mut pairs) = branch.and_then(|branch| branch.implied) else { return Ok(()) };
    let prefix = format!("{prefix}{}.", input.name);
    while let (Some(name), Some(json)) = (pairs.next(), pairs.next()) {
        visitor.input(store, Key { prefix: &prefix, name }, Leaf::Json(json))?;
    }
    Ok(())
}

fn given_input<V: Visitor>(
    store: &Store,
    input: &InputDesc,
    slot: &Slot,
    prefix: &str,
    visitor: &mut V,
) -> Result<(), V::Error> {
    let key = Key { prefix, name: input.name };
    match (&slot.0, input.kind) {
        (Value::Branch(branch), _) => {
            let Some(Body::Typed(desc)) = store.node(branch.index).map(|node| &node.body) else { return Ok(()) };
            visitor.input(store, key, Leaf::Text(desc.class()))?;
            let prefix = format!("{prefix}{}.", input.name);
            typed(store, *desc, store.entries_of(branch.index), &prefix, visitor)
        }
        (Value::List(items), kind::AUTOGROW) => {
            let prefix = format!("{prefix}{}.", input.name);
            let (_, names, _) = input.autogrow();
            for (item, name) in items.iter().zip(names) {
                if let Some(leaf) = leaf(store, item) {
                    visitor.input(store, Key { prefix: &prefix, name }, leaf)?;
                }
            }
            Ok(())
        }
        (Value::List(items), kind::GROUP) => {
            for (row, item) in items.iter().enumerate() {
                let Value::Branch(branch) = item.0 else { continue };
                let Some(Body::Typed(desc)) = store.node(branch.index).map(|node| &node.body) else { continue };
                let prefix = format!("{prefix}{}.{row}.", input.name);
                typed(store, *desc, store.entries_of(branch.index), &prefix, visitor)?;
            }
            Ok(())
        }
        (Value::Option(text), kind::DYNAMIC_COMBO) => {
            visitor.input(store, key, Leaf::Text(text))?;
            implied(store, input, text, prefix, visitor)
        }
        (Value::Text(text), kind::DYNAMIC_COMBO) => {
            visitor.input(store, key, Leaf::Text(text))?;
            implied(store, input, text, prefix, visitor)
        }
        _ => match leaf(store, slot) {
            Some(leaf) => visitor.input(store, key, leaf),
            None => Ok(()),
        },
    }
}

/// A value that is one JSON value; nothing for `None`.
pub(super) fn leaf<'a>(store: &'a Store, slot: &'a Slot) -> Option<Leaf<'a>> {
    Some(match &slot.0 {
        Value::NotGiven | Value::Branch(_) => return None,
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

fn linked(store: &Store, link: Link) -> Leaf<'_> {
    Leaf::Link(store.id_of(link.node.index), link.slot)
}

/// A name as it stands between the quotes of JSON.
fn escaped(name: &str) -> String {
    let quoted = serde_json::Value::from(name).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}
