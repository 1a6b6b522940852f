//! Order of the graphs that a workflow uses, and the check that no definition contains itself.

use std::collections::HashMap;

use comfy_schema::Text;
use comfy_schema::prompt::NodeLabel;

use crate::error::ConvertError;
use crate::ui::{UiGraph, UiWorkflow};

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    Done,
}

/// Returns the positions of the used graphs, each before those that it contains, so that the root (0) is first. There
/// is no recursion, because subgraphs may be nested deeply.
///
/// # Errors
///
/// Returns [`ConvertError::Recursive`] if a definition contains itself.
pub(super) fn order(workflow: &UiWorkflow, definitions: &HashMap<&Text, usize>) -> Result<Vec<usize>, ConvertError> {
    let mut states = vec![State::New; workflow.subgraphs.len() + 1];
    let mut done = Vec::new();
    // The graphs being visited, each with the position of its next node.
    let mut open = vec![(0, 0)];
    states[0] = State::Open;
    while let Some((graph, next)) = open.last_mut() {
        let graph = *graph;
        let Some(node) = graph_at(workflow, graph).and_then(|graph| graph.nodes.get(*next)) else {
            states[graph] = State::Done;
            done.push(graph);
            open.pop();
            continue;
        };
        *next += 1;
        let Some(&inner) = definitions.get(&node.class) else {
            continue;
        };
        match states[inner] {
            State::New => {
                states[inner] = State::Open;
                open.push((inner, 0));
            }
            State::Open => {
                let name =
                    |at: usize| at.checked_sub(1).and_then(|at| workflow.subgraphs.get(at)).map(|of| of.name.clone());
                let mut label = NodeLabel::new(node.id.clone(), Some(node.class.clone()), node.title.clone());
                label.subgraph = name(graph);
                return Err(ConvertError::Recursive { node: label.into(), subgraph: name(inner).unwrap_or_default() });
            }
            State::Done => {}
        }
    }
    done.reverse();
    Ok(done)
}

/// Returns the graph at a position, where 0 is the root.
pub(super) fn graph_at(workflow: &UiWorkflow, at: usize) -> Option<&UiGraph> {
    match at.checked_sub(1) {
        None => Some(&workflow.root),
        Some(at) => workflow.subgraphs.get(at).map(|subgraph| &subgraph.graph),
    }
}
