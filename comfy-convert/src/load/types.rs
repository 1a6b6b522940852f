//! The types of slots after loading, and the links that loading cuts because of them.

use std::collections::{HashMap, HashSet};

use comfy_schema::Text;

use super::links::ORIGIN;
use super::model::{Graph, Node, NodeKind};
use crate::limits::MAX_TYPE_ROUNDS;

/// Returns whether a link between these types is allowed: one is any type, they are equal ignoring case, or they are
/// lists that overlap.
pub(crate) fn compatible(a: &str, b: &str) -> bool {
    if is_any(a) || is_any(b) || a.eq_ignore_ascii_case(b) {
        return true;
    }
    if !a.contains(',') && !b.contains(',') {
        return false;
    }
    a.split(',').any(|a| b.split(',').any(|b| a == "*" || b == "*" || a.eq_ignore_ascii_case(b)))
}

/// Returns whether a type accepts any other: `*`, `0` or the empty text.
pub(crate) fn is_any(kind: &str) -> bool {
    matches!(kind, "*" | "" | "0")
}

/// Sets the types of Reroutes and matched slots to those that their links carry, and cuts the links that do not fit.
pub(super) fn settle(graph: &mut Graph<'_>) {
    let depends = |node: &Node<'_>| {
        matches!(node.kind, NodeKind::Reroute)
            || node.outputs.iter().any(|output| output.template.is_some())
            || node.inputs.iter().any(|input| input.template.is_some())
    };
    let movable: Vec<usize> = (0..graph.nodes.len()).filter(|&at| depends(&graph.nodes[at])).collect();
    if movable.is_empty() {
        return;
    }
    cut_cycles(graph, &movable);
    let order = sources_first(graph, &movable);
    for _ in 0..MAX_TYPE_ROUNDS {
        for &at in &order {
            pass_on(graph, at);
        }
        if !disconnect(graph, &order) {
            return;
        }
    }
}

/// Returns the type that the link of this input carries, or `None` if it is not linked.
fn carried(graph: &Graph<'_>, node: usize, slot: usize) -> Option<Text> {
    let link = graph.links.get(graph.nodes.get(node)?.inputs.get(slot)?.link.as_ref()?)?;
    if link.origin == ORIGIN && !graph.inputs.is_empty() {
        return graph.inputs.get(link.origin_slot).map(|port| port.kind.clone());
    }
    let origin = graph.nodes.get(*graph.by_id.get(&link.origin)?)?;
    origin.outputs.get(link.origin_slot).map(|output| output.kind.clone())
}

/// Returns the node that feeds an input.
fn feeder(graph: &Graph<'_>, node: usize, slot: usize) -> Option<usize> {
    let link = graph.links.get(graph.nodes.get(node)?.inputs.get(slot)?.link.as_ref()?)?;
    graph.by_id.get(&link.origin).copied()
}

/// Cuts each cycle of Reroutes at the link over which a walk towards the sources returns to a Reroute that it has
/// visited.
fn cut_cycles(graph: &mut Graph<'_>, movable: &[usize]) {
    let mut safe: HashSet<usize> = HashSet::new();
    for &start in movable {
        let (mut at, mut seen, mut path) = (start, HashSet::new(), Vec::new());
        while matches!(graph.nodes[at].kind, NodeKind::Reroute) && !safe.contains(&at) {
            if !seen.insert(at) {
                // The last node of the path is fed by `at`; that link is cut.
                if let Some(slot) = path.last().and_then(|&last: &usize| graph.nodes[last].inputs.first_mut()) {
                    slot.link = None;
                }
                break;
            }
            path.push(at);
            let Some(next) = feeder(graph, at, 0) else {
                break;
            };
            at = next;
        }
        safe.extend(path);
    }
}

/// Returns the given nodes with sources before targets. Nodes in cycles come last.
fn sources_first(graph: &Graph<'_>, movable: &[usize]) -> Vec<usize> {
    let mut waits: HashMap<usize, usize> = movable.iter().map(|&at| (at, 0)).collect();
    let mut feeds: HashMap<usize, Vec<usize>> = HashMap::new();
    for &at in movable {
        for slot in 0..graph.nodes[at].inputs.len() {
            if let Some(from) = feeder(graph, at, slot)
                && waits.contains_key(&from)
            {
                feeds.entry(from).or_default().push(at);
                *waits.entry(at).or_default() += 1;
            }
        }
    }
    let mut order: Vec<usize> = movable.iter().copied().filter(|at| waits.get(at) == Some(&0)).collect();
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        for fed in feeds.remove(&at).unwrap_or_default() {
            let left = waits.entry(fed).or_default();
            *left = left.saturating_sub(1);
            if *left == 0 {
                order.push(fed);
            }
        }
    }
    let placed: HashSet<usize> = order.iter().copied().collect();
    order.extend(movable.iter().copied().filter(|at| !placed.contains(at)));
    order
}

