//! What the verdict does not say.

use crate::Text;

/// Something that cannot be known from the definitions, with what was assumed of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverifiable {
    /// The node.
    pub node: Text,
    /// The input, if it is about one.
    pub input: Option<Text>,
    /// What kind of thing.
    pub kind: UnverifiableKind,
    /// In words, the assumption included.
    pub why: String,
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

impl UnverifiableKind {
    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::CustomNode => "custom_node",
            Self::LongChain => "long_chain",
        }
    }
}

/// Something that the server lets through and then ignores or breaks on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The node.
    pub node: Text,
    /// The input, if it is about one.
    pub input: Option<Text>,
    /// What kind of thing.
    pub kind: WarningKind,
    /// In words.
    pub message: String,
    /// What may have been meant, best first.
    pub suggestions: Vec<Text>,
}

/// What may go wrong behind the server's check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind {
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

impl WarningKind {
    /// A word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownLink => "unknown_link",
            Self::UnknownInput => "unknown_input",
            Self::SelectorMissing => "selector_missing",
            Self::SelectorUnknown => "selector_unknown",
            Self::LiteralOnSocket => "literal_on_socket",
            Self::NoInputs => "no_inputs",
            Self::NotANumber => "not_a_number",
            Self::UnusedNode => "unused_node",
            Self::DeprecatedNode => "deprecated_node",
            Self::IsChanged => "is_changed",
        }
    }
}
