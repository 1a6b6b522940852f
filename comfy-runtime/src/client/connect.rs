//! Connects a client: checks its settings, sets up TLS and HTTP, and opens the WebSocket.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use comfy_schema::server::header::reserved;
use comfy_schema::server::redaction::Redaction;
use comfy_schema::server::{Secret, ServerOptions};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::Client;
use super::builder::ClientBuilder;
use super::error::Error;
use super::http::HttpSettings;
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
        let settings = HttpSettings {
            trust: builder.trust.clone(),
            proxy: builder.proxy.clone(),
            connect_timeout: builder.limits.connect_timeout,
        };
        // Plain HTTP needs no certificates, so that it works on systems without any.
        let tls = if base.scheme() == "http" { comfy_tls::no_tls() } else { builder.trust.client_config() };
        let http = settings.client(header_map(&builder.headers.0)?, tls)?;
        let prefix = builder.prefix.trim_matches('/').to_owned();
        let credentials = take_credentials(&http, &mut base);
        let websocket = builder.websocket.as_ref().map(|path| websocket_url(&base, path)).transpose()?;
        let (limits, anonymous, outages) = (builder.limits, OnceLock::new(), AtomicU64::new(0));
        let redaction = redaction(builder);
        Ok(Self { http, settings, anonymous, base, prefix, websocket, credentials, redaction, limits, outages })
    }
}

/// Returns the redaction of everything that the settings hold as a secret.
fn redaction(builder: &ClientBuilder) -> Redaction {
    let urls = [Some(&builder.url), builder.proxy.as_ref()];
    let others = [builder.comfy_org_api_key.as_ref(), builder.comfy_org_auth_token.as_ref()];
    let (urls, others) = (urls.into_iter().flatten(), others.into_iter().flatten());
    Redaction::new(urls, &builder.headers.0, builder.websocket.as_ref(), others)
}

/// Returns the URL of the WebSocket, which has a path and a query of its own below the base URL.
fn websocket_url(base: &Url, path_and_query: &Secret) -> Result<Url, Error> {
    let text = path_and_query.reveal();
    if text.contains("://") || text.contains('#') || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let reason = "expected a path with an optional query, such as /ws?token=…".to_owned();
        return Err(Error::Setup { setting: "path of the WebSocket", reason });
    }
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    let mut url = base.clone();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/')));
    url.set_query(query.filter(|query| !query.is_empty()));
    Ok(url)
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
        let invalid = |reason: String| Error::Setup { setting: "header", reason };
        // What is not a name may be a secret in the wrong place.
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| invalid("expected a name of letters, digits and hyphens".to_owned()))?;
        if let Some(name) = reserved(name.as_str()) {
            return Err(invalid(format!("{name}: the client sets this header itself")));
        }
        let mut value = HeaderValue::from_bytes(value.reveal().as_bytes())
            .map_err(|_| invalid(format!("{name}: expected a value without control characters")))?;
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
