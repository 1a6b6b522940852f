//! Whether every declared input and output is in the generated code: counted in the raw JSON and in the generated
//! source, both without the crates that are examined.

mod declared;
mod generated;

pub use declared::declared;
pub use generated::generated;

use std::collections::{BTreeMap, BTreeSet};

/// What a node class has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Class {
    /// The exact names of its inputs, hidden ones left out.
    pub inputs: BTreeSet<String>,
    /// How many outputs it has.
    pub outputs: usize,
}

/// Classes by name, and what is inside their dynamic inputs.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// The node classes.
    pub classes: BTreeMap<String, Class>,
    /// How many branches and rows the dynamic inputs have, however deep.
    pub branches: usize,
    /// How many inputs those declare.
    pub branch_inputs: usize,
}

impl Count {
    /// All inputs of all classes.
    pub fn inputs(&self) -> usize {
        self.classes.values().map(|class| class.inputs.len()).sum()
    }

    /// All outputs of all classes.
    pub fn outputs(&self) -> usize {
        self.classes.values().map(|class| class.outputs).sum()
    }

    /// What is not the same in the generated code, one line for each class.
    pub fn differences(&self, generated: &Self) -> Vec<String> {
        let names: BTreeSet<&String> = self.classes.keys().chain(generated.classes.keys()).collect();
        let differing = names.into_iter().filter_map(|name| {
            let (declared, generated) = (self.classes.get(name), generated.classes.get(name));
            (declared != generated).then(|| format!("{name}: declared {declared:?}, generated {generated:?}"))
        });
        differing.collect()
    }
}
