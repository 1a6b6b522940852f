//! Divides the nodes among functions. The nodes of a subgraph are recognized by their ids, which begin with the id of
//! the subgraph (`12:5`), and can get a function of their own.

use std::collections::{BTreeSet, HashMap};

use crate::limits::MAX_SCOPE_DEPTH;
use crate::order;
use crate::prompt::Link;

/// A function of the imported source.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The id of the subgraph; empty for the workflow.
    pub(crate) id: String,
    pub(crate) parent: Option<usize>,
    /// The nodes and calls in the function, each after those that it needs.
    pub(crate) units: Vec<Unit>,
    /// The outputs of other functions that it uses.
    pub(crate) imports: Vec<Link>,
    /// The outputs of its nodes that other functions use.
    pub(crate) exports: Vec<Link>,
}

/// A node or a call in a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Unit {
    Node(usize),
    /// A call of another function.
    Scope(usize),
}

/// The functions of the imported source. The first one is the workflow itself.
#[derive(Debug)]
pub(crate) struct Scopes {
    pub(crate) all: Vec<Scope>,
    /// The function of each node.
    of: Vec<usize>,
}

impl Scopes {
    /// Creates the function of the workflow and, with `split`, one for each subgraph. `wanted` are the outputs that the
    /// workflow returns.
    pub(crate) fn new(ids: &[&str], needs: &[Vec<Link>], wanted: &[Link], split: bool) -> Self {
        let mut scopes = Self { all: vec![Scope::new(String::new(), None)], of: vec![0; ids.len()] };
        if split {
            let mut known = HashMap::new();
            for (at, id) in ids.iter().enumerate() {
                let scope = scopes.scope_of(id, &mut known);
                if let Some(of) = scopes.of.get_mut(at) {
                    *of = scope;
                }
            }
        }
        // A subgraph on a cycle of calls cannot be a single call: its nodes move to the caller.
        while let Err(scope) = scopes.arrange(needs) {
            scopes.dissolve(scope);
        }
        scopes.cross(needs, wanted);
        scopes
    }

    /// Returns the function for a node with this id, and creates it if it is new.
    fn scope_of(&mut self, id: &str, known: &mut HashMap<String, usize>) -> usize {
        let mut parent = 0;
        for (at, _) in id.match_indices(':').take(MAX_SCOPE_DEPTH) {
            let prefix = id.get(..at).unwrap_or_default();
            parent = match known.get(prefix) {
                Some(&scope) => scope,
                None => {
                    self.all.push(Scope::new(prefix.to_owned(), Some(parent)));
                    known.insert(prefix.to_owned(), self.all.len() - 1);
                    self.all.len() - 1
                }
            };
        }
        parent
    }

    /// Returns the functions from the outermost to the one that contains a node.
    fn path(&self, node: usize) -> Vec<usize> {
        let mut path = Vec::new();
        let mut next = self.of.get(node).copied();
        while let Some(scope) = next {
            path.push(scope);
            next = self.all.get(scope).and_then(|scope| scope.parent);
        }
        path.reverse();
        path
    }

    /// Returns the unit that contains a node in the function at this level of its path: the node itself, or a call.
    fn unit(path: &[usize], level: usize, node: usize) -> Unit {
        path.get(level + 1).map_or(Unit::Node(node), |&scope| Unit::Scope(scope))
    }

