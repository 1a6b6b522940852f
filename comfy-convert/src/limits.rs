//! The limits of this crate, with the reason for each.
//!
//! They bound time, memory and the stack, whatever a file contains. The largest public workflows have about a thousand nodes
//! and a few million bytes.

/// The maximum size of the text that a picture, video or sound unpacks to, in bytes: all its compressed texts together.
pub const MAX_UNPACKED_BYTES: usize = 64 << 20;

/// The maximum memory of the parsed JSON of one text in a picture, video or sound, in bytes. A compressed text may be a
/// thousand times as large as the file, and its JSON 32 times as large as the text, so that neither the file nor the text
/// bounds it.
pub const MAX_METADATA_MEMORY: usize = 64 << 20;

/// The maximum number of texts of a picture, video or sound that are looked at. Real files hold a handful.
pub const MAX_METADATA_TEXTS: usize = 1_000;

/// The maximum length of a key of such a text, in bytes; longer keys are cut. A file could use one long key for many texts.
pub const MAX_METADATA_KEY_LEN: usize = 256;

/// The maximum number of comments of a picture, video or sound that are parsed in search of a workflow. Texts may overlap in
/// a file, so that each could be as long as the file.
pub const MAX_COMMENTS: usize = 4;

/// The maximum number of inputs and outputs of all nodes of a file. A node needs more memory for an input than a file for
/// its `{}`.
pub const MAX_SLOTS: usize = 1_000_000;

/// The maximum number of subgraph definitions: each costs work even if nothing uses it.
pub const MAX_SUBGRAPHS: usize = 100_000;

/// The maximum number of nodes, counting the nodes of every subgraph instance and group node. Their number can grow
/// exponentially with the nesting.
pub const MAX_NODES: usize = 200_000;

/// The maximum nesting depth of subgraphs. It also limits the length of ids, because an inner node's id lists all instances
/// around it.
pub const MAX_SUBGRAPH_DEPTH: usize = 100;

/// The maximum number of nodes of a group node's definition.
pub const MAX_GROUP_NODES: usize = 1_000;

/// The maximum number of steps of all walks along links together. Real workflows take a few per input.
pub const MAX_STEPS: usize = 5_000_000;

/// The maximum number of rounds in which the types of slots are settled. Cutting links changes types, which may cut more
/// links; real files settle in the first round.
pub(crate) const MAX_TYPE_ROUNDS: usize = 8;

/// The maximum depth of nested choices (`{a|b}`) in a text. Choices beyond it stay as written.
pub const MAX_CHOICE_DEPTH: usize = 50;

/// The maximum number of bytes of choices that are read, unless the text itself is longer. Each level of nested choices reads
/// its text again. Choices beyond the limit stay as written.
pub const MAX_CHOICE_BYTES: usize = 16 << 20;

/// The maximum number of widgets of all nodes, counting those of every subgraph instance. A node of a subgraph that is used
/// many times may have as many widgets as the file has values, because each value of a `CustomCombo` adds one. The largest
/// public workflows have about ten thousand.
pub const MAX_WIDGETS: usize = 2_000_000;

/// The maximum number of subgraph copies that get names.
pub(crate) const MAX_NAMES: usize = 10_000;

/// The maximum nesting depth of a copy that gets a name.
pub(crate) const MAX_NAME_DEPTH: usize = 32;

/// The maximum number of subgraphs that a prompt becomes in the editor's file.
pub(crate) const MAX_EXPORTED_SUBGRAPHS: usize = 200;

/// The maximum nesting of the subgraphs that a prompt becomes.
pub(crate) const MAX_EXPORTED_DEPTH: usize = 20;

/// The maximum number of outputs of a node of an unknown class, which gets as many outputs as its links need.
pub(crate) const MAX_UNKNOWN_OUTPUTS: usize = 64;
