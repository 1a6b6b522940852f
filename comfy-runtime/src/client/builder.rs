//! How a client is set up.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::secret::Secret;
use super::transport::Transport;
use super::{Client, Error};

/// A client to be: [`Client::builder`].
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
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) proxy: Option<Secret>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) client_id: Option<String>,
    pub(super) api_key: Option<Secret>,
    pub(super) auth_token: Option<Secret>,
    pub(super) limits: Limits,
}

/// How long things may take, and how large they may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    pub(crate) answer: Duration,
    pub(crate) silence: Duration,
    pub(crate) poll: Duration,
    pub(crate) stalled: Duration,
    pub(crate) unreachable: Duration,
    pub(crate) retries: u32,
    pub(crate) body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            silence: Duration::from_secs(60),
            poll: Duration::from_secs(5),
            stalled: Duration::from_secs(30 * 60),
            unreachable: Duration::from_secs(5 * 60),
            retries: 4,
            body: 256 << 20,
        }
    }
}

impl ClientBuilder {
    pub(super) fn new(url: impl Into<String>) -> Self {
        Self {
            url: Secret::new(url),
            prefix: "/api".to_owned(),
            headers: Vec::new(),
            proxy: None,
            roots: Vec::new(),
            client_id: None,
            api_key: None,
            auth_token: None,
            limits: Limits::default(),
        }
    }

    /// What stands between the base URL and the routes: `/api` if not said, the empty text for none. A server has its
    /// routes at both places; a proxy in front of it may pass on only one.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// A header for every request. The value is treated as a secret.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), Secret::new(value)));
        self
    }

    /// `Authorization: Bearer …`, for a proxy in front of the server.
    pub fn bearer(self, token: impl AsRef<str>) -> Self {
        self.header("authorization", format!("Bearer {}", token.as_ref()))
    }

    /// `X-API-Key: …`, for a proxy in front of the server.
    pub fn api_key(self, key: impl Into<String>) -> Self {
        self.header("x-api-key", key)
    }

    /// The user of a server that runs with `--multi-user`: the header `comfy-user`.
    pub fn user(self, id: impl Into<String>) -> Self {
        self.header("comfy-user", id)
    }

    /// The key that partner nodes are paid with: `extra_data.api_key_comfy_org` of every prompt.
    pub fn comfy_org_api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(Secret::new(key));
        self
    }

    /// The token that partner nodes are paid with: `extra_data.auth_token_comfy_org` of every prompt.
    pub fn comfy_org_auth_token(mut self, token: impl Into<String>) -> Self {
        self.auth_token = Some(Secret::new(token));
        self
    }

    /// The proxy for every request, `http://user:password@host:port`. If not said, the one that the environment names.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(Secret::new(url));
        self
    }

    /// A certificate in PEM to trust besides those of the system.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// The id that the server sends events to; a new one for every client if not said. Two clients with one id take
    /// each other's events.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.client_id = Some(id.into());
        self
    }

    /// How long connecting may take; 10 s if not said.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = timeout;
        self
    }

    /// How long an answer of a call may take, from the request to the last byte of a JSON body; 60 s if not said. Not
    /// for uploads and downloads.
    pub fn answer_timeout(mut self, timeout: Duration) -> Self {
        self.limits.answer = timeout;
        self
    }

    /// How long a transfer may give no byte before it is taken up again; 60 s if not said.
    pub fn silence_timeout(mut self, timeout: Duration) -> Self {
        self.limits.silence = timeout;
        self
    }

    /// How long a run's events may be silent before the client asks the server what became of it; 5 s if not said.
    /// Half a second at most where the socket is closed.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.limits.poll = interval;
        self
    }

    /// How long a run may give no sign of life before it ends as [stalled](Error::Stalled); 30 min if not said. A sign
    /// is an event of the run, or a change of the queue while it waits.
    pub fn stalled_after(mut self, time: Duration) -> Self {
        self.limits.stalled = time;
        self
    }

    /// How long a server may not answer before its runs end as [lost](Error::Lost); 5 min if not said.
    pub fn unreachable_after(mut self, time: Duration) -> Self {
        self.limits.unreachable = time;
        self
    }

    /// How often a call is tried again that cannot do harm twice: after a refused connection, and after the statuses
    /// 429, 502, 503 and 504 of calls that only read. 4 if not said.
    pub fn retries(mut self, retries: u32) -> Self {
        self.limits.retries = retries;
        self
    }

    /// The longest answer that is read into memory, in bytes; 256 MiB if not said. Not for downloads.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// Opens the WebSocket, waits until the server knows it, and gives the client.
    ///
    /// # Errors
    ///
    /// [`Error::Setup`] if something that was set cannot be used, [`Error::Socket`] if no ComfyUI server answers there.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn connect(self) -> Result<Client, Error> {
        Client::open(self).await
    }

    pub(super) fn transport(&self) -> Result<Transport, Error> {
        Transport::new(self)
    }

    pub(super) fn header_map(&self) -> Result<HeaderMap, Error> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            let bad = |why: &str| Error::Setup { what: "header", why: format!("{name:?}: {why}") };
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad("this is no name of a header"))?;
            let mut value = HeaderValue::from_str(value.reveal())
                .map_err(|_| bad("its value holds characters that a header cannot"))?;
            value.set_sensitive(true);
            map.append(name, value);
        }
        Ok(map)
    }
}
