//! The options of a conversion.

use crate::frontend::date::DateTime;

/// The treatment of dynamic prompts, which are texts with choices (`{a|b}`), comments and escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DynamicPrompts {
    #[default]
    Expand,
    Keep,
}

/// The options of a conversion.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) seed: u64,
    pub(crate) dynamic_prompts: DynamicPrompts,
    pub(crate) date: Option<DateTime>,
    /// Whether a `GetNode` is connected to the `SetNode` of the same name.
    pub(crate) follow_named: bool,
    /// Whether muted and bypassed nodes are listed.
    pub(crate) inactive: bool,
}
