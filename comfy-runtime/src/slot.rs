//! The value of an input, as the graph stores it.

use crate::out::{Link, NodeRef};

/// The value of one input, in the form in which a graph stores it.
///
/// To accept a type of your own as the value of an input, implement [`IntoField`](crate::field::IntoField) for it by
/// delegating to its content: `self.0.into_slot()`.
#[derive(Debug, Clone)]
pub struct Slot(pub(crate) Value);

/// The content of a [`Slot`]. It has 24 bytes, because a workflow has many of these.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// The value `None`, which is the same as leaving the input out.
    NotGiven,
    /// JSON that was checked when the program compiled: a literal, or an option of an enum.
    Checked(&'static str),
    /// An option of an enum, without quotes. It needs no check.
    Option(&'static str),
    Link(Link),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Text(Box<str>),
    /// JSON that is sent unchanged.
    Json(Box<str>),
    /// The parser's message about text that was given as JSON and is not.
    NotJson(Box<str>),
    List(Box<[Slot]>),
    /// A branch of a dynamic combo or a row of a group.
    Branch(NodeRef),
}

/// Calls `found` with every node and branch that a value refers to.
pub(crate) fn sources(slot: &Slot, found: &mut impl FnMut(NodeRef)) {
    match &slot.0 {
        Value::Link(link) => found(link.node),
        Value::Branch(branch) => found(*branch),
        Value::List(items) => items.iter().for_each(|item| sources(item, found)),
        _ => {}
    }
}
