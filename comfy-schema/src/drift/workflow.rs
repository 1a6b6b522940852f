//! What a change of the schema does to one workflow.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Display, Formatter};

use super::change::{Bound, Change, ChangeKind, ChangedMember};
use super::{DriftError, Level, default};
use crate::validate::{Flaw, Problem, Replacements, problems, replaced};
use crate::{InputDef, InputKind, Map, NodeDef, Schema, Text, Value, open};

/// A change that a node of a workflow meets.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The node's id.
    pub node: Text,
    /// The node's title, if it has one of its own.
    pub title: Option<Text>,
    /// The change; its class is that of the node, or of the node that an input is linked to.
    pub change: Change,
}

impl Display for Finding {
    /// ``node 3 (KSampler): input `steps`: the greatest value is 100 (it was 1000)``
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "node {} ({}): {}", self.node, self.change.class, self.change)
    }
}

/// A workflow seen through one schema.
struct Seen<'s> {
    prompt: Map,
    classes: HashMap<Text, &'s NodeDef>,
}

impl<'s> Seen<'s> {
    fn new(prompt: &Map, schema: &'s Schema, replacements: &Replacements) -> Self {
        let prompt = replaced(prompt, schema, replacements);
        let classes =
            prompt.iter().filter_map(|(id, node)| Some((id.clone(), schema.node(class_of(node)?)?))).collect();
        Self { prompt, classes }
    }

    fn class(&self, id: &str) -> Option<&'s NodeDef> {
        self.classes.get(id).copied()
    }

    fn problems(&self, id: &str, node: &Value) -> Vec<Problem<'s>> {
        match (self.class(id), inputs_of(node)) {
            (Some(class), Some(inputs)) => problems(class, inputs, &|source| self.class(source)),
            _ => Vec::new(),
        }
    }
}

/// The changes that the nodes of a workflow meet, in the order of the prompt: those that make wrong what was right.
/// Nodes that no output needs are left out, as the server leaves them out, unless their class is gone.
pub(super) fn findings(
    old: &Schema,
    new: &Schema,
    replacements: &Replacements,
    prompt: &Value,
) -> Result<Vec<Finding>, DriftError> {
    let prompt = prompt.as_object().ok_or_else(|| DriftError::NotAPrompt { found: prompt.kind_name() })?;
    let judge =
        Judge { old: Seen::new(prompt, old, replacements), new: Seen::new(prompt, new, replacements), schema: new };
    let needed = needed(prompt, &judge.old);
    let mut found = Vec::new();
    let by_id: HashMap<&Text, &Value> = judge.old.prompt.iter().collect();
    for (id, after) in &judge.new.prompt {
        let before = by_id.get(id).copied().unwrap_or(after);
        let changes = judge.node(id, before, after, needed.contains(id.as_str()));
        let title = title_of(after);
        found.extend(changes.into_iter().map(|change| Finding { node: id.clone(), title: title.clone(), change }));
    }
    Ok(found)
}

/// Adds what is new, required and has a default. Gives the inputs that were added.
pub(super) fn fill(
    old: &Schema,
    new: &Schema,
    replacements: &Replacements,
    prompt: &mut Value,
) -> Result<Vec<Finding>, DriftError> {
    let found = findings(old, new, replacements, prompt)?;
    let mut filled = Vec::new();
    for finding in found.into_iter().filter(|finding| finding.change.level == Level::Defaulted) {
        let Some(ChangedMember::Input(name)) = &finding.change.place else { continue };
        let Value::Object(nodes) = &mut *prompt else { break };
        let Some(Value::Object(node)) = nodes.get_mut(&finding.node) else { continue };
        // A replaced class has inputs that the prompt's own does not; those are the server's to fill.
        let Some(class) = node.get("class_type").and_then(Value::as_str).and_then(|class| new.node(class)) else {
            continue;
        };
        let Some(Value::Object(inputs)) = node.get_mut("inputs") else { continue };
        let given = problems(class, inputs, &|_| None);
        let declared = given.iter().find(|problem| problem.input == *name && problem.flaw == Flaw::Missing);
        let Some(declared) = declared.and_then(|problem| problem.declared) else { continue };
        for (name, value) in default::entries(name, declared) {
            inputs.insert(name, value);
        }
        filled.push(finding);
    }
    Ok(filled)
}

struct Judge<'s> {
    old: Seen<'s>,
    new: Seen<'s>,
    schema: &'s Schema,
}

