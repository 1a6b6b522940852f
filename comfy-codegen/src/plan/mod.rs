//! The plan: everything that is decided before a character of Rust is written.
//!
//! [`plan`] reads the whole schema, whatever part of it is wanted, so that a name does not depend on what else is
//! generated. Node by node it decides the kind of every input ([`kind`], [`combo`]), its default and bounds
//! ([`default`]); what several nodes share (type words, unions, lists of options) is gathered in the [`shared`]
//! tables. Then everything gets its Rust name ([`naming`]). [`select`](Plan::select) takes the part that is wanted.

mod combo;
mod default;
mod kind;
mod model;
mod naming;
mod node;
mod overrides;
mod path;
mod record;
mod select;
mod shared;
#[cfg(test)]
mod tests;

use comfy_schema::Schema;

pub(crate) use model::{
    Bound, Branch, Choice, Combo, Field, Grow, Kind, Node, Output, OutputKind, Primitive, Record, Rows, parameter,
};
pub use overrides::OverrideError;
pub(crate) use overrides::Overrides;
pub(crate) use select::Selection;
pub use select::SelectionError;
pub(crate) use shared::{ListId, Shared, UnionId, WordId};

use path::Path;
use shared::Tables;

/// What is generated for a schema.
#[derive(Debug)]
pub(crate) struct Plan<'s> {
    /// The nodes, sorted by their Rust names.
    pub(crate) nodes: Vec<Node<'s>>,
    /// What they share.
    pub(crate) shared: Shared<'s>,
}

/// What is known while nodes are planned.
struct Context<'s, 'c> {
    tables: &'c mut Tables<'s>,
    overrides: &'c Overrides,
    /// Of the node that is being planned.
    warnings: Vec<String>,
    raw_inputs: Vec<String>,
}

impl Context<'_, '_> {
    fn warn(&mut self, path: Path<'_>, what: impl std::fmt::Display) {
        self.warnings.push(format!("{path}: {what}"));
    }
}

/// Plans every node of a schema.
///
/// # Errors
///
/// An override names an input that is not there, or that is no combo. All of them come together.
pub(crate) fn plan<'s>(schema: &'s Schema, overrides: &Overrides) -> Result<Plan<'s>, Vec<OverrideError>> {
    overrides.check(schema)?;
    let mut tables = Tables::default();
    let mut nodes = Vec::with_capacity(schema.nodes.len());
    for node in &schema.nodes {
        let mut context = Context { tables: &mut tables, overrides, warnings: Vec::new(), raw_inputs: Vec::new() };
        nodes.push(node::plan(node, &mut context));
    }
    let shared = naming::name_all(&mut nodes, &tables);
    Ok(Plan { nodes, shared })
}
