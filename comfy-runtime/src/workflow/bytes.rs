//! Writing a workflow directly as JSON text: checked literals and defaults are copied without an intermediate value.

use std::convert::Infallible;
use std::io;

use serde::Serialize;

use super::walk::{self, Key, Leaf, Visitor};
use crate::desc::{Part, Table};
use crate::graph::store::{Body, Entry, NodeRecord, Store};
use crate::slot::Slot;
use crate::text::{is_plain, push_whole};

/// Returns the JSON of a whole workflow.
pub(super) fn write(store: &Store) -> String {
    let mut writer = Writer { out: String::with_capacity(size(store)), first: true };
    writer.push("{");
    let mut first = true;
    for node in &store.nodes {
        if node.is_branch() || matches!(node.body, Body::Open) {
            continue;
        }
        if !first {
            writer.push(",");
        }
        first = false;
        writer.push(&store.ids.json(node.id));
        writer.push(":");
        writer.node(store, node);
    }
    writer.push("}");
    writer.out
}

/// Estimates the length of the JSON in bytes, because growing a large string repeatedly is expensive.
fn size(store: &Store) -> usize {
    /// The typical length of an id with a number.
    const ID: usize = 24;
    /// The typical length of a computed value: most are links.
    const VALUE: usize = ID + 4;
    let nodes = store.nodes.iter().map(|node| match &node.body {
        Body::Typed(table) => table.size + ID,
        Body::Verbatim(node) => node.json.get().len() + ID,
        _ => 10 * ID,
    });
    nodes.sum::<usize>() + store.entries.len() * VALUE
}

struct Writer {
    out: String,
    /// Whether no key of the current `inputs` has been written yet.
    first: bool,
}

impl Writer {
    #[inline]
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes a string in quotes. Most need no escapes.
    fn text(&mut self, text: &str) {
        if is_plain(text) {
            self.push("\"");
            self.push(text);
            self.push("\"");
        } else {
            self.json(text);
        }
    }

    fn whole(&mut self, value: u64) {
        push_whole(&mut self.out, value);
    }

    fn json(&mut self, value: impl Serialize) {
        // Serializing numbers and strings to memory cannot fail.
        let _ = serde_json::to_writer(Utf8(&mut self.out), &value);
    }

    fn node(&mut self, store: &Store, node: &NodeRecord) {
        if let Body::Verbatim(node) = &node.body {
            return self.push(node.json.get());
        }
        self.push("{\"inputs\":{");
        self.first = true;
        let Ok(()) = match &node.body {
            Body::Typed(table) => self.typed(store, table, store.entries_of(node)),
            _ => walk::inputs(store, node, self),
        };
        match (&node.body, node.title()) {
            (Body::Typed(table), None) if store.titles => self.push(&table.titled_end),
            (Body::Typed(table), None) => self.push(&table.end),
            (body, title) => self.end(store, body, title, node),
        }
    }

    /// Writes the end of a node that has more than its class.
    fn end(&mut self, store: &Store, body: &Body, title: Option<&str>, node: &NodeRecord) {
        self.push("}");
        if !body.is_anonymous() {
            self.push(",\"class_type\":");
            self.json(node.class());
        }
        if let Some(meta) = body.meta().and_then(|meta| walk::leaf(store, meta)) {
            self.push(",\"_meta\":");
            self.leaf(store, meta);
        } else if let Some(title) = title {
            self.push(",\"_meta\":{\"title\":");
            self.json(title);
            self.push("}");
        }
        self.push("}");
    }

    /// Does what [`walk::inputs`] does, but writes adjacent fixed inputs in one piece.
    fn typed(&mut self, store: &Store, table: &Table, entries: &[Entry]) -> Result<(), Infallible> {
        let mut entries = entries.iter().peekable();
        for part in &table.parts {
            match part {
                Part::Fixed(text) => self.push_next(text),
                Part::Computed(index) => {
                    let Some(row) = table.rows.get(usize::from(*index)) else { continue };
                    match walk::next_value(&mut entries, *index) {
                        Some(slot) => walk::given_input(store, row, slot, "", self)?,
                        None => walk::fixed(store, row, "", self)?,
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes text that begins with a comma, without the comma if it is the first of its object.
    fn push_next(&mut self, text: &str) {
        let text = if self.first { text.get(1..).unwrap_or_default() } else { text };
        self.first = false;
        self.push(text);
    }

    fn leaf(&mut self, store: &Store, leaf: Leaf<'_>) {
        match leaf {
            Leaf::Json(json) => self.push(json),
            Leaf::Text(text) => self.text(text),
            Leaf::Int(value) => {
                if value < 0 {
                    self.push("-");
                }
                self.whole(value.unsigned_abs());
            }
            Leaf::Unsigned(value) => self.whole(value),
            Leaf::Float(value) => self.json(value),
            Leaf::Bool(value) => self.push(if value { "true" } else { "false" }),
            Leaf::Link(id, slot) => {
                self.push("[");
                self.push(&store.ids.json(id));
                match slot {
                    0 => self.push(",0]"),
                    _ => {
                        self.push(",");
                        self.whole(u64::from(slot));
                        self.push("]");
                    }
                }
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

/// Accepts the output of `serde_json`, which never splits a character, as text.
struct Utf8<'a>(&'a mut String);

impl io::Write for Utf8<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push_str(std::str::from_utf8(bytes).map_err(io::Error::other)?);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Visitor for Writer {
    type Error = Infallible;

    fn input(&mut self, store: &Store, key: Key<'_>, leaf: Leaf<'_>) -> Result<(), Infallible> {
        match key {
            Key::Own(key) => self.push_next(key),
            Key::Child(prefix, name) => {
                self.push_next(",\"");
                self.push(prefix);
                self.push(name);
                self.push("\":");
            }
        }
        self.leaf(store, leaf);
        Ok(())
    }
}
