//! Connects a client: checks its settings, sets up TLS and HTTP, and opens the WebSocket.

use std::sync::Arc;

use comfy_schema::server::{Secret, ServerOptions};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::Client;
use super::builder::{Certificates, ClientBuilder};
use super::error::Error;
use super::inner::Inner;
use super::transport::Transport;

impl Client {
    /// Connects to the server at a URL, such as `http://127.0.0.1:8188`.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Setup`] if the URL is invalid, and [`Error::Socket`] if no ComfyUI server responds there.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime.
    pub async fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// Creates a client for the server at a URL without a request. See [`ClientBuilder::connect_lazy`].
    ///
    /// # Errors
    ///
    /// Returns [`Error::Setup`] if the URL is invalid.
    pub fn connect_lazy(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect_lazy()
    }

    /// Returns a builder for a client whose settings differ from the defaults.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    /// Returns a builder for a client of the server that the options describe.
    ///
    /// ```no_run
    /// use comfy_runtime::Client;
    /// use comfy_runtime::client::ServerOptions;
    ///
    /// # async fn connect() -> Result<(), Box<dyn std::error::Error>> {
    /// // COMFY_URL, COMFY_TOKEN and so on.
    /// let options = ServerOptions::from_environment(|name| std::env::var_os(name))?;
    /// let client = Client::builder_with(&options).connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder_with(options: &ServerOptions) -> ClientBuilder {
        ClientBuilder::with(options)
    }
}

impl ClientBuilder {
    /// Connects to the server.
    ///
    /// A server without a WebSocket, or with a proxy in front of it that does not pass one, is accepted if it responds to
    /// `GET /queue`: its runs are polled. [`Client::has_websocket`] says so.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Setup`] if a setting is invalid, and [`Error::Socket`] if no ComfyUI server responds at the
    /// URL.
    ///
    /// # Panics
    ///
    /// Panics outside of a tokio runtime.
    pub async fn connect(self) -> Result<Client, Error> {
        let client = self.connect_lazy()?;
        client.inner.connect().await?;
        Ok(client)
    }

    /// Creates a client without a request, so that the server need not be running yet.
    ///
    /// The WebSocket is opened when the client submits its first workflow or attaches to its first run, and a client
    /// that does neither never opens it. If it cannot be opened then, the submission is sent nevertheless, and the
    /// client continues to try.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Setup`] if a setting is invalid.
    pub fn connect_lazy(self) -> Result<Client, Error> {
        let transport = Arc::new(Transport::new(&self)?);
        let client_id = self.client_id.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
        let keys = (self.comfy_org_api_key, self.comfy_org_auth_token);
        Ok(Client { inner: Arc::new(Inner::new(transport, client_id, keys)) })
    }
}

impl Transport {
    pub(super) fn new(builder: &ClientBuilder) -> Result<Self, Error> {
        let mut base = parse_base(builder.url.reveal())?;
        let invalid =
            |setting, error: reqwest::Error| Error::Setup { setting, reason: error.without_url().to_string() };
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("comfy-runtime/", env!("CARGO_PKG_VERSION")))
            .default_headers(header_map(&builder.headers)?)
            .connect_timeout(builder.limits.connect_timeout)
            .tcp_nodelay(true)
            .tls_backend_preconfigured(tls_config(
                base.scheme(),
                &builder.root_certificates,
                builder.pinned_certificate.as_ref(),
            )?);
        if let Some(proxy) = &builder.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy.reveal()).map_err(|error| invalid("proxy", error))?);
        }
        let http = http.build().map_err(|error| invalid("HTTP configuration", error))?;
        let prefix = builder.prefix.trim_matches('/').to_owned();
        let credentials = take_credentials(&http, &mut base);
        Ok(Self { http, base, prefix, credentials, limits: builder.limits })
    }
}

/// Parses the URL of a server.
fn parse_base(text: &str) -> Result<Url, Error> {
    let invalid = |reason: String| Error::Setup { setting: "URL", reason };
    let url =
        Url::parse(text).map_err(|error| invalid(format!("{error}; expected a URL such as http://127.0.0.1:8188")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("expected http:// or https://".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        let reason = "expected neither a query nor a fragment; send a token in a header (`bearer`, `header`)";
        return Err(invalid(reason.to_owned()));
    }
    Ok(url)
}

fn header_map(headers: &[(String, Secret)]) -> Result<HeaderMap, Error> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let invalid = |reason: &str| Error::Setup { setting: "header", reason: format!("{name:?}: {reason}") };
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("invalid header name"))?;
        let mut value = HeaderValue::from_str(value.reveal())
            .map_err(|_| invalid("invalid value; expected visible ASCII characters"))?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

/// Removes user and password from the URL, so that no message contains them, and returns the header that replaces them.
fn take_credentials(http: &reqwest::Client, url: &mut Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let request = http.get(url.clone()).build().ok()?;
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    let mut header = request.headers().get(AUTHORIZATION)?.clone();
    header.set_sensitive(true);
    Some(header)
}

/// Returns the TLS configuration, with the certificates of the system and the extra ones. For plain HTTP it has none,
/// so that HTTP works on systems without certificates.
fn tls_config(
    scheme: &str,
    root_certificates: &[Certificates],
    pinned: Option<&Certificates>,
) -> Result<rustls::ClientConfig, Error> {
    let invalid = |reason: String| Error::Setup { setting: "TLS configuration", reason };
    let builder = || {
        rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(error.to_string()))
    };
    if scheme == "http" {
        let none = rustls::RootCertStore::empty();
        return Ok(builder()?.with_root_certificates(none).with_no_client_auth());
    }
    if let Some(pinned) = pinned {
        let [certificate] = pinned.read().map_err(invalid)?.try_into().map_err(|_| invalid("expected one".into()))?;
        let verifier = super::pin::Pinned::new(certificate, Arc::new(ring::default_provider()));
        return Ok(builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth());
    }
    if root_certificates.is_empty() {
        let verified = builder()?.with_platform_verifier().map_err(|error| invalid(error.to_string()))?;
        return Ok(verified.with_no_client_auth());
    }
    let mut extra = Vec::new();
    for certificates in root_certificates {
        extra.extend(certificates.read().map_err(invalid)?);
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
        .map_err(|error| invalid(error.to_string()))?;
    Ok(builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
