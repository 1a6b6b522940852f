//! The address of a server and everything that a program needs to reach it, as plain data.
//!
//! The client of `comfy-runtime`, the build scripts of `comfy-codegen` and every command of `cargo comfy` take the same
//! [`ServerOptions`]. They hold the paths of certificates and do not read them.
//!
//! ```
//! use comfy_schema::server::ServerOptions;
//!
//! let options = ServerOptions::new("https://gpu.example.com/comfy").token("secret").header("X-Team", "pictures");
//! assert!(!format!("{options:?}").contains("secret"));
//! ```
//!
//! # Environment variables
//!
//! [`ServerOptions::from_environment`] reads all of these variables, so that secrets need not be written in sources
//! and arguments. [`ServerOptions::with_environment`] fills in those that are not set yet: a setter, and an option of a
//! command, has precedence over the variable. Empty variables count as absent.
//!
//! | variable | meaning |
//! |---|---|
//! | `COMFY_URL` | the base URL |
//! | `COMFY_TOKEN` | [`token`](ServerOptions::token) |
//! | `COMFY_API_KEY` | [`api_key`](ServerOptions::api_key) |
//! | `COMFY_HEADERS` | [`headers`](ServerOptions::headers), one per line, written `NAME: VALUE` |
//! | `COMFY_CA_CERTIFICATE` | [`ca_certificate`](ServerOptions::ca_certificate), a path |
//! | `COMFY_PIN_CERTIFICATE` | [`pin_certificate`](ServerOptions::pin_certificate), a path |
//! | `COMFY_WEBSOCKET` | [`websocket`](ServerOptions::websocket), a path with a query |
//!
//! If `COMFY_URL` is set, the other variables belong to its server: they are not used for a server with another scheme,
//! host or port.

#[doc(hidden)]
pub mod address;
mod environment;
#[doc(hidden)]
pub mod header;
#[doc(hidden)]
pub mod proxy;
#[cfg(feature = "redaction")]
#[doc(hidden)]
pub mod redaction;
mod secret;

use std::fmt;
use std::path::PathBuf;

pub use environment::EnvironmentError;
pub use header::InvalidHeader;
pub use secret::Secret;

/// The address of a server, the credentials for it, and the certificates to trust.
///
/// `Debug` shows neither credentials nor the parts of the URL that may hold them.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "options do nothing until a client, a configuration or a command is given them"]
#[non_exhaustive]
pub struct ServerOptions {
    /// The base URL, such as `http://127.0.0.1:8188` or `https://gpu.example.com/comfy`. It may hold a user and a
    /// password.
    pub url: Secret,
    /// The token that is sent as `Authorization: Bearer …`.
    pub token: Option<Secret>,
    /// The key that is sent as `X-API-Key: …`.
    pub api_key: Option<Secret>,
    /// Further headers of every request: names and values.
    pub headers: Vec<(String, Secret)>,
    /// The PEM file with certificates that are trusted in addition to those of the system.
    pub ca_certificate: Option<PathBuf>,
    /// The PEM file with the only certificate that the server may have.
    pub pin_certificate: Option<PathBuf>,
    /// The path and the query of the WebSocket below the base URL; `None` for the path that ComfyUI has.
    pub websocket: Option<Secret>,
}

impl ServerOptions {
    /// The base URL of a server with ComfyUI's own settings on this machine.
    pub const DEFAULT_URL: &'static str = "http://127.0.0.1:8188";

    /// Creates options with a base URL, without credentials.
    pub fn new(url: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            token: None,
            api_key: None,
            headers: Vec::new(),
            ca_certificate: None,
            pin_certificate: None,
            websocket: None,
        }
    }

    /// Sets the token for a proxy in front of the server, sent as `Authorization: Bearer …`.
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets the key for a hosted server, sent as `X-API-Key: …`.
    pub fn api_key(mut self, key: impl Into<Secret>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Adds a header to every request. The value is treated as a secret.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets a PEM file with certificates that are trusted in addition to those of the system: that of the authority
    /// which signed the server's certificate.
    pub fn ca_certificate(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_certificate = Some(path.into());
        self
    }

    /// Sets a PEM file with the server's own certificate. The server is then accepted with exactly this certificate,
    /// whatever names, dates and issuer it has, and with no other.
    ///
    /// A self-signed certificate, as `openssl req -x509` writes it for ComfyUI's option `--tls-certfile`, needs this.
    pub fn pin_certificate(mut self, path: impl Into<PathBuf>) -> Self {
        self.pin_certificate = Some(path.into());
        self
    }

    /// Sets path and query of the WebSocket below the base URL, such as `/ws?token=…`, for hosts that expect a token
    /// there. The query is treated as a secret.
    pub fn websocket(mut self, path_and_query: impl Into<Secret>) -> Self {
        self.websocket = Some(path_and_query.into());
        self
    }

    /// Returns the base URL without user, password and query, for messages.
    pub fn shown_url(&self) -> String {
        address::without_secrets(self.url.reveal())
    }

    /// Returns whether a token, a key or a header is set. A user and a password in the URL do not count, because they
    /// can belong to no other server.
    pub fn has_credentials(&self) -> bool {
        self.token.is_some() || self.api_key.is_some() || !self.headers.is_empty()
    }

    /// Returns all headers of a request: those of [`token`](Self::token) and [`api_key`](Self::api_key) before the
    /// others.
    pub fn all_headers(&self) -> Vec<(String, Secret)> {
        let token = self.token.as_ref().map(|token| Secret::new(format!("Bearer {}", token.reveal())));
        let named = [("authorization", token), ("x-api-key", self.api_key.clone())];
        let named = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        named.chain(self.headers.iter().cloned()).collect()
    }
}

impl fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerOptions")
            .field("url", &self.shown_url())
            .field("token", &self.token)
            .field("api_key", &self.api_key)
            .field("headers", &header::shown(&self.headers))
            .field("ca_certificate", &self.ca_certificate)
            .field("pin_certificate", &self.pin_certificate)
            .field("websocket", &self.websocket)
            .finish()
    }
}

impl From<&str> for ServerOptions {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for ServerOptions {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl From<&String> for ServerOptions {
    fn from(url: &String) -> Self {
        Self::new(url)
    }
}

impl From<&Self> for ServerOptions {
    fn from(options: &Self) -> Self {
        options.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::ServerOptions;

    #[test]
    fn debug_output_holds_no_secret() {
        let options = ServerOptions::new("https://me:secret@a/comfy?key=secret")
            .token("secret")
            .api_key("secret")
            .header("X-Key", "secret")
            .websocket("/ws?token=secret");
        let text = format!("{options:?}");
        assert!(text.contains("https://a/comfy") && text.contains("X-Key") && !text.contains("secret"), "{text}");
    }

    #[test]
    fn token_and_key_are_headers() {
        let options = ServerOptions::new("http://a").header("X-Team", "pictures").token("t").api_key("k");
        let headers = options.all_headers();
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect();
        assert_eq!(headers, [("authorization", "Bearer t"), ("x-api-key", "k"), ("X-Team", "pictures")]);
    }
}
