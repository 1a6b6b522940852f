//! The nodes of the prompt with the forms that they get in the source.

use comfy_codegen::plan;

use crate::fit::Values;
use crate::prompt;

/// A node of the prompt with the form that it gets in the source.
#[derive(Debug)]
pub(crate) struct Item<'p, 'n, 's> {
    pub(crate) node: &'n prompt::Node<'n>,
    pub(crate) form: NodeForm<'p, 's>,
    /// Whether its title is the default title, which the editor gives every node of the class.
    pub(crate) has_default_title: bool,
    /// Whether the node saves or shows something, as far as is known.
    pub(crate) is_output: bool,
}

/// The form of a node in the source.
#[derive(Debug)]
pub(crate) enum NodeForm<'p, 's> {
    /// A literal of its type.
    Typed(&'p plan::Node<'s>, Values<'p, 's>),
    /// A raw node, and the reason for it.
    Raw(String),
}
