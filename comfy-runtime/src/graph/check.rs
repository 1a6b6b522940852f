//! Checks of what the compiler could not know: computed values, computed list lengths, handles of other graphs.

use super::error::{Problem, ProblemKind};
use super::store::{Body, Entry, NodeRecord, Store};
use crate::desc::{Desc, InputDesc, LitValue, Message, Row, Table, kind};
use crate::slot::{Slot, Value, sources};

/// Checks every value of a graph by the rules that the compiler applies to literals.
pub(super) struct Checker<'a> {
    graph: u32,
    store: &'a Store,
    problems: &'a mut Vec<Problem>,
}

/// The node or branch that is being checked.
#[derive(Clone, Copy)]
struct Checked<'a> {
    node: &'a NodeRecord,
    desc: Desc,
}

/// Returns the mistake of a value for an input of a node or branch of the generated code.
pub(crate) fn fault(graph: u32, store: &Store, node: u32, row: &Row, slot: &Slot) -> Option<Problem> {
    let record = store.node(node)?;
    let Body::Typed(table) = &record.body else { return None };
    let mut problems = Vec::new();
    Checker::new(graph, store, &mut problems).input(Checked { node: record, desc: table.desc }, &row.input, slot);
    problems.pop()
}

/// Returns the mistake of a value for an input of a node of an unknown class.
pub(crate) fn raw_fault(graph: u32, store: &Store, node: u32, name: &str, slot: &Slot) -> Option<Problem> {
    let mut problems = Vec::new();
    Checker::new(graph, store, &mut problems).raw(store.node(node)?, name, slot);
    problems.pop()
}

impl<'a> Checker<'a> {
    pub(super) fn new(graph: u32, store: &'a Store, problems: &'a mut Vec<Problem>) -> Self {
        Self { graph, store, problems }
    }

    pub(super) fn check(mut self) {
        for node in &self.store.nodes {
            match &node.body {
                Body::Typed(table) => self.typed(node, table, self.store.entries_of(node)),
                Body::Raw(raw) => {
                    let meta = raw.meta.as_ref().map(|meta| ("_meta", meta));
                    for (name, slot) in raw.inputs.iter().map(|(name, slot)| (name.as_str(), slot)).chain(meta) {
                        self.raw(node, name, slot);
                    }
                }
                Body::Open | Body::Placed(_) | Body::Verbatim(_) => {}
            }
        }
    }

    fn typed(&mut self, node: &'a NodeRecord, table: &Table, entries: &[Entry]) {
        for entry in entries {
            match &entry.slot.0 {
                // The compiler has checked these, by type or in a constant.
                Value::Checked(_) | Value::Option(_) => continue,
                Value::Link(link) if link.node.graph == self.graph => continue,
                Value::Branch(branch) if branch.graph == self.graph => continue,
                _ => {}
            }
            let Some(row) = table.rows.get(usize::from(entry.input)) else { continue };
            if !number(&entry.slot.0).is_some_and(|number| row.has_in_range(number)) {
                self.input(Checked { node, desc: table.desc }, &row.input, &entry.slot);
            }
        }
    }

    fn is_own(&self, slot: &Slot) -> bool {
        let mut own = true;
        sources(slot, &mut |node| own &= node.graph == self.graph);
        own
    }

    fn input(&mut self, at: Checked<'a>, input: &InputDesc, slot: &Slot) {
        match &slot.0 {
            Value::NotGiven => {
                if input.needed {
                    let message = format!("`{}.{}` is required, but was given `None`", at.desc.class(), input.ident);
                    self.report(at, input, ProblemKind::Missing, message);
                }
            }
            Value::Link(_) | Value::Branch(_) => self.foreign(at, input, slot),
            Value::List(items) => self.list(at, input, items),
            value => self.scalar(at, input, value, Desc::fault),
        }
    }

    fn list(&mut self, at: Checked<'a>, input: &InputDesc, items: &[Slot]) {
        if let Some(message) = at.desc.count_fault(input, items.len()) {
            self.report(at, input, ProblemKind::Count, message.as_str().to_owned());
        }
        let needed = if input.kind == kind::AUTOGROW { input.autogrow().0 } else { 0 };
        for (index, item) in items.iter().enumerate() {
            match &item.0 {
                Value::Link(_) | Value::Branch(_) => self.foreign(at, input, item),
                Value::NotGiven if index < needed => {
                    let message = format!(
                        "`{}.{}`: entry {index} is `None`, but the first {needed} are required",
                        at.desc.class(),
                        input.ident
                    );
                    self.report(at, input, ProblemKind::Missing, message);
                }
                value => self.scalar(at, input, value, Desc::item_fault),
            }
        }
    }

