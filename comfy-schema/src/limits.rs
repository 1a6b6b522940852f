//! The limits of this crate, with the reason for each.
//!
//! They bound the stack, the memory and the length of reports, whatever a document contains.

/// The maximum nesting of a JSON document, in levels. The deepest real definition has about 20, and Python stops at 1,000. A
/// limit is needed because dropping a deep tree uses the stack.
pub const MAX_JSON_DEPTH: usize = 200;

/// The maximum memory of a parsed JSON document, in bytes for each byte of its text. Arrays that hold only one array each come
/// nearest to it, with 25 bytes measured by `cargo bench-hostile`; the documents of ComfyUI need between 1 and 6.
///
/// It follows from the sizes of [`Value`](crate::Value) and its members, and is not checked when a document is parsed.
/// [`Value::parse_within`](crate::Value::parse_within) sets a limit that does not depend on the length of the text.
pub const MAX_JSON_MEMORY_RATIO: usize = 32;

/// The maximum nesting of dynamic inputs. Core nodes nest two deep, and the parser is recursive.
pub const MAX_INPUT_DEPTH: usize = 16;

/// The maximum number of children of a growing list, as in the server.
pub const MAX_CHILDREN: usize = 100;

/// The maximum number of issues of one node. It bounds the report on a definition with millions of mistakes.
pub const MAX_ISSUES: usize = 100;

/// The maximum number of issues about lone surrogates in a schema.
pub const MAX_SURROGATE_ISSUES: usize = 100;

/// The maximum length of a document that is parsed only for the sake of its error message, in bytes.
pub(crate) const MAX_SNIFFED_BYTES: usize = 64 * 1024;

/// The maximum length of a chain of nodes. Python's recursion limit is reached at a length of about 950 in a server,
/// whose own frames are on the stack too, and of 977 outside of one.
pub const MAX_CHAIN_LEN: usize = 950;
