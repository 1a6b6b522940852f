//! The outputs that a run was asked for.

/// The outputs that a run was asked for.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// The ids of the selected output nodes; `None` selects all.
    pub(crate) targets: Option<Vec<String>>,
    /// The ids of the outputs that the server dropped because of errors.
    pub(crate) dropped: Vec<String>,
}
