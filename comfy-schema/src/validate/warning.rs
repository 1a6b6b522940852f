//! Findings that do not change the verdict.

use std::fmt::{self, Display, Formatter};

use crate::Text;
use crate::shown::escaped;
use crate::suggest::did_you_mean;
use crate::words::words;

/// A fact that cannot be verified with the definitions alone, with the assumption made about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unverifiable {
    /// The node's id.
    pub node: Text,
    /// The input, if the finding is about one.
    pub input: Option<Text>,
    /// The kind of fact.
    pub kind: UnverifiableKind,
    /// The description of the fact and of the assumption.
    pub reason: String,
}

/// The kind of an [`Unverifiable`] fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnverifiableKind {
    /// A file may or may not be on the server's disk.
    File,
    /// A custom node may check its inputs itself.
    CustomNode,
    /// A chain of nodes may be too long for the server's stack.
    LongChain,
}

words!(UnverifiableKind, "unverifiable kind", File = "file", CustomNode = "custom_node", LongChain = "long_chain",);

impl Display for Unverifiable {
    /// Writes one line: ``node 3, input `image`: …``.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        place(f, &self.node, self.input.as_ref())?;
        escaped(&self.reason).fmt(f)
    }
}

/// A part of a prompt that the server accepts and then ignores or fails on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PromptWarning {
    /// The node's id.
    pub node: Text,
    /// The input, if the finding is about one.
    pub input: Option<Text>,
    /// The kind of warning.
    pub kind: PromptWarningKind,
    /// The message.
    pub message: String,
    /// The names that may have been meant, best match first.
    pub suggestions: Vec<Text>,
}

/// The kind of a [`PromptWarning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PromptWarningKind {
    /// A link to an input that the class does not declare.
    UnknownLink,
    /// A literal for an input that the class does not declare.
    UnknownInput,
    /// A required dynamic combo without a value, so that the inputs of its branches are not validated.
    SelectorMissing,
    /// A dynamic combo whose value is not one of its branches.
    SelectorUnknown,
    /// A literal for an input that needs a link.
    LiteralOnSocket,
    /// A node without `inputs`.
    NoInputs,
    /// A number that is NaN or infinite.
    NotANumber,
    /// A node that no selected output needs.
    UnusedNode,
    /// A node of a deprecated class.
    DeprecatedNode,
    /// A node with the fingerprint of an earlier run (`is_changed`).
    IsChanged,
}

words!(
    PromptWarningKind,
    "warning kind",
    UnknownLink = "unknown_link",
    UnknownInput = "unknown_input",
    SelectorMissing = "selector_missing",
    SelectorUnknown = "selector_unknown",
    LiteralOnSocket = "literal_on_socket",
    NoInputs = "no_inputs",
    NotANumber = "not_a_number",
    UnusedNode = "unused_node",
    DeprecatedNode = "deprecated_node",
    IsChanged = "is_changed",
);

impl Display for PromptWarning {
    /// Writes one line: ``node 3, input `stepz`: …; did you mean `steps`?``.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        place(f, &self.node, self.input.as_ref())?;
        escaped(&self.message).fmt(f)?;
        f.write_str(&did_you_mean(&self.suggestions))
    }
}

fn place(f: &mut Formatter<'_>, node: &str, input: Option<&Text>) -> fmt::Result {
    match input {
        Some(input) => write!(f, "node {}, input `{}`: ", escaped(node), escaped(input)),
        None => write!(f, "node {}: ", escaped(node)),
    }
}