    /// Sorts the units of every function.
    ///
    /// # Errors
    ///
    /// Returns a function that cannot be called as a single unit, because the unit would be on a cycle.
    fn arrange(&mut self, needs: &[Vec<Link>]) -> Result<(), usize> {
        let paths: Vec<Vec<usize>> = (0..needs.len()).map(|node| self.path(node)).collect();
        let mut units: Vec<Vec<Unit>> = vec![Vec::new(); self.all.len()];
        let mut places: HashMap<(usize, Unit), usize> = HashMap::new();
        let mut edges: Vec<Vec<Vec<usize>>> = vec![Vec::new(); self.all.len()];
        for (node, path) in paths.iter().enumerate() {
            for (level, &scope) in path.iter().enumerate() {
                let unit = Self::unit(path, level, node);
                if let (Some(units), Some(edges)) = (units.get_mut(scope), edges.get_mut(scope)) {
                    places.entry((scope, unit)).or_insert_with(|| {
                        units.push(unit);
                        edges.push(Vec::new());
                        units.len() - 1
                    });
                }
            }
        }
        for (node, links) in needs.iter().enumerate() {
            let Some(path) = paths.get(node) else { continue };
            for link in links {
                let Some(other) = paths.get(link.node) else { continue };
                let level = path.iter().zip(other).take_while(|(a, b)| a == b).count().saturating_sub(1);
                let Some(&scope) = path.get(level) else { continue };
                let from = places.get(&(scope, Self::unit(other, level, link.node)));
                let to = places.get(&(scope, Self::unit(path, level, node)));
                if let (Some(&from), Some(&to)) = (from, to)
                    && from != to
                    && let Some(edges) = edges.get_mut(scope).and_then(|edges| edges.get_mut(to))
                    && !edges.contains(&from)
                {
                    edges.push(from);
                }
            }
        }
        for (scope, (units, edges)) in units.iter().zip(&edges).enumerate() {
            let unit = |&at: &usize| units.get(at).copied();
            match order::sorted(edges) {
                Ok(order) => {
                    if let Some(scope) = self.all.get_mut(scope) {
                        scope.units = order.iter().filter_map(unit).collect();
                    }
                }
                Err(cycle) => {
                    let inner = cycle.iter().filter_map(unit).find_map(|unit| match unit {
                        Unit::Scope(inner) => Some(inner),
                        Unit::Node(_) => None,
                    });
                    // A cycle always contains a call, since the importer has checked that the nodes have no cycle.
                    if let Some(inner) = inner {
                        return Err(inner);
                    }
                }
            }
        }
        Ok(())
    }

    /// Moves the content of a function to its caller.
    fn dissolve(&mut self, scope: usize) {
        let parent = self.all.get(scope).and_then(|scope| scope.parent).unwrap_or_default();
        for of in &mut self.of {
            if *of == scope {
                *of = parent;
            }
        }
        for other in &mut self.all {
            if other.parent == Some(scope) {
                other.parent = Some(parent);
            }
        }
    }

    /// Finds the outputs that each function takes from other functions and returns to them.
    fn cross(&mut self, needs: &[Vec<Link>], wanted: &[Link]) {
        let mut imports: Vec<BTreeSet<Link>> = vec![BTreeSet::new(); self.all.len()];
        let mut exports = imports.clone();
        let add = |sets: &mut Vec<BTreeSet<Link>>, scope: usize, link: Link| {
            if let Some(set) = sets.get_mut(scope) {
                set.insert(link);
            }
        };
        for (node, links) in needs.iter().enumerate() {
            let path = self.path(node);
            for link in links.iter().filter(|link| self.of(link.node) != self.of(node)) {
                let other = self.path(link.node);
                path.iter().filter(|scope| !other.contains(scope)).for_each(|&scope| add(&mut imports, scope, *link));
                other.iter().filter(|scope| !path.contains(scope)).for_each(|&scope| add(&mut exports, scope, *link));
            }
        }
        for link in wanted {
            self.path(link.node).iter().skip(1).for_each(|&scope| add(&mut exports, scope, *link));
        }
        for ((scope, imports), exports) in self.all.iter_mut().zip(imports).zip(exports) {
            scope.imports = imports.into_iter().collect();
            scope.exports = exports.into_iter().collect();
        }
    }

    /// Returns the unit that contains a node in a function, if the node is within the function.
    pub(crate) fn unit_in(&self, scope: usize, node: usize) -> Option<Unit> {
        if self.of.get(node) == Some(&scope) {
            return Some(Unit::Node(node));
        }
        let path = self.path(node);
        let level = path.iter().position(|&known| known == scope)?;
        Some(Self::unit(&path, level, node))
    }

    /// Returns whether a node is in a function, or in one that it calls.
    pub(crate) fn is_within(&self, node: usize, scope: usize) -> bool {
        self.of.get(node) == Some(&scope) || self.path(node).contains(&scope)
    }

    /// Returns the function that contains a node.
    pub(crate) fn of(&self, node: usize) -> usize {
        self.of.get(node).copied().unwrap_or_default()
    }
}

impl Scope {
    fn new(id: String, parent: Option<usize>) -> Self {
        Self { id, parent, units: Vec::new(), imports: Vec::new(), exports: Vec::new() }
    }
}
