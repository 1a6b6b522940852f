//! The two interfaces of nodes.

/// The one of the server's two node interfaces that wrote a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Producer {
    /// The classic interface (`INPUT_TYPES`).
    V1,
    /// The schema interface (`define_schema`). A definition is of this interface if it has `output_matchtypes`,
    /// `price_badge`, or a flag that is false and that the classic interface writes only when it is true. Any one of
    /// them is enough, so that definitions of old servers are recognised too.
    V3,
}