    /// Reports a value for which `fault` returns a message.
    fn scalar(
        &mut self,
        at: Checked<'a>,
        input: &InputDesc,
        value: &Value,
        fault: fn(Desc, &InputDesc, LitValue<'_>, &str) -> Option<Message>,
    ) {
        let literal = match value {
            Value::Float(float) if !float.is_finite() => {
                let message = not_finite(at.desc.class(), input.ident, *float);
                return self.report(at, input, ProblemKind::Value, message);
            }
            Value::NotJson(reason) => {
                let message = not_json(at.desc.class(), input.ident, reason);
                return self.report(at, input, ProblemKind::Value, message);
            }
            Value::Text(text) => LitValue::Str(text),
            Value::Bool(value) => LitValue::Bool(*value),
            value => match number(value) {
                Some(number) => number,
                None => return,
            },
        };
        // The value is formatted only if there is a mistake to report.
        if fault(at.desc, input, literal, "").is_some()
            && let Some(message) = fault(at.desc, input, literal, &shown(literal))
        {
            self.report(at, input, ProblemKind::Value, message.as_str().to_owned());
        }
    }

    fn foreign(&mut self, at: Checked<'a>, input: &InputDesc, slot: &Slot) {
        if !self.is_own(slot) {
            let message = foreign_handle(at.desc.class(), input.ident);
            self.report(at, input, ProblemKind::ForeignHandle, message);
        }
    }

    fn raw(&mut self, node: &'a NodeRecord, name: &str, slot: &Slot) {
        let (kind, message) = match &slot.0 {
            Value::Float(float) if !float.is_finite() => (ProblemKind::Value, not_finite(&node.class(), name, *float)),
            Value::NotJson(reason) => (ProblemKind::Value, not_json(&node.class(), name, reason)),
            _ if !self.is_own(slot) => (ProblemKind::ForeignHandle, foreign_handle(&node.class(), name)),
            _ => return,
        };
        let id = self.store.ids.get(node.id);
        self.problems.push(Problem::of_node(node, id, Some(name.to_owned()), kind, message));
    }

    fn report(&mut self, at: Checked<'a>, input: &InputDesc, kind: ProblemKind, message: String) {
        let (node, name) = self.located(at.node, input.name);
        let id = self.store.ids.get(node.id);
        self.problems.push(Problem::of_node(node, id, Some(name), kind, message));
    }

    /// Returns an input as the prompt names it: an input of a branch belongs to the node that has the branch.
    fn located(&self, node: &'a NodeRecord, input: &str) -> (&'a NodeRecord, String) {
        let (mut node, mut name) = (node, input.to_owned());
        while node.is_branch() {
            let Some((owner, input)) = self.owner(node) else { break };
            name = format!("{input}.{name}");
            node = owner;
        }
        (node, name)
    }

    /// Returns the node or branch that has a branch as a value, and the name of the input.
    fn owner(&self, branch: &NodeRecord) -> Option<(&'a NodeRecord, String)> {
        let branch = self.store.nodes.iter().position(|node| std::ptr::eq(node, branch))?;
        let is_it = |slot: &Slot| matches!(slot.0, Value::Branch(given) if given.index as usize == branch);
        self.store.nodes.iter().find_map(|owner| {
            let Body::Typed(table) = &owner.body else { return None };
            self.store.entries_of(owner).iter().find_map(|entry| {
                let input = &table.rows.get(usize::from(entry.input))?.input;
                match &entry.slot.0 {
                    Value::List(items) => {
                        let index = items.iter().position(is_it)?;
                        let child = match input.kind {
                            kind::AUTOGROW => input.autogrow().1.nth(index)?.to_owned(),
                            _ => index.to_string(),
                        };
                        Some((owner, format!("{}.{child}", input.name)))
                    }
                    _ => is_it(&entry.slot).then(|| (owner, input.name.to_owned())),
                }
            })
        })
    }
}

fn not_finite(class: &str, input: &str, float: f64) -> String {
    format!("`{class}.{input}` cannot be {float}: JSON has no such number")
}

fn not_json(class: &str, input: &str, reason: &str) -> String {
    format!("`{class}.{input}` was given text that is not JSON: {reason}")
}

fn foreign_handle(class: &str, input: &str) -> String {
    format!(
        "`{class}.{input}` is linked to a node of another graph; a handle is valid only in the graph that created it"
    )
}

/// Returns a finite number as the checks take it.
fn number(value: &Value) -> Option<LitValue<'static>> {
    match value {
        Value::Int(int) => Some(LitValue::Int(i128::from(*int))),
        Value::Unsigned(int) => Some(LitValue::Int(i128::from(*int))),
        Value::Float(float) if float.is_finite() => Some(LitValue::Float(*float)),
        _ => None,
    }
}

/// Returns a value as messages show it.
fn shown(value: LitValue<'_>) -> String {
    match value {
        LitValue::Int(int) => int.to_string(),
        LitValue::Float(float) => float.to_string(),
        LitValue::Str(text) => format!("{text:?}"),
        LitValue::Bool(value) => value.to_string(),
    }
}
