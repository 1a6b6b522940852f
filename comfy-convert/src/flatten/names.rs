//! Pairs of `GetNode` and `SetNode`, which share a name instead of a link.

use std::collections::HashMap;

use comfy_schema::Text;

use crate::load::{Loaded, NodeKind};

/// The `SetNode`s by graph and name.
#[derive(Debug, Default)]
pub(crate) struct Setters(HashMap<(usize, Text), usize>);

impl Setters {
    pub(super) fn find(loaded: &Loaded<'_>) -> Self {
        let mut setters = HashMap::new();
        for (graph, of) in loaded.graphs.iter().enumerate() {
            for (at, node) in of.nodes.iter().enumerate() {
                if let NodeKind::Named { name, sets: true } = &node.kind {
                    setters.entry((graph, name.clone())).or_insert(at);
                }
            }
        }
        Self(setters)
    }

    /// Returns the `SetNode` of this name in a graph.
    pub(super) fn get(&self, graph: usize, name: &Text) -> Option<usize> {
        self.0.get(&(graph, name.clone())).copied()
    }
}
