//! The reasons why a JSON document of the server is refused.

use thiserror::Error;

/// The reason why a JSON document is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum JsonFault {
    /// It is beyond a limit, which the message names.
    #[error("{0}")]
    TooLarge(String),
    /// It is not JSON, or is cut off.
    #[error("{0}")]
    Invalid(String),
}

impl From<String> for JsonFault {
    fn from(reason: String) -> Self {
        Self::Invalid(reason)
    }
}
