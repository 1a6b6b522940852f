//! Renumbering of ids that occur in two graphs, as the front end does when it loads a file.

use std::collections::{HashMap, HashSet};

use comfy_schema::Text;

use crate::ui::UiWorkflow;

/// The new ids of the nodes of one graph.
#[derive(Debug, Default)]
pub(super) struct Renumbered {
    /// The new ids by the position of the node.
    pub(super) nodes: HashMap<usize, Text>,
    /// The new ids by the old ones, to which the links refer.
    pub(super) links: HashMap<Text, Text>,
}

/// Returns the new ids by graph (a definition's position + 1). The nodes of nested definitions keep their ids.
pub(super) fn renumber(workflow: &UiWorkflow) -> HashMap<usize, Renumbered> {
    let mut counter = workflow.last_node_id;
    let mut used: HashSet<i128> = workflow.root.nodes.iter().filter_map(|node| node.number).collect();
    let mut all = HashMap::new();
    for (at, subgraph) in workflow.subgraphs.iter().enumerate().filter(|(_, subgraph)| !subgraph.nested) {
        let mut renumbered = Renumbered::default();
        for (place, node) in subgraph.graph.nodes.iter().enumerate() {
            let Some(id) = node.number else {
                continue;
            };
            if used.insert(id) {
                counter = counter.max(id);
                continue;
            }
            // This loop ends because there are finitely many used ids.
            counter = counter.wrapping_add(1);
            while !used.insert(counter) {
                counter = counter.wrapping_add(1);
            }
            let new = Text::new(counter.to_string());
            renumbered.links.insert(node.id.clone(), new.clone());
            renumbered.nodes.insert(place, new);
        }
        if !renumbered.nodes.is_empty() {
            all.insert(at + 1, renumbered);
        }
    }
    all
}
