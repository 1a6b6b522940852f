//! Compares the inputs and outputs that node definitions declare with those in the generated code. Both are counted without
//! the crates under examination: in the raw JSON and in the generated source.

mod declared;
mod generated;

pub use declared::declared;
pub use generated::generated;

use std::collections::{BTreeMap, BTreeSet};

/// The inputs and outputs of a node class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Class {
    /// The exact names of its inputs, without the hidden ones.
    pub inputs: BTreeSet<String>,
    /// The number of its outputs.
    pub outputs: usize,
}

/// The classes by name, and totals for their dynamic inputs.
#[derive(Debug, Clone, Default)]
pub struct Count {
    /// The node classes.
    pub classes: BTreeMap<String, Class>,
    /// The number of branches and rows of dynamic inputs, at any depth.
    pub branches: usize,
    /// The number of inputs that those branches and rows declare.
    pub branch_inputs: usize,
}

impl Count {
    /// Returns the number of inputs of all classes.
    pub fn inputs(&self) -> usize {
        self.classes.values().map(|class| class.inputs.len()).sum()
    }

    /// Returns the number of outputs of all classes.
    pub fn outputs(&self) -> usize {
        self.classes.values().map(|class| class.outputs).sum()
    }

    /// Returns one line for each class that the generated code has in another form, or not at all.
    pub fn differences(&self, generated: &Self) -> Vec<String> {
        let names: BTreeSet<&String> = self.classes.keys().chain(generated.classes.keys()).collect();
        let differing = names.into_iter().filter_map(|name| {
            let (declared, generated) = (self.classes.get(name), generated.classes.get(name));
            (declared != generated).then(|| format!("{name}: declared {declared:?}, generated {generated:?}"))
        });
        differing.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"Tint": {"input": {"required": {"image": ["IMAGE"], "level": ["FLOAT", {"max": Infinity}]},
        "hidden": {"uid": "UNIQUE_ID"}}, "output": ["IMAGE"]}}"#;

    fn source(fields: &str, packed: &str) -> String {
        format!(
            "pub struct Tint {{ {fields} }} impl Node for Tint {{ const DESC: Desc = Desc::new({packed:?}); type \
             Placed = Out<IMAGE>; }}"
        )
    }

    #[test]
    fn complete_code_does_not_differ() {
        let packed = "002________________4Tint<L10005image0<F10005level0";
        let found = generated(&source("pub image: Input<IMAGE>, pub level: Input<FLOAT>", packed)).unwrap();
        assert_eq!(declared(DOCUMENT.as_bytes()).unwrap().differences(&found), Vec::<String>::new());
    }

    #[test]
    fn a_missing_input_is_found() {
        let packed = "001________4Tint<L10005image0";
        let found = generated(&source("pub image: Input<IMAGE>", packed)).unwrap();
        let differences = declared(DOCUMENT.as_bytes()).unwrap().differences(&found);
        assert!(differences.iter().any(|difference| difference.contains("Tint") && difference.contains("level")));
    }

    #[test]
    fn a_field_that_the_descriptor_does_not_name_is_an_error() {
        let packed = "001________4Tint<L10005image0";
        assert!(generated(&source("pub image: Input<IMAGE>, pub level: Input<FLOAT>", packed)).is_err());
    }
}
