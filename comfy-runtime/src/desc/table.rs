//! Descriptors unpacked for use at run time, with finished JSON keys and with access to inputs by index.
//!
//! Unpacking takes one or two microseconds, so it is done once for each node literal that a process uses.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::check::{greater, less};
use super::literal::{Lit, LitValue, Literal};
use super::read::Bound;
use super::{Desc, InputDesc, kind};
use crate::hash::FastHash;
use crate::text::snake_case;

/// The unpacked form of a node literal with its class, or of a class alone.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) desc: Desc,
    /// The class in snake case: the id of a node without a name.
    pub(crate) id: String,
    /// The JSON after the inputs of a node without a title, beginning with the brace that closes the inputs.
    pub(crate) end: String,
    /// The JSON after the inputs of a node that has the editor's title for its class.
    pub(crate) titled_end: String,
    pub(crate) rows: Vec<Row>,
    /// The rows as the writer needs them: adjacent inputs that are always the same are one piece of JSON.
    pub(crate) parts: Vec<Part>,
    /// The length of the JSON in bytes, without the id and the computed values.
    pub(crate) size: usize,
    pub(crate) is_output: bool,
    pub(crate) is_branch: bool,
}

/// A part of the inputs of a node.
#[derive(Debug)]
pub(crate) enum Part {
    /// Inputs that are always the same, as JSON in which a comma precedes each key.
    Fixed(String),
    /// The index of an input whose value is computed.
    Computed(u16),
}

/// One input.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) input: InputDesc,
    /// A comma, the name in quotes, and a colon.
    pub(crate) key: String,
    /// The JSON that is sent if no value is computed: the literal, or else the default.
    pub(crate) fixed: &'static str,
    min: Option<Bound>,
    max: Option<Bound>,
}

impl Table {
    fn new(desc: Desc, literal: &Literal) -> Self {
        let rows: Vec<Row> = desc.inputs().enumerate().map(|(i, input)| Row::new(input, literal.value_of(i))).collect();
        let computed = literal.given.len().saturating_sub(literal.checked.len());
        let computed = literal.given.get(..computed).unwrap_or_default();
        // Without a literal, any input may have a computed value.
        let parts = parts(&rows, |index| literal.is_none() || computed.contains(&index));
        let end = format!("}},\"class_type\":{}}}", serde_json::Value::from(desc.class()));
        let class = end.strip_suffix('}').unwrap_or(&end);
        let titled_end = format!("{class},\"_meta\":{{\"title\":{}}}}}", serde_json::Value::from(desc.title()));
        Self {
            desc,
            id: snake_case(desc.class()),
            size: "\"\":{\"inputs\":{".len() + parts.iter().map(|part| part.size(&rows)).sum::<usize>() + end.len(),
            end,
            titled_end,
            parts,
            rows,
            is_output: desc.is_output_node(),
            is_branch: desc.is_branch(),
        }
    }
}

impl Part {
    fn size(&self, rows: &[Row]) -> usize {
        match self {
            Self::Fixed(text) => text.len(),
            Self::Computed(index) => rows.get(usize::from(*index)).map_or(0, |row| row.key.len()),
        }
    }
}

/// Splits the rows into parts and joins adjacent fixed inputs.
fn parts(rows: &[Row], is_computed: impl Fn(u16) -> bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut fixed = String::new();
    for (index, row) in (0..).zip(rows) {
        if is_computed(index) {
            if !fixed.is_empty() {
                parts.push(Part::Fixed(std::mem::take(&mut fixed)));
            }
            parts.push(Part::Computed(index));
        } else {
            row.write_fixed(&mut fixed);
        }
    }
    if !fixed.is_empty() {
        parts.push(Part::Fixed(fixed));
    }
    parts
}

impl Row {
    fn new(input: InputDesc, literal: Option<Lit>) -> Self {
        let default = if input.required { input.default } else { "" };
        Self {
            input,
            key: format!(",\"{}\":", input.name),
            fixed: literal.map_or(default, |literal| literal.json),
            min: Bound::read(input.min),
            max: Bound::read(input.max),
        }
    }

    /// Appends the JSON that is sent if no value is computed.
    fn write_fixed(&self, out: &mut String) {
        if self.fixed.is_empty() {
            return;
        }
        out.push_str(&self.key);
        out.push_str(self.fixed);
        for (name, json) in self.implied() {
            out.push_str(",\"");
            out.push_str(self.input.name);
            out.push('.');
            out.push_str(name);
            out.push_str("\":");
            out.push_str(json);
        }
    }

    /// Returns the inputs that the fixed key of a dynamic combo implies, each as its JSON-escaped dotted name and its
    /// JSON.
    pub(crate) fn implied(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let key: String = match self.input.kind {
            kind::DYNAMIC_COMBO => serde_json::from_str(self.fixed).unwrap_or_default(),
            _ => String::new(),
        };
        self.input.implied(&key)
    }

    /// Returns whether a number is certainly in range. This covers the common case without reading the descriptor.
    pub(crate) fn has_in_range(&self, value: LitValue<'_>) -> bool {
        let fits = match self.input.kind {
            kind::INT => matches!(value, LitValue::Int(_)),
            kind::FLOAT => matches!(value, LitValue::Int(_) | LitValue::Float(_)),
            _ => false,
        };
        fits && !self.min.is_some_and(|min| less(value, min)) && !self.max.is_some_and(|max| greater(value, max))
    }
}

impl InputDesc {
    /// Returns the inputs that the key of a branch implies, each as its JSON-escaped dotted name and its JSON.
    pub(crate) fn implied(&self, key: &str) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let mut list = self.branches().find(key).and_then(|branch| branch.implied);
        std::iter::from_fn(move || {
            let list = list.as_mut()?;
            Some((list.next()?, list.next()?))
        })
    }
}

/// The tables of all node literals and classes used so far.
///
/// The tables are never freed: there are at most as many as node literals and descriptors in the program.
static TABLES: RwLock<Tables> = RwLock::new(Tables::with_hasher(FastHash::new()));

/// Tables by the addresses of the literal and of the packed descriptor. The key needs both, because the compiler may
/// give equal literals of different classes the same address.
type Tables = HashMap<(usize, usize), &'static Table, FastHash>;

/// Calls `each` with a function that returns the table of a node literal.
pub(crate) fn lookup<R>(each: impl FnOnce(&mut dyn FnMut(Desc, &'static Literal) -> &'static Table) -> R) -> R {
    let mut known = Some(TABLES.read().unwrap_or_else(PoisonError::into_inner));
    each(&mut |desc, literal| {
        let address = (std::ptr::from_ref(literal).addr(), desc.packed().as_ptr().addr());
        let guard = known.take().unwrap_or_else(|| TABLES.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(table) = guard.get(&address).copied() {
            known = Some(guard);
            return table;
        }
        drop(guard);
        let mut tables = TABLES.write().unwrap_or_else(PoisonError::into_inner);
        tables.entry(address).or_insert_with(|| Box::leak(Box::new(Table::new(desc, literal))))
    })
}
