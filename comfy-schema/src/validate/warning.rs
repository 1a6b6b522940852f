//! What the verdict does not say.

use std::fmt::{self, Display, Formatter};

use crate::Text;
use crate::suggest::did_you_mean;
use crate::words::words;

/// Something that cannot be known from the definitions, with what was assumed of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unverifiable {
    /// The node.
    pub node: Text,
    /// The input, if it is about one.
    pub input: Option<Text>,
    /// What kind of thing.
    pub kind: UnverifiableKind,
    /// The reason in words, with the assumption made.
    pub reason: String,
}

/// Why something cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnverifiableKind {
    /// Whether a file exists on the server's disk.
    File,
    /// A custom node may have a check of its own.
    CustomNode,
    /// A chain so long that the server's own stack decides.
    LongChain,
}

words!(UnverifiableKind, "unverifiable kind", File = "file", CustomNode = "custom_node", LongChain = "long_chain",);

impl Display for Unverifiable {
    /// ``node 3, input `image`: …``
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        place(f, &self.node, self.input.as_ref())?;
        f.write_str(&self.reason)
    }
}

/// Something that the server lets through and then ignores or breaks on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PromptWarning {
    /// The node.
    pub node: Text,
    /// The input, if it is about one.
    pub input: Option<Text>,
    /// What kind of thing.
    pub kind: PromptWarningKind,
    /// In words.
    pub message: String,
    /// What may have been meant, best first.
    pub suggestions: Vec<Text>,
}

/// What may go wrong behind the server's check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PromptWarningKind {
    /// A link on an input that the class does not declare.
    UnknownLink,
    /// A literal on an input that the class does not declare.
    UnknownInput,
    /// A dynamic combo without a selection, so that nothing of it is looked at.
    SelectorMissing,
    /// A dynamic combo whose selection is none of its options.
    SelectorUnknown,
    /// A literal where only links make sense.
    LiteralOnSocket,
    /// No key `inputs`.
    NoInputs,
    /// NaN or an infinity.
    NotANumber,
    /// No selected output needs the node.
    UnusedNode,
    /// The class is deprecated.
    DeprecatedNode,
    /// The node carries a fingerprint of an earlier run.
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
    /// ``node 3, input `stepz`: …; did you mean `steps`?``
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        place(f, &self.node, self.input.as_ref())?;
        f.write_str(&self.message)?;
        f.write_str(&did_you_mean(&self.suggestions))
    }
}

fn place(f: &mut Formatter<'_>, node: &str, input: Option<&Text>) -> fmt::Result {
    match input {
        Some(input) => write!(f, "node {node}, input `{input}`: "),
        None => write!(f, "node {node}: "),
    }
}
