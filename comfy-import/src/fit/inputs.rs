//! The inputs of a node, which are taken one by one to fill the fields of its type.

use std::collections::{BTreeMap, HashSet};

use comfy_schema::Text;

use crate::prompt::Given;

/// The inputs by name, and the set of those that have been taken.
pub(super) struct Inputs<'n> {
    /// The inputs, sorted by name, so that the inputs below a name follow each other.
    given: BTreeMap<&'n str, &'n Given<'n>>,
    taken: HashSet<&'n str>,
}

impl<'n> Inputs<'n> {
    pub(super) fn new(inputs: &'n [(Text, Given<'n>)]) -> Self {
        let given = inputs.iter().map(|(name, given)| (name.as_str(), given)).collect();
        Self { given, taken: HashSet::new() }
    }

    /// Takes an input and returns its value.
    pub(super) fn take(&mut self, name: &str) -> Option<&'n Given<'n>> {
        let (&name, &given) = self.given.get_key_value(name)?;
        self.taken.insert(name);
        Some(given)
    }

    /// Returns whether there is an input whose name begins with `name` and a dot.
    pub(super) fn has_below(&self, name: &str) -> bool {
        let prefix = format!("{name}.");
        self.given.range(prefix.as_str()..).next().is_some_and(|(name, _)| name.starts_with(&prefix))
    }

    /// Returns the number of inputs that have been taken.
    pub(super) fn taken(&self) -> usize {
        self.taken.len()
    }

    /// Returns whether an input has a value with this JSON.
    pub(super) fn is(&self, name: &str, json: &str) -> bool {
        matches!(self.given.get(name), Some(Given::Value(value)) if value.to_string() == json)
    }

    /// Takes every literal that has not been taken, and returns their names.
    pub(super) fn drop_literals(&mut self) -> impl Iterator<Item = &'n str> + use<'n> {
        let left =
            self.given.iter().filter(|(name, given)| matches!(given, Given::Value(_)) && !self.taken.contains(*name));
        let left: Vec<&'n str> = left.map(|(name, _)| *name).collect();
        self.taken.extend(&left);
        left.into_iter()
    }

    /// Returns the name of an input that has not been taken, if there is one.
    pub(super) fn unknown(&self) -> Option<&'n str> {
        self.given.keys().copied().find(|name| !self.taken.contains(name))
    }
}
