//! The options and the result of an import.

use std::collections::BTreeMap;

use crate::error::ImportWarning;
use crate::names;
use crate::params::{Parameter, Parameters};

/// The options of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportOptions {
    /// The name of the function.
    pub name: String,
    /// The path of the module with the generated nodes, as seen from the imported file. Defaults to `crate::nodes`.
    pub nodes: String,
    /// The origin of the prompt, for the documentation of the function; usually a file name.
    pub origin: Option<String>,
    /// The values that become parameters.
    pub parameters: Parameters,
    /// The ids that the nodes get.
    pub id_style: IdStyle,
    /// The form in which options of closed combos are written.
    pub option_style: OptionStyle,
    /// Whether nodes may be typed although the prompt then changes a little: literals that no server reads (`upload`,
    /// `audioUI`) and members of `_meta` other than the title are left out, and the defaults of required inputs that
    /// the file lacks are sent.
    pub tidy: bool,
    /// Whether each subgraph becomes a function.
    pub functions: bool,
    /// The names of subgraphs, by the ids of the nodes that stand for them: `12`, `12:5`.
    pub function_names: BTreeMap<String, String>,
}

/// The origin of the ids that imported nodes get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdStyle {
    /// Ids made from the names of variables and classes.
    #[default]
    Names,
    /// The ids of the file.
    Keep,
}

/// The form in which options of closed combos are written. The compiler checks both forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OptionStyle {
    /// String literals: `"euler"`.
    #[default]
    Texts,
    /// Variants of the generated enums: `options::SamplerName::Euler`.
    Enums,
}

impl ImportOptions {
    /// Creates options for a function of this name, without parameters and with ids made from names.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            nodes: "crate::nodes".to_owned(),
            origin: None,
            parameters: Parameters::None,
            id_style: IdStyle::Names,
            option_style: OptionStyle::Texts,
            tidy: false,
            functions: false,
            function_names: BTreeMap::new(),
        }
    }

    /// Returns a function name made from a file name or a title: `Wan 2.2 (fast)` becomes `wan_2_2_fast`.
    pub fn name_of(text: &str) -> String {
        names::identifier(text, "imported")
    }
}

/// The source of an imported prompt, with a summary of its content.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the source is not written anywhere"]
#[non_exhaustive]
pub struct Imported {
    /// The content of a Rust file with `use` declarations and functions.
    pub source: String,
    /// The name of the workflow function.
    pub name: String,
    /// The parameters of the workflow function.
    pub parameters: Vec<Parameter>,
    /// The Rust names of the generated nodes that the source uses, sorted.
    pub nodes: Vec<String>,
    /// The number of nodes in the prompt.
    pub count: usize,
    /// The nodes and values that have no typed form or were left out.
    pub warnings: Vec<ImportWarning>,
}
