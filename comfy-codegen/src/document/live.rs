//! Node definitions of a running server.

use comfy_schema::server::ServerOptions;

use crate::error::Error;

/// Asks a server for its node definitions.
///
/// # Errors
///
/// Returns [`Error::Unreachable`] if the server does not answer with them in time, and [`Error::Server`] if its options
/// are invalid or it must be asked at another address.
#[cfg(feature = "live")]
pub(super) fn fetch(server: &ServerOptions) -> Result<Vec<u8>, Error> {
    super::client::fetch(server)
}

/// Returns an error, because this build of the crate lacks the feature `live`.
#[cfg(not(feature = "live"))]
pub(super) fn fetch(server: &ServerOptions) -> Result<Vec<u8>, Error> {
    Err(Error::NoLiveFeature { url: server.shown_url() })
}
