//! What the compiler could not know: values that are computed, lists whose length is, handles of other graphs.

use super::error::{Problem, ProblemKind};
use super::finish::sources;
use super::store::{Body, Entry, NodeRecord, Store};
use crate::desc::{Desc, InputDesc, LitValue, Message, Table, kind};
use crate::slot::{Slot, Value};

/// Checks every value of a graph by the same rules as literals are checked when they compile.
pub(super) struct Checker<'a> {
    graph: u32,
    store: &'a Store,
    problems: &'a mut Vec<Problem>,
}

/// A node or branch being looked at.
#[derive(Clone, Copy)]
struct Place<'a> {
    node: &'a NodeRecord,
    desc: Desc,
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
                // Checked by the compiler, by type or by constant.
                Value::Checked(_) | Value::Option(_) => continue,
                Value::Link(link) if link.node.graph == self.graph => continue,
                Value::Branch(branch) if branch.graph == self.graph => continue,
                _ => {}
            }
            let Some(row) = table.rows.get(usize::from(entry.input)) else { continue };
            if !number(&entry.slot.0).is_some_and(|number| row.has_in_range(number)) {
                self.input(Place { node, desc: table.desc }, &row.input, &entry.slot);
            }
        }
    }

    fn is_own(&self, slot: &Slot) -> bool {
        let mut own = true;
        sources(slot, &mut |node| own &= node.graph == self.graph);
        own
    }

    fn input(&mut self, place: Place<'a>, input: &InputDesc, slot: &Slot) {
        match &slot.0 {
            Value::NotGiven => {
                if input.needed {
                    let message = format!("`{}.{}` was given `None`, but is required", place.desc.class(), input.ident);
                    self.report(place, input, ProblemKind::Missing, message);
                }
            }
            Value::Link(_) | Value::Branch(_) => self.foreign(place, input, slot),
            Value::List(items) => self.list(place, input, items),
            value => self.scalar(place, input, value, Desc::fault),
        }
    }

    fn list(&mut self, place: Place<'a>, input: &InputDesc, items: &[Slot]) {
        if let Some(message) = place.desc.count_fault(input, items.len()) {
            self.report(place, input, ProblemKind::Count, message.as_str().to_owned());
        }
        let needed = if input.kind == kind::AUTOGROW { input.autogrow().0 } else { 0 };
        for (index, item) in items.iter().enumerate() {
            match &item.0 {
                Value::Link(_) | Value::Branch(_) => self.foreign(place, input, item),
                Value::NotGiven if index < needed => {
                    let about = place.desc.about(input);
                    let message =
                        format!("{}: entry {index} is `None`, but the first {needed} are required", about.as_str());
                    self.report(place, input, ProblemKind::Missing, message);
                }
                value => self.scalar(place, input, value, Desc::item_fault),
            }
        }
    }

    /// Reports a value that `fault` finds wrong for the input.
    fn scalar(
        &mut self,
        place: Place<'a>,
        input: &InputDesc,
        value: &Value,
        fault: fn(Desc, &InputDesc, LitValue<'_>, &str) -> Option<Message>,
    ) {
        let literal = match value {
            Value::Float(float) if !float.is_finite() => {
                let message =
                    format!("{} cannot be {float}: JSON has no such number", place.desc.about(input).as_str());
                return self.report(place, input, ProblemKind::Value, message);
            }
            Value::NotJson(why) => {
                let message = format!("{} was given text that is no JSON: {why}", place.desc.about(input).as_str());
                return self.report(place, input, ProblemKind::Value, message);
            }
            Value::Text(text) => LitValue::Str(text),
            Value::Bool(value) => LitValue::Bool(*value),
            value => match number(value) {
                Some(number) => number,
                None => return,
            },
        };
        // The value is put into words only if there is something to say of it.
        if fault(place.desc, input, literal, "").is_some()
            && let Some(message) = fault(place.desc, input, literal, &words(literal))
        {
            self.report(place, input, ProblemKind::Value, message.as_str().to_owned());
        }
    }

    fn foreign(&mut self, place: Place<'a>, input: &InputDesc, slot: &Slot) {
        if !self.is_own(slot) {
            let message = format!(
                "{} is linked to a node of another graph; a handle is good only in the graph that gave it",
                place.desc.about(input).as_str()
            );
            self.report(place, input, ProblemKind::ForeignHandle, message);
        }
    }

    fn raw(&mut self, node: &'a NodeRecord, name: &str, slot: &Slot) {
        let message = match &slot.0 {
            Value::Float(float) if !float.is_finite() => {
                (ProblemKind::Value, format!("`{}.{name}` cannot be {float}: JSON has no such number", node.class()))
            }
            Value::NotJson(why) => {
                (ProblemKind::Value, format!("`{}.{name}` was given text that is no JSON: {why}", node.class()))
            }
            _ if !self.is_own(slot) => {
                (ProblemKind::ForeignHandle, format!("`{}.{name}` is linked to a node of another graph", node.class()))
            }
            _ => return,
        };
        let id = self.store.ids.get(node.id);
        self.problems.push(Problem::of_node(node, id, Some(name.to_owned()), message.0, message.1));
    }

    fn report(&mut self, place: Place<'a>, input: &InputDesc, kind: ProblemKind, message: String) {
        let (node, name) = self.located(place.node, input.name);
        let id = self.store.ids.get(node.id);
        self.problems.push(Problem::of_node(node, id, Some(name), kind, message));
    }

    /// An input as the prompt names it: one of a branch is an input of the node that the branch is given to.
    fn located(&self, node: &'a NodeRecord, input: &str) -> (&'a NodeRecord, String) {
        let (mut node, mut name) = (node, input.to_owned());
        while node.is_branch() {
            let Some((owner, input)) = self.owner(node) else { break };
            name = format!("{input}.{name}");
            node = owner;
        }
        (node, name)
    }

    /// The node or branch that a branch is given to, and as which input.
    fn owner(&self, branch: &NodeRecord) -> Option<(&'a NodeRecord, String)> {
        let index = self.store.nodes.iter().position(|node| std::ptr::eq(node, branch))?;
        let is_it = |slot: &Slot| matches!(slot.0, Value::Branch(given) if given.index as usize == index);
        self.store.nodes.iter().find_map(|owner| {
            let Body::Typed(table) = &owner.body else { return None };
            self.store.entries_of(owner).iter().find_map(|entry| {
                let input = &table.rows.get(usize::from(entry.input))?.input;
                match &entry.slot.0 {
                    Value::List(items) => {
                        let place = items.iter().position(is_it)?;
                        let child = match input.kind {
                            kind::AUTOGROW => input.autogrow().1.nth(place)?.to_owned(),
                            _ => place.to_string(),
                        };
                        Some((owner, format!("{}.{child}", input.name)))
                    }
                    _ => is_it(&entry.slot).then(|| (owner, input.name.to_owned())),
                }
            })
        })
    }
}

/// A finite number as the rules look at it.
fn number(value: &Value) -> Option<LitValue<'static>> {
    match value {
        Value::Int(int) => Some(LitValue::Int(i128::from(*int))),
        Value::Unsigned(int) => Some(LitValue::Int(i128::from(*int))),
        Value::Float(float) if float.is_finite() => Some(LitValue::Float(*float)),
        _ => None,
    }
}

/// A value as messages show it.
fn words(value: LitValue<'_>) -> String {
    match value {
        LitValue::Int(int) => int.to_string(),
        LitValue::Float(float) => float.to_string(),
        LitValue::Str(text) => format!("{text:?}"),
        LitValue::Bool(value) => value.to_string(),
    }
}
