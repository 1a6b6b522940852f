//! The descriptor of a node: everything the schema says that is checked or written, in one string.
//!
//! The layout is described in `docs/generated-code.md`. It is read by `const fn`s when a workflow compiles (is every
//! required input there, is this literal in range) and at run time when a graph is finished and written. A single
//! string instead of nested constants is what keeps eight hundred nodes cheap to compile.

mod check;
mod literal;
mod message;
mod quick;
mod read;
mod table;

pub use literal::Lit;
pub(crate) use literal::LitValue;
pub(crate) use message::Message;
pub(crate) use table::{Part, Row, Table, lookup};

/// The descriptor of one node class, or of one branch of a dynamic combo.
///
/// Made by generated code only. A string that does not follow the layout gives a descriptor without inputs; it never
/// panics at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desc {
    packed: &'static str,
}

impl Desc {
    /// Wraps a packed string, as the generator wrote it.
    pub const fn new(packed: &'static str) -> Self {
        Self { packed }
    }

    pub(crate) const fn packed(self) -> &'static str {
        self.packed
    }
}

/// What an input takes, as one character of the descriptor.
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

/// One input, as slices of the descriptor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InputDesc {
    pub(crate) kind: u8,
    pub(crate) required: bool,
    /// Required, and nothing is sent for it unless it is given.
    pub(crate) needed: bool,
    /// The Rust field.
    pub(crate) ident: &'static str,
    /// The exact name, JSON-escaped; equal to `ident` unless the descriptor says otherwise.
    pub(crate) name: &'static str,
    /// What messages call its type.
    pub(crate) ty: &'static str,
    /// JSON of what is sent if it is required and not given; empty if there is none.
    pub(crate) default: &'static str,
    /// Lowest value, packed.
    pub(crate) min: &'static str,
    /// Highest value, packed.
    pub(crate) max: &'static str,
    /// Options, branches or children, packed; see `read`.
    pub(crate) tail: &'static str,
}
