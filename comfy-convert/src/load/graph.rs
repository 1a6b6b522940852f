//! Loading of one graph of the file.

use super::ids::Renumbered;
use super::links::Links;
use super::model::Graph;
use super::nesting;
use super::node::Loader;

/// Loads the graph at a position, where 0 is the root. If two nodes have the same id, the later one counts.
pub(super) fn load<'s>(loader: &Loader<'_, 's>, at: usize, renumbered: Option<&Renumbered>) -> Graph<'s> {
    let none = Renumbered::default();
    let renumbered = renumbered.unwrap_or(&none);
    let Some(saved) = nesting::graph_at(loader.workflow, at) else {
        return Graph::default();
    };
    let definition = at.checked_sub(1).and_then(|at| loader.workflow.subgraphs.get(at));
    let mut graph = Graph {
        name: definition.map(|definition| definition.name.clone()).unwrap_or_default(),
        links: Links::new(saved, &renumbered.links),
        inputs: definition.map(|definition| definition.inputs.clone()).unwrap_or_default(),
        outputs: definition.map(|definition| definition.outputs.clone()).unwrap_or_default(),
        ..Graph::default()
    };
    let id_of = |place: usize| renumbered.nodes.get(&place).unwrap_or(&saved.nodes[place].id);
    // The position of the last node of each id in the file, which is its position in the graph if all ids differ.
    graph.by_id = (0..saved.nodes.len()).map(|place| (id_of(place).clone(), place)).collect();
    let all_differ = graph.by_id.len() == saved.nodes.len();
    graph.nodes.reserve_exact(graph.by_id.len());
    graph.slots.reserve(saved.links.len());
    for (place, node) in saved.nodes.iter().enumerate() {
        let id = id_of(place);
        if !all_differ {
            match graph.by_id.get_mut(id) {
                Some(at) if *at == place => *at = graph.nodes.len(),
                _ => continue,
            }
        }
        let filled = loader.node(node, id);
        for (slot, input) in filled.inputs.iter().enumerate() {
            if let Some(link) = &input.link {
                graph.slots.entry((graph.nodes.len(), link.clone())).or_insert(slot);
            }
        }
        graph.nodes.push(filled);
    }
    graph
}
