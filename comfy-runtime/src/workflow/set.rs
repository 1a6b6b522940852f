//! Changing the value of an input of a finished workflow.

use std::fmt;

use serde_json::value::RawValue;

use super::Workflow;
use super::read::members;
use super::walk;
use crate::desc::{LitValue, NO_LITERAL, Row, Table, kind, lookup};
use crate::field::{self, IntoField};
use crate::graph::Problem;
use crate::graph::check::{fault, raw_fault};
use crate::graph::store::{Body, Entry, Store};
use crate::key::{Key, NodeKey, UnknownNode};
use crate::shown::escaped;
use crate::slot::{Slot, Value};

/// Maximum number of inputs that a message lists.
const MAX_INPUTS: usize = 20;

/// The error of [`Workflow::set`]. The workflow is unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The workflow has no such node.
    NoSuchNode(UnknownNode),
    /// The node has no such input.
    #[non_exhaustive]
    NoSuchInput {
        /// The id of the node.
        node: String,
        /// The class of the node.
        class: String,
        /// The name that was given.
        input: String,
        /// The names of the inputs that can be set.
        inputs: Vec<String>,
    },
    /// The input does not accept the value: it is out of range, not an option, of the wrong type, not finite, or not
    /// JSON; or it is `None` although the input is required.
    Value(Box<Problem>),
    /// The value is a link, a branch or a list, which are given when the graph is built.
    #[non_exhaustive]
    NotAValue {
        /// The id of the node.
        node: String,
        /// The name of the input.
        input: String,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |name: &str| escaped(format_args!("{name:?}"));
        match self {
            Self::NoSuchNode(error) => error.fmt(f),
            Self::NoSuchInput { node, class, input, inputs } => {
                let (node, class, input) = (quoted(node), escaped(class), quoted(input));
                write!(f, "node {node} ({class}) has no input {input}; its inputs are ")?;
                for (index, input) in inputs.iter().take(MAX_INPUTS).enumerate() {
                    write!(f, "{}{}", if index == 0 { "" } else { ", " }, quoted(input))?;
                }
                match inputs.len().saturating_sub(MAX_INPUTS) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::Value(problem) => problem.fmt(f),
            Self::NotAValue { node, input } => {
                let (node, input) = (quoted(node), quoted(input));
                write!(f, "cannot set input {input} of node {node}: expected a value, found a link, branch or list")
            }
        }
    }
}

impl std::error::Error for SetError {}

impl<T> Workflow<T> {
    /// Sets an input of a node, which is named by its handle or id, to a value.
    ///
    /// The input has the name that the prompt gives it: `seed`, or `resize_type.width` for one of a branch. Values of
    /// nodes from the generated code are checked as when the graph was finished: their type, their range, and whether
    /// they are an option. The definition of other nodes is unknown, so that only their present inputs can be set, and
    /// the server checks the value. JSON ([`unchecked`](crate::unchecked), `serde_json::Value`) is never checked. `None`
    /// removes the value: the default of the input is sent instead, or nothing.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use comfy_runtime::Workflow;
    ///
    /// let mut workflow = Workflow::from_json(
    ///     r#"{"3": {"class_type": "PreviewAny", "inputs": {"source": "a cat"}}}"#,
    /// )?;
    /// workflow.set("3", "source", "a dog")?;
    /// assert!(workflow.to_json().contains("a dog"));
    /// let error = workflow.set("3", "sorce", "a dog").unwrap_err();
    /// assert_eq!(error.to_string(), r#"node "3" (PreviewAny) has no input "sorce"; its inputs are "source""#);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`SetError`] if the node or the input does not exist, or if the input does not accept the value.
    pub fn set(
        &mut self,
        node: impl NodeKey,
        input: &str,
        value: impl IntoField<field::Raw>,
    ) -> Result<&mut Self, SetError> {
        let index = self.index_of(&node.key())?;
        let slot = value.into_slot();
        let setting = Setting { node: index, input, graph: self.graph.unwrap_or_default() };
        if matches!(slot.0, Value::Link(_) | Value::Branch(_) | Value::List(_)) {
            let (node, input) = (self.store.id_of(index).to_owned(), input.to_owned());
            return Err(SetError::NotAValue { node, input });
        }
        match self.store.node(index).map(|node| &node.body) {
            Some(&Body::Typed(table)) => setting.typed(&mut self.store, table, slot)?,
            Some(Body::Raw(_)) => setting.raw(&mut self.store, slot)?,
            Some(Body::Verbatim(_)) => setting.verbatim(&mut self.store, &slot)?,
            Some(Body::Open | Body::Placed(_)) | None => return Err(setting.no_such_input(&self.store, Vec::new())),
        }
        Ok(self)
    }

