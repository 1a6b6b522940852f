//! Resolution of names to the files that define them.

use std::collections::BTreeSet;

use super::cycles::Files;
use super::modules::{Crate, Module};

/// The target of a path. A path can have several targets at once, such as a module and a function of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Module(usize),
    /// An item of a module, or something inside that item.
    Item(usize, String),
}

/// The lookups in progress, which are not started again, so that globs that import each other do not recurse forever.
type Pending = BTreeSet<(usize, String)>;

impl Crate {
    /// Adds the files of this crate, and what each imports from the others, to `files`.
    pub fn add_to(&self, files: &mut Files) {
        for (at, module) in self.modules.iter().enumerate() {
            if let Some(parent) = module.parent.and_then(|parent| self.modules.get(parent)) {
                files.add_child(&parent.file, &module.file);
            }
            let imports = module.uses.iter().filter(|import| !import.is_reexport && import.name.is_some());
            for path in imports.map(|import| &import.path).chain(&module.mentions) {
                for target in self.resolve(at, path, &mut Pending::new()) {
                    if let Target::Item(definer, name) = target
                        && let Some(definer) = self.modules.get(definer)
                    {
                        files.add_import(&module.file, &definer.file, &name);
                    }
                }
            }
        }
    }

    /// Returns the targets of a path that is written in the module `at`. The list is empty for a path into another
    /// crate.
    fn resolve(&self, at: usize, path: &[String], pending: &mut Pending) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        let mut targets = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(at)],
            "super" => self.parent(at).map(Target::Module).into_iter().collect(),
            _ => self.lookup(at, first, pending),
        };
        for name in rest {
            targets = targets.into_iter().flat_map(|target| self.step(target, name, pending)).collect();
        }
        targets
    }

    fn step(&self, target: Target, name: &str, pending: &mut Pending) -> Vec<Target> {
        let Target::Module(module) = target else {
            // A variant, a method or an associated constant belongs to the file that defines its type.
            return vec![target];
        };
        if name == "super" {
            return self.parent(module).map(Target::Module).into_iter().collect();
        }
        let found = self.lookup(module, name, pending);
        if found.is_empty() && !pending.contains(&(module, name.to_owned())) {
            // A macro call in that module must define the name.
            return vec![Target::Item(module, name.to_owned())];
        }
        found
    }

    /// Returns the targets of a name in a module: its own items and its imports, or else what its globs import.
    fn lookup(&self, at: usize, name: &str, pending: &mut Pending) -> Vec<Target> {
        let Some(module) = self.modules.get(at) else {
            return Vec::new();
        };
        if !pending.insert((at, name.to_owned())) {
            return Vec::new();
        }
        let mut found = own(module, at, name);
        for import in module.uses.iter().filter(|import| import.name.as_deref() == Some(name)) {
            found.extend(self.resolve(at, &import.path, pending));
        }
        if found.is_empty() {
            for glob in module.uses.iter().filter(|import| import.name.is_none()) {
                for target in self.resolve(at, &glob.path, pending) {
                    found.extend(self.in_glob(target, name, pending));
                }
            }
        }
        pending.remove(&(at, name.to_owned()));
        found
    }

    /// Returns the targets of a name among the names that `use target::*` imports.
    fn in_glob(&self, target: Target, name: &str, pending: &mut Pending) -> Vec<Target> {
        match target {
            Target::Module(module) => self.lookup(module, name, pending),
            Target::Item(module, item) => {
                let variants = self.modules.get(module).and_then(|module| module.items.get(&item));
                let is_variant = variants.is_some_and(|variants| variants.iter().any(|variant| variant == name));
                if is_variant { vec![Target::Item(module, item)] } else { Vec::new() }
            }
        }
    }

    fn parent(&self, at: usize) -> Option<usize> {
        self.modules.get(at).and_then(|module| module.parent)
    }
}

fn own(module: &Module, at: usize, name: &str) -> Vec<Target> {
    let child = module.children.get(name).map(|child| Target::Module(*child));
    let item = module.items.contains_key(name).then(|| Target::Item(at, name.to_owned()));
    child.into_iter().chain(item).collect()
}
