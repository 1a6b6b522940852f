//! Distribution of the nodes over the graphs of the file: the id `12:5` belongs to node 5 of a subgraph whose instance
//! is node 12.
//!
//! This way the editor shows inner nodes inside their instance, and literals on sockets can be saved (see `literals`).
//! If a subgraph cannot be created, its nodes stay in the root under their full ids, which converts to the same prompt.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Text, Value};

use super::node::id_value;
use crate::limits::{MAX_EXPORTED_DEPTH, MAX_EXPORTED_SUBGRAPHS};

/// All graphs of the file: the root, which is the first, and the definitions of subgraphs with one instance each, outer
/// ones first.
#[derive(Debug)]
pub(super) struct Levels {
    pub(super) list: Vec<Level>,
    /// The level of each node.
    pub(super) of_node: Vec<usize>,
    /// The position of each node among the items of its level.
    pub(super) place_of_node: Vec<usize>,
}

/// A graph of the file.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// The full id of the instance; empty for the root.
    pub(super) id: Text,
    /// The level of the instance; the root is its own parent.
    pub(super) parent: usize,
    /// The position of the instance among the items of its parent.
    pub(super) place: usize,
    pub(super) items: Vec<Item>,
    pub(super) helpers: Vec<Helper>,
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    pub(super) links: Vec<Link>,
}

/// An item in a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// A node, by its position in the prompt.
    Node(usize),
    /// The instance of a level.
    Instance(usize),
    /// A helper of this level.
    Helper(usize),
}

/// An input or output of a definition and of its instance.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) name: Text,
    pub(super) kind: Text,
    /// Whether the input feeds a widget, which the instance then shows too.
    pub(super) widget: bool,
    /// The ids of the links at the instance; an input has at most one.
    pub(super) outside: Vec<usize>,
    /// The ids of the links inside the definition; an output has one.
    pub(super) inside: Vec<usize>,
}

/// A link in one graph of the file.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) id: usize,
    pub(super) from: Origin,
    pub(super) to: Target,
    pub(super) kind: Text,
}

/// The beginning of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// An output of a node.
    Node(usize, usize),
    /// An output of a level's instance.
    Instance(usize, usize),
    /// An input of the subgraph definition that contains the link.
    Border(usize),
}

/// The end of a link.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// A slot of a node.
    Node(usize, usize),
    /// An input of a level's instance.
    Instance(usize, usize),
    /// An output of the subgraph definition that contains the link.
    Border(usize),
    /// The widget of a helper.
    Helper(usize),
}

/// A muted node that holds a value in the widget of its first input.
#[derive(Debug)]
pub(super) struct Helper {
    pub(super) id: u32,
    pub(super) class: &'static str,
    pub(super) kind: Text,
    pub(super) value: Value,
    pub(super) link: usize,
}