    fn index_of(&self, key: &Key<'_>) -> Result<u32, SetError> {
        let found = match key {
            Key::Handle(node) => (self.graph == Some(node.graph)).then_some(node.index),
            Key::Id(id) => {
                let index =
                    self.store.nodes.iter().position(|node| !node.is_branch() && self.store.ids.get(node.id) == *id);
                index.and_then(|index| u32::try_from(index).ok())
            }
        };
        found.filter(|index| self.store.node(*index).is_some()).ok_or_else(|| {
            let nodes = self.nodes().map(|node| node.id().to_owned()).collect();
            SetError::NoSuchNode(UnknownNode::new(key, self.graph, nodes))
        })
    }
}

/// An input that is set.
struct Setting<'s> {
    /// The index of the node in the store.
    node: u32,
    input: &'s str,
    graph: u32,
}

impl Setting<'_> {
    fn no_such_input(&self, store: &Store, inputs: Vec<String>) -> SetError {
        SetError::NoSuchInput {
            node: store.id_of(self.node).to_owned(),
            class: store.node(self.node).map(|node| node.class().into_owned()).unwrap_or_default(),
            input: self.input.to_owned(),
            inputs,
        }
    }

    /// Sets an input of a node of the generated code.
    fn typed(&self, store: &mut Store, table: &'static Table, slot: Slot) -> Result<(), SetError> {
        let Some((owner, table, place)) = find(store, self.node, table, self.input) else {
            return Err(self.no_such_input(store, table.rows.iter().map(|row| row.input.name.to_owned()).collect()));
        };
        if let Some(row) = table.rows.get(usize::from(place))
            && let Some(problem) = fault(self.graph, store, owner, row, &slot)
        {
            return Err(SetError::Value(Box::new(problem)));
        }
        compute_all(store, owner, table);
        insert(store, Entry { node: owner, input: place, slot });
        Ok(())
    }

    /// Sets an input of a node of an unknown class that was built.
    fn raw(&self, store: &mut Store, slot: Slot) -> Result<(), SetError> {
        self.check_raw(store, &slot)?;
        let Some(Body::Raw(raw)) = store.nodes.get_mut(self.node as usize).map(|node| &mut node.body) else {
            return Ok(());
        };
        let Some(place) = raw.inputs.iter().position(|(name, _)| name == self.input) else {
            let inputs = raw.inputs.iter().map(|(name, _)| name.clone()).collect();
            return Err(self.no_such_input(store, inputs));
        };
        if let Some(input) = raw.inputs.get_mut(place) {
            input.1 = slot;
        }
        Ok(())
    }

    /// Sets an input of a node that was read from JSON.
    fn verbatim(&self, store: &mut Store, slot: &Slot) -> Result<(), SetError> {
        self.check_raw(store, slot)?;
        let json = json(slot);
        let Some(Body::Verbatim(node)) = store.nodes.get(self.node as usize).map(|node| &node.body) else {
            return Ok(());
        };
        let mut node = object(node.json.get());
        let inputs = node.iter_mut().find(|(key, _)| key == "inputs");
        let mut given = inputs.as_ref().map(|(_, inputs)| object(inputs.get())).unwrap_or_default();
        let Some(place) = given.iter().position(|(name, _)| name == self.input) else {
            return Err(self.no_such_input(store, given.into_iter().map(|(name, _)| name).collect()));
        };
        match (json.and_then(|json| RawValue::from_string(json).ok()), given.get_mut(place)) {
            (Some(json), Some(input)) => input.1 = json,
            _ => _ = given.remove(place),
        }
        if let (Some((_, inputs)), Some(text)) = (inputs, text_of(&given)) {
            *inputs = text;
        }
        if let Some(Body::Verbatim(body)) = store.nodes.get_mut(self.node as usize).map(|node| &mut node.body)
            && let Some(text) = text_of(&node)
        {
            body.json = text;
        }
        Ok(())
    }

    fn check_raw(&self, store: &Store, slot: &Slot) -> Result<(), SetError> {
        match raw_fault(self.graph, store, self.node, self.input, slot) {
            Some(problem) => Err(SetError::Value(Box::new(problem))),
            None => Ok(()),
        }
    }
}

