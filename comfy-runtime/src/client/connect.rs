//! Connects a client: checks its settings, sets up TLS and HTTP, and opens the WebSocket.

use std::sync::Arc;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::Client;
use super::builder::ClientBuilder;
use super::error::Error;
use super::hub::Hub;
use super::inner::Inner;
use super::secret::Secret;
use super::socket;
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

    /// Returns a builder for a client whose settings differ from the defaults.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url)
    }
}

impl ClientBuilder {
    /// Connects to the server.
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
        let transport = Arc::new(Transport::new(&self)?);
        let client_id = self.client_id.unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
        let first = socket::open(&transport, &client_id).await?;
        let hub = Arc::new(Hub::new());
        let keys = (self.comfy_org_api_key, self.comfy_org_auth_token);
        let inner = Inner::new(Arc::clone(&transport), Arc::clone(&hub), client_id.clone(), keys);
        hub.set_open();
        tokio::spawn(socket::keep_open(hub, transport, client_id, first));
        Ok(Client { inner: Arc::new(inner) })
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
            .tls_backend_preconfigured(tls_config(base.scheme(), &builder.root_certificates)?);
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
fn tls_config(scheme: &str, root_certificates: &[Vec<u8>]) -> Result<rustls::ClientConfig, Error> {
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
    if root_certificates.is_empty() {
        let verified = builder()?.with_platform_verifier().map_err(|error| invalid(error.to_string()))?;
        return Ok(verified.with_no_client_auth());
    }
    let mut extra = Vec::new();
    for pem in root_certificates {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject as _;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            extra.push(certificate.map_err(|error| invalid(format!("cannot parse a root certificate: {error}")))?);
        }
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
        .map_err(|error| invalid(error.to_string()))?;
    Ok(builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
