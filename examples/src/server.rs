//! The server that an example talks to.

use comfy_mock::Server;

/// A real server, or a stand-in that ends with the program.
#[derive(Debug)]
pub enum Backend {
    /// At this URL.
    Real(String),
    /// In this process.
    StandIn(Server),
}

/// The server that the environment variable `COMFY_URL` names, or else a stand-in, so that every example runs where
/// there is no GPU.
///
/// Errors: if the stand-in finds no free port.
pub async fn start() -> Result<Backend, comfy_mock::Error> {
    match std::env::var("COMFY_URL") {
        Ok(url) if !url.is_empty() => Ok(Backend::Real(url)),
        _ => {
            eprintln!("no COMFY_URL: running on a stand-in, whose pictures are soft gradients");
            Ok(Backend::StandIn(Server::spawn().await?))
        }
    }
}

impl Backend {
    /// Where it is, such as `http://127.0.0.1:8188`.
    pub fn url(&self) -> String {
        match self {
            Self::Real(url) => url.clone(),
            Self::StandIn(server) => server.url(),
        }
    }
}
