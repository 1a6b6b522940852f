//! The plan: all decisions that are made before Rust source is written.
//!
//! `Plan::with` plans the whole schema, even if only a part is generated, so that a name does not depend on the
//! selected nodes. Node by node it decides the kind of every input (`kind`, `combo`), its default and its bounds
//! (`default`); what several nodes share (type words, unions, lists of options) is collected in tables (`shared`). Then
//! all items get their Rust names (`naming`). `Plan::select` keeps the selected nodes.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

mod combo;
mod default;
mod kind;
mod model;
mod naming;
mod node;
mod overrides;
mod path;
mod select;
mod shared;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use comfy_schema::Schema;

pub use model::{
    Bound, Branch, Choice, Combo, Field, Grow, Kind, Node, Output, OutputKind, Primitive, Record, Rows, parameter,
};
pub use overrides::OverrideError;
pub(crate) use overrides::Overrides;
pub(crate) use select::Selection;
pub use select::SelectionError;
pub use shared::{ListId, Options, Shared, Union, UnionId, Word, WordId};

use path::Path;
use shared::Tables;

/// The nodes that are generated for a schema, and the items that they share.
#[derive(Debug)]
pub struct Plan<'s> {
    /// The nodes, sorted by their Rust names.
    pub nodes: Vec<Node<'s>>,
    /// The items that the nodes share.
    pub shared: Shared<'s>,
}

impl<'s> Plan<'s> {
    /// Plans every node of a schema.
    pub fn of(schema: &'s Schema) -> Self {
        Self::under(schema, &Overrides::default())
    }

    /// Plans every node of a schema, with the caller's overrides for single combos.
    ///
    /// # Errors
    ///
    /// Returns an [`OverrideError`] for each override that does not apply to the schema.
    pub(crate) fn with(schema: &'s Schema, overrides: &Overrides) -> Result<Self, Vec<OverrideError>> {
        overrides.check(schema)?;
        Ok(Self::under(schema, overrides))
    }

    fn under(schema: &'s Schema, overrides: &Overrides) -> Self {
        let mut tables = Tables::default();
        let mut nodes = Vec::with_capacity(schema.nodes.len());
        for node in &schema.nodes {
            let mut context = Context { tables: &mut tables, overrides, warnings: Vec::new(), raw_inputs: Vec::new() };
            nodes.push(node::plan(node, &mut context));
        }
        let shared = naming::name_all(&mut nodes, &tables);
        Self { nodes, shared }
    }
}

/// The context in which a node is planned.
struct Context<'s, 'c> {
    tables: &'c mut Tables<'s>,
    overrides: &'c Overrides,
    /// The warnings about the node that is being planned.
    warnings: Vec<String>,
    /// The inputs of that node which have no typed form.
    raw_inputs: Vec<String>,
}

impl Context<'_, '_> {
    fn warn(&mut self, path: Path<'_>, message: impl Display) {
        self.warnings.push(format!("{path}: {message}"));
    }
}