impl Levels {
    /// Sorts nodes into graphs by their ids.
    pub(super) fn new(ids: &[&str]) -> Self {
        let (of_node, place_of_node) = (Vec::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
        let mut levels = Self { list: vec![Level::default()], of_node, place_of_node };
        let made = levels.make(ids);
        for (node, id) in ids.iter().enumerate() {
            let level = id.rsplit_once(':').and_then(|(group, _)| made.get(group)).copied().unwrap_or(0);
            levels.enter(level);
            levels.place_of_node.push(levels.list[level].items.len());
            levels.list[level].items.push(Item::Node(node));
            levels.of_node.push(level);
        }
        levels
    }

    /// Creates a level for every instance that can be one, and returns the levels by the ids of their instances.
    fn make<'i>(&mut self, ids: &[&'i str]) -> HashMap<&'i str, usize> {
        let groups = groups(ids);
        if groups.is_empty() {
            return HashMap::new();
        }
        let nodes: HashSet<&str> = ids.iter().copied().collect();
        // The editor renumbers a node whose number occurs twice in the file, even if it is in another graph.
        let roots = |id: &&'i str| !id.contains(':');
        let mut used: HashSet<&str> =
            ids.iter().copied().chain(groups.iter().map(|group| group.0)).filter(roots).collect();
        let mut made = HashMap::new();
        for (group, parts) in &groups {
            let parent = group.rsplit_once(':').map_or(Some(0), |(outer, _)| made.get(outer).copied());
            let Some(parent) = parent.filter(|_| self.list.len() <= MAX_EXPORTED_SUBGRAPHS) else { continue };
            if nodes.contains(group) || parts.iter().any(|part| used.contains(part)) {
                continue;
            }
            used.extend(parts);
            made.insert(*group, self.list.len());
            self.list.push(Level { id: Text::new(group), parent, ..Level::default() });
        }
        made
    }

    /// Puts the instance of a level into its parent when the level gets its first item.
    fn enter(&mut self, level: usize) {
        let Level { parent, items, .. } = &self.list[level];
        let parent = *parent;
        if level != 0 && items.is_empty() {
            self.enter(parent);
            self.list[level].place = self.list[parent].items.len();
            self.list[parent].items.push(Item::Instance(level));
        }
    }

    /// Returns a node's id in its graph.
    pub(super) fn id_of_node(&self, node: usize, id: &str) -> Value {
        match self.of_node.get(node) {
            Some(0) | None => id_value(id),
            Some(_) => id_value(last(id)),
        }
    }

    /// Returns an instance's id in its graph.
    pub(super) fn id_of_instance(&self, level: usize) -> Value {
        let Level { id, parent, .. } = &self.list[level];
        if *parent == 0 { id_value(id) } else { id_value(last(id)) }
    }

    /// Returns, for each level, the least value among its nodes and those of the levels inside it. `of_nodes` holds the
    /// value of each node.
    pub(super) fn first(&self, of_nodes: &[usize]) -> Vec<usize> {
        let mut first = vec![usize::MAX; self.list.len()];
        for (&level, &place) in self.of_node.iter().zip(of_nodes) {
            first[level] = first[level].min(place);
        }
        // Outer levels come before inner ones.
        for level in (1..self.list.len()).rev() {
            let parent = self.list[level].parent;
            first[parent] = first[parent].min(first[level]);
        }
        first
    }

    /// Returns the levels from the root to this one.
    pub(super) fn path(&self, mut level: usize) -> Vec<usize> {
        let mut path = vec![level];
        while level != 0 {
            level = self.list[level].parent;
            path.push(level);
        }
        path.reverse();
        path
    }
}

fn last(id: &str) -> &str {
    id.rsplit_once(':').map_or(id, |(_, last)| last)
}

/// Returns every group, which is the part of an id before a colon (`12` and `12:7` in `12:7:3`), with the last parts of
/// the ids of its items. Outer groups come first.
fn groups<'i>(ids: &[&'i str]) -> Vec<(&'i str, Vec<&'i str>)> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut seen = HashSet::new();
    for id in ids {
        let parts = id.split(':');
        if parts.clone().any(str::is_empty) || parts.count() > MAX_EXPORTED_DEPTH {
            continue;
        }
        for (at, _) in id.match_indices(':') {
            let (group, rest) = (&id[..at], &id[at + 1..]);
            let part = rest.split(':').next().unwrap_or(rest);
            let place = *places.entry(group).or_insert_with(|| {
                groups.push((group, Vec::new()));
                groups.len() - 1
            });
            if seen.insert((group, part)) {
                groups[place].1.push(part);
            }
        }
    }
    groups.sort_by_key(|(group, _)| group.matches(':').count());
    groups
}

#[cfg(test)]
mod tests {
    use super::{Item, Levels};

    fn levels(ids: &[&str]) -> (Vec<String>, Vec<usize>) {
        let levels = Levels::new(ids);
        (levels.list.iter().map(|level| level.id.to_string()).collect(), levels.of_node)
    }

    #[test]
    fn ids_determine_the_graph() {
        let (ids, of_node) = levels(&["1", "12:5", "12:7:3", "12:6"]);
        assert_eq!(ids, ["", "12", "12:7"]);
        assert_eq!(of_node, [0, 1, 2, 1]);
        let levels = Levels::new(&["1", "12:7:3"]);
        assert_eq!(levels.list[0].items, [Item::Node(0), Item::Instance(1)]);
        assert_eq!(levels.list[1].items, [Item::Instance(2)]);
        assert_eq!(levels.path(2), [0, 1, 2]);
    }

    #[test]
    fn nodes_whose_ids_would_be_renumbered_stay_in_the_root() {
        // 5 occurs twice, and 12 is a node.
        assert_eq!(levels(&["5", "12:5"]), (vec![String::new()], vec![0, 0]));
        assert_eq!(levels(&["12", "12:5"]), (vec![String::new()], vec![0, 0]));
        assert_eq!(levels(&["1:5", "2:5"]).1, [1, 0]);
        assert_eq!(levels(&[":5", "1:", "1::2"]).1, [0, 0, 0]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = vec!["1"; 50].join(":");
        assert_eq!(levels(&[&deep]).0.len(), 1);
        let many: Vec<String> = (0..1_000).map(|at| format!("g{at}:n{at}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(levels(&many).0.len(), 201);
    }
}
