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
    fn what_is_whole_does_not_differ() {
        let packed = "002________________4Tint<L10005image0<F10005level0";
        let found = generated(&source("pub image: Input<IMAGE>, pub level: Input<FLOAT>", packed)).unwrap();
        assert_eq!(declared(DOCUMENT.as_bytes()).unwrap().differences(&found), Vec::<String>::new());
    }

    #[test]
    fn an_input_that_is_left_out_is_found() {
        let packed = "001________4Tint<L10005image0";
        let found = generated(&source("pub image: Input<IMAGE>", packed)).unwrap();
        let differences = declared(DOCUMENT.as_bytes()).unwrap().differences(&found);
        assert!(differences.iter().any(|difference| difference.contains("Tint") && difference.contains("level")));
    }

    #[test]
    fn a_field_without_a_description_is_refused() {
        let packed = "001________4Tint<L10005image0";
        assert!(generated(&source("pub image: Input<IMAGE>, pub level: Input<FLOAT>", packed)).is_err());
    }
}
