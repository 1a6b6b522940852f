//! The link table of a graph.

use std::collections::hash_map::Entry;
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

/// Returns the links of which no other has the same ends, the links in `named`, and the first of links with the same ends
/// of which none is in `named`.
fn without_doubles(list: Vec<(LinkId, Link)>, named: &HashSet<&LinkId>) -> Vec<(LinkId, Link)> {
    fn ends(link: &Link) -> (&str, usize, &str, usize) {
        (&link.origin, link.origin_slot, &link.target, link.target_slot)
    }
    let is_named: Vec<bool> = list.iter().map(|(id, link)| link.target != TARGET && named.contains(id)).collect();
    let named_ends: HashSet<_> =
        list.iter().zip(&is_named).filter(|(_, is_named)| **is_named).map(|((_, link), _)| ends(link)).collect();
    let mut first_of = HashSet::new();
    let kept: Vec<bool> = list
        .iter()
        .zip(is_named)
        .map(|((_, link), is_named)| is_named || !named_ends.contains(&ends(link)) && first_of.insert(ends(link)))
        .collect();
    list.into_iter().zip(kept).filter_map(|(link, kept)| kept.then_some(link)).collect()
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
        let mut list: Vec<(LinkId, Link)> = Vec::with_capacity(graph.links.len());
        let mut by_id: HashMap<&LinkId, usize> = HashMap::with_capacity(graph.links.len());
        for link in &graph.links {
            let (origin, target) = (id(&link.origin), id(&link.target));
            let entry = Link { origin, origin_slot: link.origin_slot, target, target_slot: link.target_slot };
            match by_id.entry(&link.id) {
                Entry::Occupied(at) => list[*at.get()].1 = entry,
                Entry::Vacant(place) => {
                    place.insert(list.len());
                    list.push((link.id.clone(), entry));
                }
            }
        }
        drop(by_id);
        let list = without_doubles(list, &named);
        let by_id = HashMap::with_capacity(list.len());
        let mut links = Self { list, by_id, ..Self::default() };
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
