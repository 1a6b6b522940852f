//! HTTP: one request, its answer, and when it may be sent again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use comfy_schema::Value;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tracing::{Instrument as _, debug};

use super::builder::{ClientBuilder, Limits};
use super::error::{Error, TransportError};

/// Most characters of a body that an error repeats.
const MOST_SAID: usize = 500;

/// Longest wait before a call is tried again, whatever the server asks for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The way to one server.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    base: Url,
    prefix: String,
    /// What the URL held of user and password.
    credentials: Option<HeaderValue>,
    pub(crate) limits: Limits,
}

/// Where a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Below the prefix that the client was given.
    Prefixed,
    /// Below `/api`, the only place where it is.
    Api,
    /// Below the base URL.
    Plain,
}

/// A request to be.
#[derive(Debug)]
#[must_use]
pub(crate) struct Call<'t> {
    transport: &'t Transport,
    method: Method,
    place: Place,
    route: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Bytes>,
    /// Sending it twice does what sending it once does.
    repeatable: bool,
}

impl Transport {
    pub(crate) fn new(builder: &ClientBuilder) -> Result<Self, Error> {
        let mut base = base(builder.url.reveal())?;
        let bad = |what, error: reqwest::Error| Error::Setup { what, why: error.without_url().to_string() };
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("comfy-runtime/", env!("CARGO_PKG_VERSION")))
            .default_headers(builder.header_map()?)
            .connect_timeout(builder.limits.connect)
            .tcp_nodelay(true)
            .tls_backend_preconfigured(tls(base.scheme(), &builder.roots)?);
        if let Some(proxy) = &builder.proxy {
            http = http.proxy(reqwest::Proxy::all(proxy.reveal()).map_err(|error| bad("proxy", error))?);
        }
        let http = http.build().map_err(|error| bad("HTTP client", error))?;
        let prefix = builder.prefix.trim_matches('/').to_owned();
        let credentials = taken(&http, &mut base);
        Ok(Self { http, base, prefix, credentials, limits: builder.limits })
    }

    /// A call that reads. The route is its segments, as they are before they are encoded.
    pub(crate) fn get<'s>(&self, route: impl IntoIterator<Item = &'s str>) -> Call<'_> {
        self.call(Method::GET, route).repeatable()
    }

    /// A call that changes something.
    pub(crate) fn post<'s>(&self, route: impl IntoIterator<Item = &'s str>) -> Call<'_> {
        self.call(Method::POST, route)
    }

    pub(crate) fn call<'s>(&self, method: Method, route: impl IntoIterator<Item = &'s str>) -> Call<'_> {
        Call {
            transport: self,
            method,
            place: Place::Prefixed,
            route: route.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            repeatable: false,
        }
    }

    fn url(&self, place: Place, route: &[String], query: &[(&'static str, String)]) -> Url {
        let mut url = self.base.clone();
        let prefix = match place {
            Place::Prefixed => self.prefix.as_str(),
            Place::Api => "api",
            Place::Plain => "",
        };
        // `base` has checked that the URL can have a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(prefix.split('/').filter(|part| !part.is_empty())).extend(route);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl Call<'_> {
    /// The route is there below `/api` only.
    pub(crate) fn api(mut self) -> Self {
        self.place = Place::Api;
        self
    }

    /// The route has no twin below `/api`.
    pub(crate) fn plain(mut self) -> Self {
        self.place = Place::Plain;
        self
    }

    /// Sending it twice does what sending it once does.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// A query parameter that may be left out.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value.to_string()),
            None => self,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// JSON to send.
    pub(crate) fn json_body(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Method and route, for messages. Without the query, which may say more than a log should.
    pub(crate) fn name(&self) -> String {
        format!("{} /{}", self.method, self.route.join("/"))
    }

    /// The request, for a body or an answer that is not like the others.
    pub(crate) fn request(&self) -> RequestBuilder {
        let url = self.transport.url(self.place, &self.route, &self.query);
        let mut request = self.transport.http.request(self.method.clone(), url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(credentials) = &self.transport.credentials {
            request = request.header(AUTHORIZATION, credentials);
        }
        match &self.body {
            Some(body) => request.header("content-type", "application/json").body(body.clone()),
            None => request,
        }
    }

    /// Sends the request, and again where that does no harm. An answer with a status of 400 or more is an error.
    pub(crate) async fn send(self) -> Result<Response, Error> {
        let answer = self.transport.limits.answer;
        self.send_within(Some(answer)).await
    }

    /// As [`Self::send`]; without a time there is none for the whole answer, as for downloads.
    pub(crate) async fn send_within(self, time: Option<Duration>) -> Result<Response, Error> {
        let name = self.name();
        let span = tracing::debug_span!("comfy", call = %name);
        self.attempts(name, time).instrument(span).await
    }

    async fn attempts(self, name: String, time: Option<Duration>) -> Result<Response, Error> {
        let mut attempt = 0;
        loop {
            let request = self.request();
            let request = match time {
                Some(time) => request.timeout(time),
                None => request,
            };
            match sent(&name, request).await {
                Ok(response) => return Ok(response),
                Err(error) => self.before_next(&mut attempt, error).await?,
            }
        }
    }

    /// Sends the request and reads the whole answer; both again where that does no harm.
    async fn whole(self) -> Result<Vec<u8>, Error> {
        let (name, limits) = (self.name(), self.transport.limits);
        let span = tracing::debug_span!("comfy", call = %name);
        let attempts = async {
            let mut attempt = 0;
            loop {
                let body = match sent(&name, self.request().timeout(limits.answer)).await {
                    Ok(response) => read(&name, response, limits.body).await,
                    Err(error) => Err(error),
                };
                match body {
                    Ok(body) => return Ok(body),
                    Err(error) => self.before_next(&mut attempt, error).await?,
                }
            }
        };
        attempts.instrument(span).await
    }

    /// Waits for the next attempt; gives the error back if there shall be none.
    async fn before_next(&self, attempt: &mut u32, error: Error) -> Result<(), Error> {
        if *attempt >= self.transport.limits.retries || !self.may_repeat(&error) {
            return Err(error);
        }
        let wait = pause(*attempt, &error);
        debug!(%error, ?wait, "trying again");
        tokio::time::sleep(wait).await;
        *attempt += 1;
        Ok(())
    }

    fn may_repeat(&self, error: &Error) -> bool {
        match error {
            // Nothing was sent.
            Error::Transport { why, .. } if why.is_connect() => true,
            error => self.repeatable && error.is_temporary(),
        }
    }

    /// The JSON of the answer.
    pub(crate) async fn json(self) -> Result<Value, Error> {
        let name = self.name();
        let body = self.whole().await?;
        Value::parse(&body).map_err(|error| Error::Answer { call: name, why: unreadable(&body, &error.to_string()) })
    }

    /// The text of the answer.
    pub(crate) async fn text(self) -> Result<String, Error> {
        let body = self.whole().await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// The bytes of the answer.
    pub(crate) async fn bytes(self) -> Result<Bytes, Error> {
        self.whole().await.map(Bytes::from)
    }

    /// Nothing but that it succeeded.
    pub(crate) async fn done(self) -> Result<(), Error> {
        self.send().await.map(drop)
    }
}

/// Sends one request; a status of 400 or more is an error.
pub(crate) async fn sent(name: &str, request: RequestBuilder) -> Result<Response, Error> {
    let response = request.send().await.map_err(|error| transport(name, error))?;
    checked(name, response).await
}

/// The response, if its status is below 400.
pub(crate) async fn checked(name: &str, response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return Err(failed(name, status, response).await);
    }
    Ok(response)
}

/// The whole body, if it is not larger than allowed.
pub(crate) async fn read(name: &str, mut response: Response, limit: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(name, error))? {
        if body.len() + chunk.len() > limit {
            let why = format!("it is longer than {limit} bytes, the most that this client reads");
            return Err(Error::Answer { call: name.to_owned(), why });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A broken connection as an error.
pub(crate) fn transport(name: &str, error: reqwest::Error) -> Error {
    Error::Transport { call: name.to_owned(), why: TransportError::new(error) }
}

async fn failed(name: &str, status: StatusCode, response: Response) -> Error {
    let seconds = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    // The body only explains; that it cannot be read changes nothing.
    let body = read(name, response, 1 << 20).await.unwrap_or_default();
    Error::Status {
        call: name.to_owned(),
        status: status.as_u16(),
        message: message(&body),
        retry_after: seconds.map(Duration::from_secs),
    }
}

/// What a body says: the text of an error object, or a plain text; nothing of HTML.
pub(crate) fn message(body: &[u8]) -> String {
    let said = match Value::parse(body) {
        Ok(value) => match super::json::get(&value, "error") {
            Some(Value::String(text)) => text.to_string(),
            Some(error) => super::json::string(error, "message").unwrap_or_else(|| error.to_string()),
            None => value.to_string(),
        },
        Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    };
    if said.starts_with('<') {
        return "an HTML page, so perhaps not of the server but of something in front of it".to_owned();
    }
    said.chars().take(MOST_SAID).collect()
}

fn unreadable(body: &[u8], error: &str) -> String {
    if body.trim_ascii_start().starts_with(b"<") {
        "it is an HTML page; is this the URL of a ComfyUI server?".to_owned()
    } else {
        error.to_owned()
    }
}

/// How long to wait before the next attempt: as the server asks, else 0.1 s, 0.2 s, 0.4 s, …, give or take a half.
pub(crate) fn pause(attempt: u32, error: &Error) -> Duration {
    let asked = match error {
        Error::Status { retry_after, .. } => *retry_after,
        _ => None,
    };
    asked.unwrap_or_else(|| jittered(Duration::from_millis(100) * 2_u32.pow(attempt.min(8)))).min(LONGEST_WAIT)
}

/// A time between half of `time` and one and a half of it, so that many clients do not come back at once.
pub(crate) fn jittered(time: Duration) -> Duration {
    let [byte, ..] = uuid::Uuid::new_v4().into_bytes();
    time / 2 + time * u32::from(byte) / 255
}

/// The URL, if it can be one of a server.
fn base(text: &str) -> Result<Url, Error> {
    let bad = |why: &str| Error::Setup { what: "URL", why: why.to_owned() };
    let url = Url::parse(text).map_err(|error| bad(&format!("{error}; write it like http://127.0.0.1:8188")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("it begins with neither http:// nor https://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("it has a query or a fragment; a token goes into a header (`bearer`, `header`)"));
    }
    Ok(url)
}

/// Takes user and password out of the URL, where they would be printed, and gives the header that says them.
fn taken(http: &reqwest::Client, url: &mut Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let request = http.get(url.clone()).build().ok()?;
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    let mut header = request.headers().get(AUTHORIZATION)?.clone();
    header.set_sensitive(true);
    Some(header)
}

/// TLS with the system's certificates. Without any, plain HTTP still works.
fn tls(scheme: &str, roots: &[Vec<u8>]) -> Result<rustls::ClientConfig, Error> {
    let bad = |why: String| Error::Setup { what: "TLS", why };
    let builder = || {
        rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| bad(error.to_string()))
    };
    if scheme == "http" {
        let none = rustls::RootCertStore::empty();
        return Ok(builder()?.with_root_certificates(none).with_no_client_auth());
    }
    if roots.is_empty() {
        let verified = builder()?.with_platform_verifier().map_err(|error| bad(error.to_string()))?;
        return Ok(verified.with_no_client_auth());
    }
    let mut extra = Vec::new();
    for pem in roots {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject as _;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            extra.push(certificate.map_err(|error| bad(format!("a root certificate is no PEM: {error}")))?);
        }
    }
    let provider = Arc::new(ring::default_provider());
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(extra, provider)
        .map_err(|error| bad(error.to_string()))?;
    Ok(builder()?.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}
