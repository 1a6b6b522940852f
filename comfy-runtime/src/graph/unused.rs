//! Nodes and branches that no output node needs.

use super::error::GraphWarning;
use super::store::{Body, NodeRecord, Store};
use crate::slot::{Value, sources};

/// Returns a warning for each node and branch that no output node needs.
pub(crate) fn unused(store: &Store) -> Vec<GraphWarning> {
    let needed = needed(store);
    // A branch given to an unused node is not reported: the warning about the node covers it.
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

/// Returns for each node whether it is an output node or an output node needs it.
fn needed(store: &Store) -> Vec<bool> {
    let mut needed = vec![false; store.nodes.len()];
    // Nodes usually come after their sources, so one pass backwards visits everything. A link to a later node needs
    // another pass.
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

fn warning(store: &Store, node: &NodeRecord) -> GraphWarning {
    let class = node.class().into_owned();
    if node.is_branch() {
        GraphWarning::UnusedBranch { key: class, location: node.at }
    } else {
        GraphWarning::Unused { node: store.ids.get(node.id).to_owned(), class, location: node.at }
    }
}
