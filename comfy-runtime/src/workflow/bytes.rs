//! Straight to bytes: no intermediate value, checked literals and defaults copied as they are.

use std::convert::Infallible;

use serde::Serialize;

use super::walk::{self, Key, Leaf, Visitor};
use crate::graph::store::{Body, NodeRecord, Store};
use crate::slot::Slot;

/// The JSON of a whole workflow.
pub(super) fn write(store: &Store) -> String {
    // A node takes about 150 bytes; growing once more costs little.
    let mut writer = Writer { out: Vec::with_capacity(store.nodes.len() * 160 + 16), first: true };
    writer.push("{");
    let mut first = true;
    for (index, node) in (0..).zip(&store.nodes) {
        if node.is_branch() || matches!(node.body, Body::Open) {
            continue;
        }
        if !first {
            writer.push(",");
        }
        first = false;
        writer.json(node.id.as_deref().unwrap_or_default());
        writer.push(":");
        writer.node(store, index, node);
    }
    writer.push("}");
    // Every part is UTF-8: text of Rust strings and output of serde_json.
    String::from_utf8(writer.out).unwrap_or_default()
}

struct Writer {
    out: Vec<u8>,
    /// No key of the present `inputs` has been written yet.
    first: bool,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn json(&mut self, value: impl Serialize) {
        // Numbers and texts always serialise, and a vector takes every byte.
        let _ = serde_json::to_writer(&mut self.out, &value);
    }

    fn node(&mut self, store: &Store, index: u32, node: &NodeRecord) {
        if let Body::Verbatim(json) = &node.body {
            return self.push(json.get());
        }
        self.push("{\"inputs\":{");
        self.first = true;
        let Ok(()) = walk::inputs(store, index, node, self);
        self.push("},\"class_type\":");
        self.json(&*node.class());
        if let Some(title) = &node.title {
            self.push(",\"_meta\":{\"title\":");
            self.json(title);
            self.push("}");
        }
        self.push("}");
    }

    fn leaf(&mut self, store: &Store, leaf: Leaf<'_>) {
        match leaf {
            Leaf::Json(json) => self.push(json),
            Leaf::Text(text) => self.json(text),
            Leaf::Int(value) => self.json(value),
            Leaf::Unsigned(value) => self.json(value),
            Leaf::Float(value) => self.json(value),
            Leaf::Bool(value) => self.push(if value { "true" } else { "false" }),
            Leaf::Link(id, slot) => {
                self.push("[");
                self.json(id);
                self.push(",");
                self.json(slot);
                self.push("]");
            }
            Leaf::Wrapped(items) => self.wrapped(store, items),
        }
    }

    fn wrapped(&mut self, store: &Store, items: &[Slot]) {
        self.push("{\"__value__\":[");
        let mut first = true;
        for leaf in items.iter().filter_map(|item| walk::leaf(store, item)) {
            if !first {
                self.push(",");
            }
            first = false;
            self.leaf(store, leaf);
        }
        self.push("]}");
    }
}

impl Visitor for Writer {
    type Error = Infallible;

    fn input(&mut self, store: &Store, key: Key<'_>, leaf: Leaf<'_>) -> Result<(), Infallible> {
        self.push(if self.first { "\"" } else { ",\"" });
        self.first = false;
        self.push(key.prefix);
        self.push(key.name);
        self.push("\":");
        self.leaf(store, leaf);
        Ok(())
    }
}
