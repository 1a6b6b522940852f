//! The two node interfaces of the server.

/// The node interface of the server that wrote a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Producer {
    /// The classic interface (`INPUT_TYPES`).
    V1,
    /// The schema interface (`define_schema`). A definition is attributed to this interface if it has the key
    /// `output_matchtypes` or `price_badge`, or a false flag that the classic interface writes only when it is true.
    /// One of these signs is enough, so that definitions of old servers are recognized too.
    V3,
}
