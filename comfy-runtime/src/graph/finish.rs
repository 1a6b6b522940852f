//! From a graph to a workflow.

use super::check::Checker;
use super::error::{GraphError, Problem, ProblemKind, Warning};
use super::ids;
use super::store::{Body, NodeRecord, Store};
use crate::out::NodeRef;
use crate::slot::{Slot, Value};
use crate::workflow::Workflow;

pub(super) fn finish<T>(graph: u32, mut store: Store, outputs: T) -> Result<Workflow<T>, GraphError> {
    store.sort_entries();
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
    let warnings = unused(&store);
    Ok(Workflow::built(graph, store, warnings, outputs))
}

/// A warning for each node and branch that no output node needs.
fn unused(store: &Store) -> Vec<Warning> {
    let mut needed = vec![false; store.nodes.len()];
    let mut open: Vec<u32> = Vec::with_capacity(8);
    for (index, node) in (0..).zip(&store.nodes) {
        if node.is_output() {
            open.push(index);
        }
    }
    while let Some(index) = open.pop() {
        let Some(seen) = needed.get_mut(index as usize) else { continue };
        if std::mem::replace(seen, true) {
            continue;
        }
        for entry in store.entries_of(index) {
            sources(&entry.slot, &mut |node| open.push(node.index));
        }
        if let Some(Body::Raw(raw)) = store.node(index).map(|node| &node.body) {
            for (_, slot) in &raw.inputs {
                sources(slot, &mut |node| open.push(node.index));
            }
        }
    }
    let unneeded = store.nodes.iter().zip(&needed).filter(|(_, needed)| !**needed);
    unneeded.map(|(node, _)| warning(node)).collect()
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

fn warning(node: &NodeRecord) -> Warning {
    let class = node.class().into_owned();
    if node.is_branch() {
        Warning::UnusedBranch { key: class, at: node.at }
    } else {
        Warning::Unused { node: node.id.as_deref().unwrap_or_default().to_owned(), class, at: node.at }
    }
}
