//! From a graph to a workflow.

use super::check::Checker;
use super::error::{GraphError, Problem, ProblemKind, Warning};
use super::ids;
use super::store::{Body, NodeRecord, Store};
use crate::desc::lookup;
use crate::out::NodeRef;
use crate::slot::{Slot, Value};
use crate::workflow::Workflow;

pub(super) fn finish<T>(graph: u32, mut store: Store, outputs: T) -> Result<Workflow<T>, GraphError> {
    store.index();
    unpack(&mut store);
    let mut problems = Vec::new();
    ids::assign(&mut store, &mut problems);
    Checker::new(graph, &store, &mut problems).check();
    if !store.nodes.iter().any(NodeRecord::is_output) {
        problems.push(Problem::of_graph(
            ProblemKind::NoOutputNode,
            "no node saves or shows anything, so the server would refuse it; add an output node such as SaveImage or \
             PreviewImage"
                .to_owned(),
        ));
    }
    if !problems.is_empty() {
        return Err(GraphError::new(problems));
    }
    Ok(Workflow::built(graph, store, outputs))
}

/// Looks up what is known of each node's class.
fn unpack(store: &mut Store) {
    lookup(|table| {
        for node in &mut store.nodes {
            if let Body::Placed(desc) = node.body {
                node.body = Body::Typed(table(*desc, node.literal));
            }
        }
    });
}

/// A warning for each node and branch that no output node needs.
pub(crate) fn unused(store: &Store) -> Vec<Warning> {
    let needed = needed(store);
    // A branch that was given to a node that nobody needs has no fault of its own.
    let mut given = vec![false; store.nodes.len()];
    for entry in &store.entries {
        sources(&entry.slot, &mut |source| {
            if let Some(given) = given.get_mut(source.index as usize) {
                *given = true;
            }
        });
    }
    let nodes = store.nodes.iter().zip(needed).zip(given);
    let unneeded = nodes.filter(|((node, needed), given)| !(*needed || node.is_branch() && *given));
    unneeded.map(|((node, _), _)| warning(store, node)).collect()
}

/// Which nodes an output node needs, itself included.
fn needed(store: &Store) -> Vec<bool> {
    let mut needed = vec![false; store.nodes.len()];
    // Nodes come after their sources, so one pass backwards sees everything; again, in the rare case that one does not.
    let mut again = true;
    while std::mem::take(&mut again) {
        for (at, node) in store.nodes.iter().enumerate().rev() {
            let index = u32::try_from(at).unwrap_or(u32::MAX);
            if !(needed.get(at).copied().unwrap_or_default() || node.is_output()) {
                continue;
            }
            let mut mark = |source: u32| {
                if let Some(seen) = needed.get_mut(source as usize)
                    && !std::mem::replace(seen, true)
                {
                    again |= source > index;
                }
            };
            mark(index);
            for entry in store.entries_of(node) {
                match &entry.slot.0 {
                    Value::Link(link) => mark(link.node.index),
                    _ => sources(&entry.slot, &mut |node| mark(node.index)),
                }
            }
            if let Body::Raw(raw) = &node.body {
                for (_, slot) in &raw.inputs {
                    sources(slot, &mut |node| mark(node.index));
                }
            }
        }
    }
    needed
}

/// Calls `found` with every node and branch that a value refers to.
pub(super) fn sources(slot: &Slot, found: &mut impl FnMut(NodeRef)) {
    match &slot.0 {
        Value::Link(link) => found(link.node),
        Value::Branch(branch) => found(*branch),
        Value::List(items) => items.iter().for_each(|item| sources(item, found)),
        _ => {}
    }
}

fn warning(store: &Store, node: &NodeRecord) -> Warning {
    let class = node.class().into_owned();
    if node.is_branch() {
        Warning::UnusedBranch { key: class, location: node.at }
    } else {
        Warning::Unused { node: store.ids.get(node.id).to_owned(), class, location: node.at }
    }
}
