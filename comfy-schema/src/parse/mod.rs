//! Parses the bytes of `/object_info` into the model: decodes the text, then parses one definition at a time.

mod check;
mod combo;
mod document;
mod input;
mod inputs;
mod node;
mod output;
mod report;
mod sniff;
mod spec;

use crate::{NodeDef, Schema, SchemaError, Text, Value};

impl Schema {
    /// Parses the answer of `/object_info` or `/object_info/{class}`: UTF-8 or UTF-16, with or without a byte order
    /// mark, with Python's tokens `NaN`, `Infinity` and `-Infinity`.
    ///
    /// Parts of a definition that cannot be understood are kept unchanged and reported in [`Schema::issues`].
    ///
    /// # Errors
    ///
    /// Returns an error if the document is not JSON or is not an object of node definitions. The error names the kind
    /// of the document, such as a web page or a workflow, if it is recognized.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SchemaError> {
        document::read(bytes)
    }
}

impl NodeDef {
    /// Parses one definition. The second value lists the parts that were not understood or are doubtful.
    pub fn from_value(class: impl Into<Text>, definition: Value) -> (Self, Vec<crate::Issue>) {
        let class = class.into();
        let mut report = report::Report::default();
        let node = node::node(class, definition, &mut report);
        (node, report.into_issues())
    }
}

#[cfg(test)]
mod tests;
