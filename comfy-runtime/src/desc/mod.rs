//! The descriptor of a node: everything in the schema that is checked or written, packed into one string.
//!
//! `docs/generated-code.md` describes the layout. `const fn`s read it when a workflow is compiled, to check that every
//! required input is given and that every literal is in range. At run time it is read when a graph is finished and
//! written. A single string, in place of nested constants, keeps eight hundred nodes cheap to compile.

mod check;
mod literal;
mod message;
mod quick;
mod read;
mod table;

pub use literal::{Lit, Literal};
pub(crate) use literal::{LitValue, NO_LITERAL};
pub(crate) use message::Message;
pub(crate) use table::{Part, Row, Table, lookup};

/// The descriptor of one node class, or of one branch of a dynamic combo.
///
/// Only generated code creates descriptors. A string that does not follow the layout yields a descriptor without
/// inputs; it never causes a panic at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desc {
    packed: &'static str,
}

impl Desc {
    /// Creates a descriptor from a packed string, as the generator wrote it.
    pub const fn new(packed: &'static str) -> Self {
        Self { packed }
    }

    pub(crate) const fn packed(self) -> &'static str {
        self.packed
    }
}

/// The kinds of inputs, each as one character of the descriptor.
pub(crate) mod kind {
    pub(crate) const INT: u8 = b'I';
    pub(crate) const FLOAT: u8 = b'F';
    pub(crate) const STRING: u8 = b'S';
    pub(crate) const BOOLEAN: u8 = b'B';
    pub(crate) const WIDGET: u8 = b'W';
    pub(crate) const UNION: u8 = b'U';
    pub(crate) const ANY: u8 = b'A';
    pub(crate) const COMBO: u8 = b'C';
    pub(crate) const OPEN_COMBO: u8 = b'O';
    pub(crate) const MANY: u8 = b'M';
    pub(crate) const OPEN_MANY: u8 = b'N';
    pub(crate) const AUTOGROW: u8 = b'G';
    pub(crate) const DYNAMIC_COMBO: u8 = b'D';
    pub(crate) const GROUP: u8 = b'P';
    pub(crate) const RAW: u8 = b'R';
}

/// One declared input, as slices of the descriptor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InputDesc {
    pub(crate) kind: u8,
    pub(crate) required: bool,
    /// Whether the input is required and has no default that could be sent for it.
    pub(crate) needed: bool,
    /// The name of the Rust field.
    pub(crate) ident: &'static str,
    /// The exact name, JSON-escaped. It equals `ident` unless the descriptor states a different name.
    pub(crate) name: &'static str,
    /// The type as messages show it.
    pub(crate) ty: &'static str,
    /// The JSON that is sent if the input is required and not given; empty if there is none.
    pub(crate) default: &'static str,
    /// The lowest value, packed.
    pub(crate) min: &'static str,
    /// The highest value, packed.
    pub(crate) max: &'static str,
    /// The options, branches or children, packed as `docs/generated-code.md` describes.
    pub(crate) tail: &'static str,
}
