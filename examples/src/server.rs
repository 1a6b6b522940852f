//! The server that an example connects to.

use comfy_mock::Server;

/// A real server, or a stand-in server that ends with the program.
#[derive(Debug)]
pub enum Backend {
    /// A server at this URL.
    Real(String),
    /// A stand-in server in this process.
    StandIn(Server),
}

/// Returns the server that the environment variable `COMFY_URL` names, or starts a stand-in server, so that every example runs
/// without a GPU.
///
/// # Errors
///
/// Returns an error if the stand-in server cannot listen on a port.
pub async fn start() -> Result<Backend, comfy_mock::Error> {
    match std::env::var("COMFY_URL") {
        Ok(url) if !url.is_empty() => Ok(Backend::Real(url)),
        _ => {
            eprintln!("COMFY_URL is not set: running on a stand-in server, whose pictures are gradients");
            Ok(Backend::StandIn(Server::spawn().await?))
        }
    }
}

impl Backend {
    /// Returns the base URL, such as `http://127.0.0.1:8188`.
    pub fn url(&self) -> String {
        match self {
            Self::Real(url) => url.clone(),
            Self::StandIn(server) => server.url(),
        }
    }
}
