//! From the bytes of `/object_info` to the model: text, then one definition at a time, then its parts.

mod check;
mod combo;
mod decode;
mod document;
mod dynamic;
mod input;
mod inputs;
mod node;
mod output;
mod report;
mod sniff;

pub(crate) use decode::decode;
pub(crate) use input::join_types;

use crate::{NodeDef, Schema, SchemaError, Text, Value};

impl Schema {
    /// Reads the answer of `/object_info` or `/object_info/{class}`: UTF-8 or UTF-16, with or without a byte order
    /// mark, with Python's tokens `NaN`, `Infinity` and `-Infinity`.
    ///
    /// Odd definitions do not fail; they are kept and reported in [`Schema::issues`]. What fails is a document that
    /// is no JSON, or JSON of something else, and the error says which.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SchemaError> {
        document::read(bytes)
    }
}

impl NodeDef {
    /// Reads one definition. What was odd about it is the second value.
    pub fn from_value(class: impl Into<Text>, definition: Value) -> (Self, Vec<crate::Issue>) {
        let class = class.into();
        let mut report = report::Report::default();
        let node = node::node(class, definition, &mut report);
        (node, report.into_issues())
    }
}

#[cfg(test)]
mod tests;