/// Recomputes the types of one node from the types that its inputs carry.
fn pass_on(graph: &mut Graph<'_>, at: usize) {
    if matches!(graph.nodes[at].kind, NodeKind::Reroute) {
        let kind = carried(graph, at, 0).unwrap_or_else(|| "*".into());
        if let Some(output) = graph.nodes[at].outputs.first_mut() {
            output.kind = kind;
        }
        return;
    }
    let node = &graph.nodes[at];
    let carried: Vec<Option<Text>> = (0..node.inputs.len())
        .map(|slot| node.inputs[slot].template.as_ref().and_then(|_| carried(graph, at, slot)))
        .collect();
    let of = |id: &Text, but: Option<usize>| -> Vec<Text> {
        let slots = node.inputs.iter().enumerate().filter(|(slot, input)| {
            Some(*slot) != but && input.template.as_ref().is_some_and(|template| template.id == *id)
        });
        slots.filter_map(|(slot, _)| carried[slot].clone()).collect()
    };
    let inputs: Vec<Option<Text>> = node
        .inputs
        .iter()
        .enumerate()
        .map(|(slot, input)| {
            let template = input.template.as_ref()?;
            let mut kinds = vec![template.allowed.clone()];
            kinds.extend(of(&template.id, Some(slot)));
            Some(common(&kinds))
        })
        .collect();
    let outputs: Vec<Option<Text>> =
        node.outputs.iter().map(|output| output.template.as_ref().map(|id| common(&of(id, None)))).collect();
    let node = &mut graph.nodes[at];
    for (slot, kind) in node.inputs.iter_mut().zip(inputs) {
        slot.kind = kind.unwrap_or_else(|| slot.kind.clone());
    }
    for (slot, kind) in node.outputs.iter_mut().zip(outputs) {
        slot.kind = kind.unwrap_or_else(|| slot.kind.clone());
    }
}

/// Returns the type that several types have in common: `*` is ignored, and lists are intersected. A type that would
/// make the intersection empty is skipped.
fn common(kinds: &[Text]) -> Text {
    let mut kinds = kinds.iter().filter(|kind| !is_any(kind));
    let Some(first) = kinds.next() else {
        return "*".into();
    };
    let mut words: Vec<&str> = first.split(',').collect();
    for kind in kinds {
        let both: Vec<&str> =
            words.iter().copied().filter(|word| kind.split(',').any(|other| other == *word)).collect();
        if both.is_empty() {
            continue;
        }
        words = both;
    }
    words.join(",").into()
}

/// Cuts the links from Reroutes and matched outputs to inputs of an incompatible type. Returns whether there were any.
fn disconnect(graph: &mut Graph<'_>, movable: &[usize]) -> bool {
    let mut cut = Vec::new();
    for &at in movable {
        let node = &graph.nodes[at];
        let reroute = matches!(node.kind, NodeKind::Reroute);
        for output in node.outputs.iter().filter(|output| reroute || output.template.is_some()) {
            for id in &output.links {
                let Some((target, slot)) = graph.target_of(id) else {
                    continue;
                };
                let input = &graph.nodes[target].inputs[slot];
                let is_reroute = matches!(graph.nodes[target].kind, NodeKind::Reroute);
                if input.link.as_ref() == Some(id) && !is_reroute && !compatible(&output.kind, &input.kind) {
                    cut.push((target, slot));
                }
            }
        }
    }
    for &(target, slot) in &cut {
        graph.nodes[target].inputs[slot].link = None;
    }
    !cut.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_types() {
        assert!(compatible("IMAGE", "image") && compatible("*", "X") && compatible("", "X"));
        assert!(compatible("A,B", "b,C") && compatible("A,*", "C"));
        assert!(!compatible("A", "B") && !compatible("A,B", "C,D"));
    }

    #[test]
    fn common_types() {
        let of = |kinds: &[&str]| common(&kinds.iter().map(Text::new).collect::<Vec<_>>());
        assert_eq!(of(&[]), "*");
        assert_eq!(of(&["*", "*"]), "*");
        assert_eq!(of(&["*", "IMAGE,MASK", "MASK"]), "MASK");
        assert_eq!(of(&["IMAGE", "MASK"]), "IMAGE");
    }
}
