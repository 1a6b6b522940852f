//! Takes the part of a plan that is wanted.

use std::collections::HashSet;

use comfy_schema::suggest;
use thiserror::Error;

use super::model::{Kind, Node, OutputKind, Record};
use super::overrides::did_you_mean;
use super::shared::{ListId, Shared, UnionId, WordId};
use super::Plan;

/// Which nodes are generated.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// These, by class or by Rust name.
    pub(crate) names: Option<Vec<String>>,
    /// Those that one of these words may refer to.
    pub(crate) words: Option<HashSet<String>>,
}

/// A node of the list that the schema does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no node `{name}` in this schema{}", did_you_mean(suggestions))]
pub struct SelectionError {
    /// What was written.
    pub name: String,
    /// What may have been meant.
    pub suggestions: Vec<String>,
}

impl<'s> Plan<'s> {
    /// Keeps the selected nodes, and marks what they use of the shared things.
    ///
    /// Errors: a name that is no node's, all of them together.
    pub(crate) fn select(mut self, selection: &Selection) -> Result<Self, Vec<SelectionError>> {
        if let Some(names) = &selection.names {
            check_names(names, &self.nodes)?;
        }
        if selection.names.is_some() || selection.words.is_some() {
            let names: HashSet<&str> = selection.names.iter().flatten().map(String::as_str).collect();
            self.nodes.retain(|node| is_named(node, &names) || is_mentioned(node, selection.words.as_ref()));
        }
        mark_used(&self.nodes, &mut self.shared);
        if let Some(words) = &selection.words {
            mark_mentioned(words, &mut self.shared);
        }
        Ok(self)
    }
}

fn is_named(node: &Node<'_>, names: &HashSet<&str>) -> bool {
    names.contains(node.source.class.as_str()) || names.contains(node.ident.as_str())
}

/// Whether code with these words may use the node: by its name, by that of its outputs or its builder, or by the
/// module of its branches.
fn is_mentioned(node: &Node<'_>, words: Option<&HashSet<String>>) -> bool {
    let Some(words) = words else { return false };
    words.contains(&node.ident)
        || (node.outputs.len() > 1 && words.contains(&node.outputs_ident))
        || words.contains(&node.builder_ident)
        || (node.record.has_modules() && words.contains(&node.module))
}

fn check_names(names: &[String], nodes: &[Node<'_>]) -> Result<(), Vec<SelectionError>> {
    let known: HashSet<&str> =
        nodes.iter().flat_map(|node| [node.source.class.as_str(), node.ident.as_str()]).collect();
    let errors: Vec<SelectionError> = names
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .map(|name| SelectionError {
            name: name.clone(),
            suggestions: suggest::similar(name, nodes.iter().map(|node| node.source.class.as_str()))
                .into_iter()
                .map(str::to_owned)
                .collect(),
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn mark_used(nodes: &[Node<'_>], shared: &mut Shared<'_>) {
    for node in nodes {
        mark_record(&node.record, shared);
        for output in &node.outputs {
            match output.kind {
                OutputKind::Type(word) => mark_word(word, shared),
                OutputKind::Union(union) => {
                    mark_union(union, shared);
                    shared.unions[union.0].output = true;
                }
                OutputKind::Listed(Some(list)) => mark_list(list, shared),
                OutputKind::Any | OutputKind::Parameter(_) | OutputKind::Listed(None) => {}
            }
        }
    }
}

fn mark_record(record: &Record<'_>, shared: &mut Shared<'_>) {
    record.fields.iter().for_each(|field| mark_kind(&field.kind, shared));
}

fn mark_kind(kind: &Kind<'_>, shared: &mut Shared<'_>) {
    match kind {
        Kind::Link(word) | Kind::Widget(word) => mark_word(*word, shared),
        Kind::Combo(combo) => {
            if let Some(list) = combo.list {
                mark_list(list, shared);
            }
        }
        Kind::Union(union) | Kind::Match { allowed: Some(union), .. } => mark_union(*union, shared),
        Kind::Grow(grow) => mark_kind(&grow.element.kind, shared),
        Kind::Choice(choice) => choice.branches.iter().for_each(|branch| mark_record(&branch.record, shared)),
        Kind::Rows(rows) => mark_record(&rows.record, shared),
        Kind::Primitive(_) | Kind::Any | Kind::Match { allowed: None, .. } | Kind::Raw => {}
    }
}

fn mark_word(word: WordId, shared: &mut Shared<'_>) {
    shared.words[word.0].used = true;
}

fn mark_union(union: UnionId, shared: &mut Shared<'_>) {
    shared.unions[union.0].used = true;
    for member in shared.unions[union.0].members.clone() {
        mark_word(member, shared);
    }
}

fn mark_list(list: ListId, shared: &mut Shared<'_>) {
    shared.lists[list.0].used = true;
}

/// Code may name a marker or an enum without naming a node that has it, in the signature of a function for example.
fn mark_mentioned(words: &HashSet<String>, shared: &mut Shared<'_>) {
    for word in &mut shared.words {
        word.used |= words.contains(&word.ident);
    }
    for list in &mut shared.lists {
        list.used |= words.contains(&list.ident);
    }
    for index in 0..shared.unions.len() {
        if words.contains(&shared.unions[index].ident) {
            mark_union(UnionId(index), shared);
        }
    }
}
