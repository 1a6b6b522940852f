//! Selects the part of a plan that is generated.

use std::collections::{BTreeSet, HashSet};

use comfy_schema::shown::escaped;
use comfy_schema::suggest::{did_you_mean, similar};
use thiserror::Error;

use super::Plan;
use super::model::{Kind, Node, OutputKind, Record};
use super::shared::{ListId, Shared, UnionId, WordId};

/// The nodes that are generated: all, if neither field is set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Selection<'w> {
    /// The nodes to generate, by class or by Rust name.
    pub(crate) names: Option<&'w [String]>,
    /// The words of the sources. A node is generated if one of them may refer to it.
    pub(crate) words: Option<&'w HashSet<String>>,
}

/// The error for the name of a node that the schema does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown node `{}`{}", escaped(name), did_you_mean(suggestions))]
#[non_exhaustive]
pub struct SelectionError {
    /// The name that was given.
    pub name: String,
    /// The classes that may have been meant.
    pub suggestions: Vec<String>,
}

impl Plan<'_> {
    /// Keeps the selected nodes, and marks the shared items that they use.
    ///
    /// # Errors
    ///
    /// Returns a [`SelectionError`] for each name that is not the name of a node.
    pub(crate) fn select(mut self, selection: Selection<'_>) -> Result<Self, Vec<SelectionError>> {
        if let Some(names) = selection.names {
            check_names(names, &self.nodes)?;
        }
        if selection.names.is_some() || selection.words.is_some() {
            let names: HashSet<&str> = selection.names.unwrap_or_default().iter().map(String::as_str).collect();
            self.nodes.retain(|node| is_named(node, &names) || is_mentioned(node, selection.words));
        }
        mark_used(&self.nodes, &mut self.shared);
        if let Some(words) = selection.words {
            mark_mentioned(words, &mut self.shared);
        }
        Ok(self)
    }

    /// Returns all names that [`select`](Self::select) looks for in the words of sources.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let nodes = self.nodes.iter().flat_map(|node| node_names(node).into_iter().flatten());
        let words = self.shared.words.iter().map(|word| &word.ident);
        let unions = self.shared.unions.iter().map(|union| &union.ident);
        let lists = self.shared.lists.iter().map(|list| &list.ident);
        nodes.chain(words).chain(unions).chain(lists).cloned().collect()
    }
}

/// Returns the names by which code may refer to a node: those of the node, its builder, its struct of outputs and the
/// module of its dynamic inputs.
fn node_names<'n>(node: &'n Node<'_>) -> [Option<&'n String>; 4] {
    [
        Some(&node.ident),
        Some(&node.builder_ident),
        (node.outputs.len() > 1).then_some(&node.outputs_ident),
        node.record.has_modules().then_some(&node.module),
    ]
}

fn is_named(node: &Node<'_>, names: &HashSet<&str>) -> bool {
    names.contains(node.source.class.as_str()) || names.contains(node.ident.as_str())
}

fn is_mentioned(node: &Node<'_>, words: Option<&HashSet<String>>) -> bool {
    words.is_some_and(|words| node_names(node).into_iter().flatten().any(|name| words.contains(name)))
}

fn check_names(names: &[String], nodes: &[Node<'_>]) -> Result<(), Vec<SelectionError>> {
    let known: HashSet<&str> =
        nodes.iter().flat_map(|node| [node.source.class.as_str(), node.ident.as_str()]).collect();
    let errors: Vec<SelectionError> = names
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .map(|name| SelectionError {
            name: name.clone(),
            suggestions: similar(name, nodes.iter().map(|node| node.source.class.as_str()))
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

/// Marks the markers and enums that the sources mention as used. Code may mention one without a node that uses it, for
/// example in the signature of a function.
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