impl Judge<'_> {
    fn node(&self, id: &Text, before: &Value, after: &Value, needed: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        let Some(old) = self.old.class(id) else { return changes };
        let mut add = |class: &Text, place: Option<ChangedMember>, kind: ChangeKind| {
            let level = kind.level();
            changes.push(Change { class: class.clone(), place, kind, level });
        };
        let Some(new) = self.new.class(id) else {
            let similar = self.schema.suggest(&old.class).into_iter().map(Text::new).collect();
            add(&old.class, None, ChangeKind::NodeRemoved { similar });
            return changes;
        };
        if old.class != new.class && class_of(before) == Some(&old.class) {
            add(&old.class, None, ChangeKind::NodeReplaced { by: new.class.clone() });
        }
        if !needed {
            return changes;
        }
        if old.output_node && !new.output_node {
            add(&new.class, None, ChangeKind::NoLongerOutput);
        }
        let known = self.old.problems(id, before);
        if known.iter().any(|problem| !is_of_a_file(problem) && problem.flaw != Flaw::Undeclared) {
            // It was refused before, and is no worse off.
            return changes;
        }
        for problem in self.new.problems(id, after) {
            let same = |other: &&Problem<'_>| other.input == problem.input && other.flaw == problem.flaw;
            if known.iter().find(same).is_some() {
                continue;
            }
            let change = self.explain(old, new, &problem, before, after);
            changes.extend(change);
        }
        changes
    }

    /// What of the schema changed so that an input is wrong now.
    fn explain(
        &self,
        old: &NodeDef,
        new: &NodeDef,
        problem: &Problem<'_>,
        before: &Value,
        after: &Value,
    ) -> Option<Change> {
        let was = declared_in(old, before, &problem.input);
        let value = inputs_of(after).and_then(|inputs| inputs.get(&problem.input));
        let option = |input: Option<&InputDef>, bound: Bound| input?.options.get(bound.as_str()).cloned();
        let narrowed =
            |bound| ChangeKind::RangeNarrowed { bound, old: option(was, bound), new: option(problem.declared, bound) };
        let kind = match &problem.flaw {
            Flaw::Missing => {
                let default = problem.declared.and_then(default::of);
                if was.is_some() {
                    ChangeKind::InputRequired { default }
                } else {
                    ChangeKind::InputAdded { required: true, default }
                }
            }
            Flaw::TooSmall => narrowed(Bound::Min),
            Flaw::TooBig => narrowed(Bound::Max),
            Flaw::NotListed => ChangeKind::OptionsRemoved(value.cloned().into_iter().collect()),
            Flaw::Refused(why) => ChangeKind::Refused { why: why.clone() },
            Flaw::Undeclared => ChangeKind::InputRemoved,
            Flaw::Type => type_change(was, problem.declared),
            Flaw::NoOutput | Flaw::Mismatch => match self.source_change(value?) {
                Some(change) => return Some(change),
                None => type_change(was, problem.declared),
            },
        };
        // A literal that the server ignores from now on does not stop anything.
        let ignored = problem.flaw == Flaw::Undeclared && !matches!(value, Some(Value::Array(_)));
        let level = if ignored { Level::Additive } else { kind.level() };
        Some(Change { class: new.class.clone(), place: Some(ChangedMember::Input(problem.input.clone())), kind, level })
    }

    /// The change of the output that a link comes from, if it changed.
    fn source_change(&self, link: &Value) -> Option<Change> {
        let [id, slot] = link.as_array()? else { return None };
        let (id, slot) = (id.as_str()?, usize::try_from(slot.as_i128()?).ok()?);
        let (old, new) = (self.old.class(id)?, self.new.class(id)?);
        let before = old.outputs.get(slot)?;
        let kind = match new.outputs.get(slot) {
            None => ChangeKind::OutputRemoved,
            Some(now) => {
                let (old, new) = (before.kind.type_word(), now.kind.type_word());
                if old == new {
                    return None;
                }
                ChangeKind::TypeChanged { old, new }
            }
        };
        let (class, level) = (new.class.clone(), kind.level());
        Some(Change { class, place: Some(ChangedMember::Output(slot, before.name.clone())), kind, level })
    }
}

/// Whether the flaw is that a file is not on the server that gave the schema: another may have it.
fn is_of_a_file(problem: &Problem<'_>) -> bool {
    let of_open = problem
        .declared
        .is_some_and(|input| matches!(&input.kind, InputKind::Combo(combo) if open::is_open(input, combo)));
    of_open && matches!(problem.flaw, Flaw::NotListed | Flaw::Refused(_))
}

fn type_change(old: Option<&InputDef>, new: Option<&InputDef>) -> ChangeKind {
    let word = |input: Option<&InputDef>| input.map_or_else(|| "undeclared".into(), |input| input.kind.type_word());
    ChangeKind::TypeChanged { old: word(old), new: word(new) }
}

/// What a class declares for an input of a node, dynamic parents expanded.
fn declared_in<'s>(class: &'s NodeDef, node: &Value, name: &str) -> Option<&'s InputDef> {
    crate::validate::declaration(class, inputs_of(node)?, name)
}

/// The nodes that execution reaches from the outputs.
fn needed(prompt: &Map, seen: &Seen<'_>) -> HashSet<Text> {
    let by_id: HashMap<&str, &Value> = prompt.iter().map(|(id, node)| (id.as_str(), node)).collect();
    let outputs = seen.classes.iter().filter(|(_, class)| class.output_node).map(|(id, _)| id.clone());
    let mut open: Vec<Text> = outputs.collect();
    let mut needed = HashSet::new();
    while let Some(id) = open.pop() {
        let node = by_id.get(id.as_str()).copied();
        if !needed.insert(id) {
            continue;
        }
        let inputs = node.and_then(inputs_of).into_iter().flat_map(Map::iter);
        open.extend(inputs.filter_map(|(_, value)| match value.as_array()? {
            [Value::String(source), _] => Some(source.clone()),
            _ => None,
        }));
    }
    needed
}

fn class_of(node: &Value) -> Option<&str> {
    node.as_object()?.get("class_type")?.as_str()
}

fn inputs_of(node: &Value) -> Option<&Map> {
    node.as_object()?.get("inputs")?.as_object()
}

fn title_of(node: &Value) -> Option<Text> {
    let title = node.as_object()?.get("_meta")?.as_object()?.get("title")?.as_str()?;
    (!title.is_empty()).then(|| title.into())
}
