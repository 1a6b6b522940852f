//! The graph of files and its cycles.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// The files of a crate, and the names that each imports from the others.
#[derive(Debug, Default)]
pub struct Files {
    imports: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    parents: BTreeMap<String, String>,
}

/// A set of files that import each other, directly or through other files of the set.
#[derive(Debug)]
pub struct Cycle {
    /// The files, in alphabetical order.
    pub files: BTreeSet<String>,
    /// The shortest way from a file back to itself.
    shortest: Vec<String>,
    imports: Vec<(String, String, BTreeSet<String>)>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} files import each other; the shortest cycle is {}",
            self.files.len(),
            self.shortest.join(" → ")
        )?;
        for (from, to, names) in &self.imports {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            writeln!(f, "  {from} → {to}: {}", names.join(", "))?;
        }
        Ok(())
    }
}

impl Files {
    /// Records that the module of one file declares the module of another.
    pub fn add_child(&mut self, parent: &str, child: &str) {
        if parent != child {
            self.parents.insert(child.to_owned(), parent.to_owned());
        }
    }

    /// Records that one file imports a name that another defines.
    pub fn add_import(&mut self, from: &str, to: &str, name: &str) {
        if from != to {
            let names = self.imports.entry(from.to_owned()).or_default().entry(to.to_owned()).or_default();
            names.insert(name.to_owned());
        }
    }

    /// Returns the cycles, except those between a `mod.rs` (or another parent module) and only its own children.
    ///
    /// Such a cycle stays within one family, which is a parent and its direct children, and passes through the parent.
    /// Two families share at most one file. If all imports of a set of connected files stay within families, the only
    /// other cycles are therefore those among the children of one parent.
    pub fn cycles(&self) -> Vec<Cycle> {
        let all = self.imports.keys().cloned().collect();
        let mut cycles = Vec::new();
        for files in self.components(&all) {
            if self.edges(&files).all(|(from, to, _)| self.are_family(from, to)) {
                let parents: BTreeSet<&String> = files.iter().filter_map(|file| self.parents.get(file)).collect();
                for parent in parents {
                    let children =
                        files.iter().filter(|file| self.parents.get(*file) == Some(parent)).cloned().collect();
                    cycles.extend(self.components(&children));
                }
            } else {
                cycles.push(files);
            }
        }
        cycles.into_iter().map(|files| self.describe(files)).collect()
    }

    fn are_family(&self, one: &str, other: &str) -> bool {
        let (parent_of_one, parent_of_other) = (self.parents.get(one), self.parents.get(other));
        let is = |parent: Option<&String>, file: &str| parent.is_some_and(|parent| parent == file);
        is(parent_of_one, other)
            || is(parent_of_other, one)
            || (parent_of_one.is_some() && parent_of_one == parent_of_other)
    }

    /// Returns the strongly connected components of at least two files, within the files given.
    fn components(&self, within: &BTreeSet<String>) -> Vec<BTreeSet<String>> {
        let reachable: BTreeMap<&String, BTreeSet<&String>> =
            within.iter().map(|file| (file, self.reachable(file, within))).collect();
        let mut components = BTreeSet::new();
        for (file, reached) in &reachable {
            let back = |other: &&&String| reachable.get(**other).is_some_and(|reached| reached.contains(*file));
            let component: BTreeSet<String> = reached.iter().filter(back).map(|file| (*file).clone()).collect();
            if component.len() > 1 {
                components.insert(component);
            }
        }
        components.into_iter().collect()
    }

    fn reachable<'a>(&'a self, from: &str, within: &BTreeSet<String>) -> BTreeSet<&'a String> {
        let mut reached = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for next in self.next(file, within) {
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }

    fn next<'a>(&'a self, file: &str, within: &BTreeSet<String>) -> impl Iterator<Item = &'a String> {
        self.imports.get(file).into_iter().flat_map(BTreeMap::keys).filter(|next| within.contains(*next))
    }

    fn edges<'a>(
        &'a self,
        within: &'a BTreeSet<String>,
    ) -> impl Iterator<Item = (&'a String, &'a String, &'a BTreeSet<String>)> {
        let from = self.imports.iter().filter(|(from, _)| within.contains(*from));
        let edges = from.flat_map(|(from, imports)| imports.iter().map(move |(to, names)| (from, to, names)));
        edges.filter(|(_, to, _)| within.contains(*to))
    }

    fn describe(&self, files: BTreeSet<String>) -> Cycle {
        let ways = files.iter().filter_map(|file| self.way_back(file, &files));
        let shortest = ways.min_by_key(Vec::len).unwrap_or_default();
        let imports = self.edges(&files).map(|(from, to, names)| (from.clone(), to.clone(), names.clone())).collect();
        Cycle { files, shortest, imports }
    }

    /// Returns the shortest way from a file back to itself.
    fn way_back(&self, start: &String, within: &BTreeSet<String>) -> Option<Vec<String>> {
        let mut came_from: BTreeMap<&String, &String> = BTreeMap::new();
        let mut open = VecDeque::from([start]);
        while let Some(file) = open.pop_front() {
            for next in self.next(file, within) {
                if next == start {
                    let mut way = vec![start.clone(), file.clone()];
                    let mut at = file;
                    while let Some(before) = came_from.get(at) {
                        way.push((*before).clone());
                        at = before;
                    }
                    way.reverse();
                    return Some(way);
                }
                if !came_from.contains_key(next) {
                    came_from.insert(next, file);
                    open.push_back(next);
                }
            }
        }
        None
    }
}
