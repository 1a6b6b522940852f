//! Turning a graph into a workflow.

use super::check::Checker;
use super::error::{GraphError, Problem, ProblemKind};
use super::ids;
use super::store::{Body, NodeRecord, Store};
use crate::desc::lookup;
use crate::workflow::Workflow;

/// Checks the nodes in `store`, gives them ids, and returns the workflow.
pub(super) fn finish<T>(graph: u32, mut store: Store, outputs: T) -> Result<Workflow<T>, GraphError> {
    store.index();
    unpack(&mut store);
    let mut problems = Vec::new();
    ids::assign(&mut store, &mut problems);
    Checker::new(graph, &store, &mut problems).check();
    if !store.nodes.iter().any(NodeRecord::is_output) {
        problems.push(Problem::of_graph(
            ProblemKind::NoOutputNode,
            "no node saves or shows anything, so the server would refuse the workflow; add an output node such as \
             SaveImage or PreviewImage"
                .to_owned(),
        ));
    }
    if !problems.is_empty() {
        return Err(GraphError::new(problems));
    }
    Ok(Workflow::built(graph, store, outputs))
}

/// Looks up the table of each node literal.
fn unpack(store: &mut Store) {
    lookup(|table| {
        for node in &mut store.nodes {
            if let Body::Placed(desc) = node.body {
                node.body = Body::Typed(table(*desc, node.literal));
            }
        }
    });
}
