//! The value of an input, as the graph stores it.

use crate::out::{Link, NodeRef};

/// The value of one input on its way into a graph.
///
/// To let a type of your own be the value of an input, implement [`IntoField`](crate::IntoField) for it by handing
/// its content on: `self.0.into_slot()`.
#[derive(Debug, Clone)]
pub struct Slot(pub(crate) Value);

/// 24 bytes: a workflow has many of these.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// `None` was given: as if the input had not been named.
    NotGiven,
    /// JSON that was checked when the program compiled: a literal, or an option of an enum.
    Checked(&'static str),
    /// An option of an enum, which needs no check but quotes.
    Option(&'static str),
    Link(Link),
    Int(i64),
    Unsigned(u64),
    Float(f64),
    Bool(bool),
    Text(Box<str>),
    /// JSON that is sent as it is.
    Json(Box<str>),
    /// Text that was given as JSON and is none: why.
    NotJson(Box<str>),
    List(Box<[Slot]>),
    /// A branch of a dynamic combo or a row of a group.
    Branch(NodeRef),
}
