//! The limits of this crate, with the reason for each.
//!
//! They bound time, memory, the stack and the size of messages, whatever a prompt contains.

/// The maximum number of nodes that are imported. The largest workflow seen so far has 3,000.
pub(crate) const MAX_NODES: usize = 100_000;

/// The maximum depth of nested functions. Subgraphs that are nested deeper share the function of the outer one.
pub(crate) const MAX_SCOPE_DEPTH: usize = 32;

/// The maximum length of a text of the file in messages and comments, in characters.
pub(crate) const MAX_SHOWN_LEN: usize = 80;
