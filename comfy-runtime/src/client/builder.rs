//! The builder that holds the settings of a client.

use std::fmt;
use std::time::Duration;

use comfy_schema::server::{Secret, ServerOptions};
use comfy_tls::{Pem, Trust};

use super::limits::Limits;

/// Names and values of headers. `Debug` shows neither: a secret may stand in the place of a name.
#[derive(Clone)]
pub(super) struct Headers(pub(super) Vec<(String, Secret)>);

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} headers", self.0.len())
    }
}

/// A builder that configures and connects a client; [`Client::builder`](super::Client::builder) creates one.
///
/// ```no_run
/// use std::time::Duration;
/// use comfy_runtime::Client;
///
/// # async fn connect() -> Result<(), comfy_runtime::client::Error> {
/// let client = Client::builder("https://gpu.example.com/comfy")
///     .bearer(std::env::var("COMFY_TOKEN").unwrap_or_default())
///     .stalled_after(Duration::from_secs(600))
///     .connect()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `connect`"]
pub struct ClientBuilder {
    pub(super) url: Secret,
    pub(super) prefix: String,
    pub(super) headers: Headers,
    pub(super) proxy: Option<Secret>,
    pub(super) trust: Trust,
    pub(super) websocket: Option<Secret>,
    pub(super) client_id: Option<String>,
    pub(super) comfy_org_api_key: Option<Secret>,
    pub(super) comfy_org_auth_token: Option<Secret>,
    pub(super) limits: Limits,
}

impl ClientBuilder {
    pub(super) fn new(url: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            prefix: "/api".to_owned(),
            headers: Headers(Vec::new()),
            proxy: None,
            trust: Trust::default(),
            websocket: None,
            client_id: None,
            comfy_org_api_key: None,
            comfy_org_auth_token: None,
            limits: Limits::default(),
        }
    }

    pub(super) fn with(options: &ServerOptions) -> Self {
        let mut trust = Trust::default();
        if let Some(path) = &options.ca_certificate {
            trust = trust.authority(Pem::File(path.clone()));
        }
        if let Some(path) = &options.pin_certificate {
            trust = trust.pin(Pem::File(path.clone()));
        }
        let (headers, websocket) = (Headers(options.all_headers()), options.websocket.clone());
        Self { headers, trust, websocket, ..Self::new(options.url.clone()) }
    }

    /// Sets the path between the base URL and the routes; defaults to `/api`, and may be empty.
    ///
    /// A server has its routes with and without `/api`; a proxy in front of it may forward only one of the two forms.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Adds a header to every request. The value is treated as a secret.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.0.push((name.into(), Secret::new(value)));
        self
    }

    /// Adds the header `Authorization: Bearer …`, for a proxy in front of the server.
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        self.header("authorization", format!("Bearer {}", token.as_ref()))
    }

    /// Adds the header `X-API-Key: …`, for a proxy in front of the server.
    pub fn api_key(self, key: impl Into<String>) -> Self {
        self.header("x-api-key", key)
    }

    /// Selects the user on a server that runs with `--multi-user`, by the header `comfy-user`.
    pub fn user(self, id: impl Into<String>) -> Self {
        self.header("comfy-user", id)
    }

    /// Sets the API key that pays for partner nodes: `extra_data.api_key_comfy_org` of every prompt.
    pub fn comfy_org_api_key(mut self, key: impl Into<String>) -> Self {
        self.comfy_org_api_key = Some(Secret::new(key));
        self
    }

    /// Sets the token that pays for partner nodes: `extra_data.auth_token_comfy_org` of every prompt.
    pub fn comfy_org_auth_token(mut self, token: impl Into<String>) -> Self {
        self.comfy_org_auth_token = Some(Secret::new(token));
        self
    }

    /// Sets the proxy for every request, `http://user:password@host:port`; defaults to the one that environment
    /// variables such as `HTTPS_PROXY` set.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(Secret::new(url));
        self
    }

    /// Trusts a certificate in PEM format in addition to those of the system.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust = self.trust.authority(Pem::Text(pem.into()));
        self
    }

    /// Accepts the server with exactly this certificate in PEM format, whatever names, dates and issuer it has, and
    /// with no other.
    ///
    /// A self-signed certificate, as `openssl req -x509` writes it for ComfyUI's option `--tls-certfile`, needs this.
    pub fn pin_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.trust = self.trust.pin(Pem::Text(pem.into()));
        self
    }

    /// Sets path and query of the WebSocket below the base URL, such as `/ws?token=…`, for hosts that expect a token
    /// there; defaults to `/ws` below the [prefix](Self::prefix). The query is treated as a secret.
    pub fn websocket_path(mut self, path_and_query: impl Into<String>) -> Self {
        self.websocket = Some(Secret::new(path_and_query));
        self
    }

    /// Sets the id to which the server sends events; defaults to a new one for every client.
    ///
    /// Two clients with the same id receive each other's events.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// Sets how long connecting may take; defaults to 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect_timeout = timeout;
        self
    }

    /// Sets how long a call may take from the request to the last byte of the response; defaults to 60 s.
    ///
    /// Uploads and downloads have no such limit.
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.limits.response_timeout = timeout;
        self
    }

    /// Sets how long an upload or a download may make no progress before it is retried; defaults to 60 s.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.limits.read_timeout = timeout;
        self
    }

    /// Sets the time without an event of a run after which the client asks the server for the run's state; defaults to
    /// 5 s.
    ///
    /// While no events of the run can arrive, because the WebSocket is closed or the run is one of another client id, the
    /// client asks every 0.25 s to 2 s, the less often the longer nothing happens.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.limits.poll_interval = interval;
        self
    }

    /// Sets the time without activity after which a run ends as [stalled](super::Error::Stalled); defaults to 30 min.
    ///
    /// Activity is an event of the run, or a change of its position in the queue while it waits.
    pub fn stalled_after(mut self, time: Duration) -> Self {
        self.limits.stalled_after = time;
        self
    }

    /// Sets the time without a response of the server after which its runs end as [lost](super::Error::Lost); defaults
    /// to 5 min.
    ///
    /// If the server, or a proxy in front of it, does respond, but in a way that cannot be used, such as with a login page
    /// or with status 403, its runs end as lost after a minute, or after this time if it is shorter.
    pub fn unreachable_after(mut self, time: Duration) -> Self {
        self.limits.unreachable_after = time;
        self
    }

    /// Sets how many times a failed call is repeated; defaults to 4.
    ///
    /// Every call is repeated if no connection was made. Calls that have the same effect when they are sent twice are
    /// also repeated after a broken connection and after the statuses 429, 502, 503 and 504.
    pub fn retries(mut self, retries: u32) -> Self {
        self.limits.retries = retries;
        self
    }

    /// Sets the maximum size of a response or a file that is read into memory, in bytes; defaults to 256 MiB.
    ///
    /// Files that are saved or read as a stream do not count; see [`max_download_bytes`](Self::max_download_bytes).
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_response_bytes = bytes;
        self
    }

    /// Sets the maximum size of a file that is downloaded, in bytes; defaults to 64 GiB.
    pub fn max_download_bytes(mut self, bytes: u64) -> Self {
        self.limits.max_download_bytes = bytes;
        self
    }
}
