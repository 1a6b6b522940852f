//! The link table of a graph.

use std::collections::{HashMap, HashSet};

use comfy_schema::Text;

use crate::ui::{LinkId, UiGraph};

/// The node id that stands for a definition's inputs.
pub(crate) const ORIGIN: &str = "-10";
/// The node id that stands for a definition's outputs.
pub(crate) const TARGET: &str = "-20";

/// A link between two slots.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) origin: Text,
    pub(crate) origin_slot: usize,
    pub(crate) target: Text,
    pub(crate) target_slot: usize,
}

/// The links of a graph, in the file's order.
#[derive(Debug, Default)]
pub(crate) struct Links {
    list: Vec<(LinkId, Link)>,
    by_id: HashMap<LinkId, usize>,
    /// The first link from each input of the definition, by slot.
    first_from_input: HashMap<usize, LinkId>,
    /// The first link to each output of the definition, by slot.
    first_to_output: HashMap<usize, LinkId>,
}

impl Links {
    /// Creates the link table of a graph. If links have the same id, the last one counts. If links have the same ends,
    /// only those that an input refers to are kept, or the first one if no input refers to any of them.
    pub(super) fn new(graph: &UiGraph, renumbered: &HashMap<Text, Text>) -> Self {
        let named: HashSet<&LinkId> =
            graph.nodes.iter().flat_map(|node| &node.inputs).filter_map(|input| input.link.as_ref()).collect();
        let id = |id: &Text| renumbered.get(id).unwrap_or(id).clone();
        let mut list: Vec<(LinkId, Link)> = Vec::new();
        let mut by_id: HashMap<LinkId, usize> = HashMap::new();
        for link in &graph.links {
            let (origin, target) = (id(&link.origin), id(&link.target));
            let entry = Link { origin, origin_slot: link.origin_slot, target, target_slot: link.target_slot };
            match by_id.get(&link.id) {
                Some(&at) => list[at].1 = entry,
                None => {
                    by_id.insert(link.id.clone(), list.len());
                    list.push((link.id.clone(), entry));
                }
            }
        }
        let ends = |link: &Link| (link.origin.clone(), link.origin_slot, link.target.clone(), link.target_slot);
        let mut has_named = HashSet::new();
        for (id, link) in &list {
            if named.contains(id) && link.target != TARGET {
                has_named.insert(ends(link));
            }
        }
        let mut first_of = HashSet::new();
        list.retain(|(id, link)| {
            let ends = ends(link);
            if has_named.contains(&ends) { named.contains(id) } else { first_of.insert(ends) }
        });
        let mut links = Self { list, ..Self::default() };
        for (at, (id, link)) in links.list.iter().enumerate() {
            links.by_id.insert(id.clone(), at);
            if link.origin == ORIGIN {
                links.first_from_input.entry(link.origin_slot).or_insert_with(|| id.clone());
            }
            if link.target == TARGET {
                links.first_to_output.entry(link.target_slot).or_insert_with(|| id.clone());
            }
        }
        links
    }

    pub(crate) fn get(&self, id: &LinkId) -> Option<&Link> {
        self.by_id.get(id).and_then(|&at| self.list.get(at)).map(|(_, link)| link)
    }

    /// Returns the links of a definition's input: those that it lists. A listed link that the table lacks, because it
    /// was merged with another, is replaced by the first link from that input.
    pub(crate) fn of_input<'l>(&'l self, slot: usize, listed: &'l [LinkId]) -> impl Iterator<Item = &'l LinkId> {
        let first = self.first_from_input.get(&slot);
        listed.iter().filter_map(move |id| if self.by_id.contains_key(id) { Some(id) } else { first })
    }

    /// Returns the link that feeds a definition's output.
    pub(crate) fn of_output(&self, slot: usize, listed: &[LinkId]) -> Option<&Link> {
        let first = self.first_to_output.get(&slot);
        listed.iter().find_map(|id| self.get(id).or_else(|| first.and_then(|id| self.get(id))))
    }
}
