//! The effect of a schema's changes on one workflow.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use super::change::{Bound, Change, ChangeKind, ChangedMember};
use super::{Level, default};
use crate::prompt::{Link, NotAPrompt, Prompt, PromptNode};
use crate::shown::escaped;
use crate::validate::{Flaw, Problem, Replacements, declaration, problems, replaced};
use crate::{InputDef, InputKind, Map, NodeDef, Schema, Text, Value, open};

/// A change that affects a node of a workflow.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The node's id.
    pub node: Text,
    /// The node's title, if the prompt gives one.
    pub title: Option<Text>,
    /// The change. Its class is that of the node, or of the node that an input is linked to.
    pub change: Change,
}

impl Display for Finding {
    /// Writes one line: ``node 3 (KSampler): input `steps`: the maximum is 100 (it was 1000)``.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "node {} ({}): {}", escaped(&self.node), escaped(&self.change.class), self.change)
    }
}

/// A prompt together with the definitions of its nodes in one of the two schemas.
struct Seen<'p, 's> {
    prompt: Prompt<'p>,
    /// The definition of each node, if the schema has it.
    classes: Vec<Option<&'s NodeDef>>,
}

impl<'p, 's> Seen<'p, 's> {
    fn new(nodes: &'p Map, schema: &'s Schema) -> Self {
        let prompt = Prompt::of(nodes);
        let class = |node: &PromptNode<'p>| schema.node(node.class()?);
        let classes = prompt.nodes().iter().map(class).collect();
        Self { prompt, classes }
    }

    fn node(&self, at: usize) -> Option<PromptNode<'p>> {
        self.prompt.nodes().get(at).copied()
    }

    fn class_at(&self, at: usize) -> Option<&'s NodeDef> {
        self.classes.get(at).copied().flatten()
    }

    fn class_of(&self, id: &str) -> Option<&'s NodeDef> {
        self.class_at(self.prompt.position(id)?)
    }

    fn inputs(&self, at: usize) -> Option<&'p Map> {
        self.node(at)?.inputs()
    }

    fn problems(&self, at: usize) -> Vec<Problem<'s>> {
        match (self.class_at(at), self.inputs(at)) {
            (Some(class), Some(inputs)) => problems(class, inputs, &|source| self.class_of(source)),
            _ => Vec::new(),
        }
    }
}

/// Returns the changes that affect the nodes of a workflow, in the order of the prompt. A node that no output node
/// needs is left out, since the server ignores it, unless its class was removed or replaced.
pub(super) fn findings(
    old: &Schema,
    new: &Schema,
    replacements: &Replacements,
    prompt: &Value,
) -> Result<Vec<Finding>, NotAPrompt> {
    let Some(nodes) = prompt.as_object() else { return Err(NotAPrompt { found: prompt.kind_name() }) };
    // Classes are replaced in place, so that a node has the same position in `nodes`, `before` and `after`.
    let (before, after) = (replaced(nodes, old, replacements), replaced(nodes, new, replacements));
    let judge = Judge { old: Seen::new(&before, old), new: Seen::new(&after, new), schema: new };
    let is_output = |&at: &usize| judge.old.class_at(at).is_some_and(|class| class.output_node);
    let needed = Prompt::of(nodes).reachable((0..nodes.len()).filter(is_output));
    let mut found = Vec::new();
    for (at, (node, needed)) in judge.new.prompt.nodes().iter().zip(needed).enumerate() {
        let title = node.title().map(Text::new);
        let changes = judge.node(at, needed).into_iter();
        found.extend(changes.map(|change| Finding { node: node.id.clone(), title: title.clone(), change }));
    }
    Ok(found)
}