/// Finds an input of a node, or of the branches that are values of its inputs. Returns the index of the node or branch,
/// its table, and the index of the input.
fn find(store: &Store, node: u32, table: &'static Table, name: &str) -> Option<(u32, &'static Table, u16)> {
    let is_named = |row: &Row| row.input.name == walk::escaped(name) || row.input.ident == name;
    if let Some(place) = table.rows.iter().position(is_named) {
        return Some((node, table, u16::try_from(place).ok()?));
    }
    let entries = store.entries_of(store.node(node)?);
    entries.iter().find_map(|entry| {
        let Value::Branch(branch) = entry.slot.0 else { return None };
        let row = table.rows.get(usize::from(entry.input))?;
        let rest = name.strip_prefix(row.input.name)?.strip_prefix('.')?;
        match store.node(branch.index)?.body {
            Body::Typed(table) => find(store, branch.index, table, rest),
            _ => None,
        }
    })
}

/// Makes every input of a node a computed one, because the table of its literal has the values of the literal.
fn compute_all(store: &mut Store, node: u32, table: &'static Table) {
    let Some(record) = store.nodes.get_mut(node as usize) else { return };
    let literal = record.literal;
    if literal.is_none() {
        return;
    }
    if let Some(title) = literal.title {
        record.own.get_or_insert_default().title.get_or_insert_with(|| title.to_owned());
    }
    record.literal = &NO_LITERAL;
    record.body = Body::Typed(lookup(|table_of| table_of(table.desc, &NO_LITERAL)));
    for (place, row) in (0_u16..).zip(&table.rows) {
        let Some(value) = literal.value_of(usize::from(place)) else { continue };
        let value = match (row.input.kind, value.value) {
            (kind::DYNAMIC_COMBO, LitValue::Str(key)) => Value::Option(key),
            _ => Value::Checked(value.json),
        };
        insert(store, Entry { node, input: place, slot: Slot(value) });
    }
}

/// Sets the value of an input: replaces its entry, or adds one at its place in the order.
fn insert(store: &mut Store, entry: Entry) {
    let Some(&(start, count)) = store.nodes.get(entry.node as usize).map(|node| &node.entries) else { return };
    let own = start as usize..(start + count) as usize;
    let Some(entries) = store.entries.get_mut(own.clone()) else { return };
    if let Some(present) = entries.iter_mut().find(|present| present.input == entry.input) {
        present.slot = entry.slot;
        return;
    }
    let place = own.start + entries.iter().take_while(|present| present.input < entry.input).count();
    let node = entry.node as usize;
    store.entries.insert(place, entry);
    for (index, record) in store.nodes.iter_mut().enumerate().skip(node) {
        if index == node { record.entries.1 += 1 } else { record.entries.0 += 1 }
    }
}

/// Returns a value as JSON; `None` for `None`.
fn json(slot: &Slot) -> Option<String> {
    Some(match &slot.0 {
        Value::Checked(json) => (*json).to_owned(),
        Value::Json(json) => json.to_string(),
        Value::Option(text) => serde_json::Value::from(*text).to_string(),
        Value::Text(text) => serde_json::Value::from(&**text).to_string(),
        Value::Int(value) => value.to_string(),
        Value::Unsigned(value) => value.to_string(),
        Value::Float(value) => serde_json::Value::from(*value).to_string(),
        Value::Bool(value) => value.to_string(),
        Value::NotGiven | Value::NotJson(_) | Value::Link(_) | Value::List(_) | Value::Branch(_) => return None,
    })
}

/// Returns the members of a JSON object; none if it is not an object.
fn object(json: &str) -> Vec<(String, Box<RawValue>)> {
    members(&mut serde_json::Deserializer::from_str(json)).unwrap_or_default()
}

fn text_of(members: &[(String, Box<RawValue>)]) -> Option<Box<RawValue>> {
    let members = members.iter().map(|(key, value)| format!("{}: {}", serde_json::Value::from(key.as_str()), value));
    RawValue::from_string(format!("{{{}}}", members.collect::<Vec<_>>().join(", "))).ok()
}