/// Adds the inputs that are new, required and have a default. Returns the findings about those that were added.
pub(super) fn fill(
    old: &Schema,
    new: &Schema,
    replacements: &Replacements,
    prompt: &mut Value,
) -> Result<Vec<Finding>, NotAPrompt> {
    let found = findings(old, new, replacements, prompt)?;
    let mut filled = Vec::new();
    for finding in found.into_iter().filter(|finding| finding.change.level == Level::Defaulted) {
        let Some(ChangedMember::Input(name)) = &finding.change.place else { continue };
        let Value::Object(nodes) = &mut *prompt else { break };
        let Some(Value::Object(node)) = nodes.get_mut(&finding.node) else { continue };
        // If the new server replaces the class, the prompt still holds the old class, which declares other inputs.
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

struct Judge<'p, 's> {
    old: Seen<'p, 's>,
    new: Seen<'p, 's>,
    schema: &'s Schema,
}

impl Judge<'_, '_> {
    fn node(&self, at: usize, needed: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        let Some(old) = self.old.class_at(at) else { return changes };
        let mut add = |class: &Text, place: Option<ChangedMember>, kind: ChangeKind| {
            let level = kind.level();
            changes.push(Change { class: class.clone(), place, kind, level });
        };
        let Some(new) = self.new.class_at(at) else {
            let similar = self.schema.suggest(&old.class).into_iter().map(Text::new).collect();
            add(&old.class, None, ChangeKind::NodeRemoved { similar });
            return changes;
        };
        let given = self.old.node(at).and_then(PromptNode::class);
        if old.class != new.class && given == Some(&old.class) {
            add(&old.class, None, ChangeKind::NodeReplaced { by: new.class.clone() });
        }
        if !needed {
            return changes;
        }
        if old.output_node && !new.output_node {
            add(&new.class, None, ChangeKind::NoLongerOutput);
        }
        let known = self.old.problems(at);
        if known.iter().any(|problem| !is_about_a_file(problem) && problem.flaw != Flaw::Undeclared) {
            // The node was refused before the change too.
            return changes;
        }
        let mut flaws: HashMap<&Text, Vec<&Flaw>> = HashMap::new();
        for problem in &known {
            flaws.entry(&problem.input).or_default().push(&problem.flaw);
        }
        for problem in self.new.problems(at) {
            if flaws.get(&problem.input).is_none_or(|flaws| !flaws.contains(&&problem.flaw)) {
                changes.extend(self.explain(at, old, new, &problem));
            }
        }
        changes
    }

    /// Returns the change of the schema that makes an input invalid.
    fn explain(&self, at: usize, old: &NodeDef, new: &NodeDef, problem: &Problem<'_>) -> Option<Change> {
        let before = self.old.inputs(at).and_then(|inputs| declaration(old, inputs, &problem.input));
        let value = self.new.inputs(at).and_then(|inputs| inputs.get(&problem.input));
        let option = |input: Option<&InputDef>, bound: Bound| input?.options.get(bound.as_str()).cloned();
        let narrowed = |bound| ChangeKind::RangeNarrowed {
            bound,
            old: option(before, bound),
            new: option(problem.declared, bound),
        };
        let kind = match &problem.flaw {
            Flaw::Missing => {
                let default = problem.declared.and_then(default::of);
                if before.is_some() {
                    ChangeKind::InputRequired { default }
                } else {
                    ChangeKind::InputAdded { required: true, default }
                }
            }
            Flaw::TooSmall => narrowed(Bound::Min),
            Flaw::TooBig => narrowed(Bound::Max),
            Flaw::NotListed => ChangeKind::OptionsRemoved(value.cloned().into_iter().collect()),
            Flaw::Refused(reason) => ChangeKind::Refused { reason: reason.clone() },
            Flaw::Undeclared => ChangeKind::InputRemoved,
            Flaw::Type => type_change(before, problem.declared),
            Flaw::NoOutput | Flaw::Mismatch => match self.source_change(value?) {
                Some(change) => return Some(change),
                None => type_change(before, problem.declared),
            },
        };
        // The server ignores a literal for an undeclared input.
        let ignored = problem.flaw == Flaw::Undeclared && !matches!(value, Some(Value::Array(_)));
        let level = if ignored { Level::Additive } else { kind.level() };
        Some(Change { class: new.class.clone(), place: Some(ChangedMember::Input(problem.input.clone())), kind, level })
    }

    /// Returns the change of the output that a link comes from, if it changed.
    fn source_change(&self, link: &Value) -> Option<Change> {
        let link = Link::of(link)?;
        let slot = link.index()?;
        let (old, new) = (self.old.class_of(link.source)?, self.new.class_of(link.source)?);
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

/// Returns whether a problem may be just a file that the server lacks: it concerns the option of an open combo.
fn is_about_a_file(problem: &Problem<'_>) -> bool {
    let of_open = problem
        .declared
        .is_some_and(|input| matches!(&input.kind, InputKind::Combo(combo) if open::is_open(input, combo)));
    of_open && matches!(problem.flaw, Flaw::NotListed | Flaw::Refused(_))
}

fn type_change(old: Option<&InputDef>, new: Option<&InputDef>) -> ChangeKind {
    let word = |input: Option<&InputDef>| input.map_or_else(|| "undeclared".into(), |input| input.kind.type_word());
    ChangeKind::TypeChanged { old: word(old), new: word(new) }
}
