//! One HTTP call: the request, its response, and when it may be repeated.

use std::time::Duration;

use bytes::Bytes;
use comfy_schema::Value;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use tracing::{Instrument as _, debug};

use super::error::{Error, TransportError};
use super::json;
use super::response;
use super::transport::{Mount, Transport};

/// Maximum number of characters of a response body that an error quotes.
const MAX_MESSAGE_CHARS: usize = 500;

/// Maximum size, in bytes, of the body of a failed call. A larger body is ignored.
const MAX_ERROR_BYTES: usize = 1 << 20;

/// Maximum wait before a call is repeated, whatever the server asks for.
const MAX_RETRY_WAIT: Duration = Duration::from_secs(30);

/// A request that was not sent yet.
#[derive(Debug)]
#[must_use]
pub(crate) struct Call<'t> {
    transport: &'t Transport,
    method: Method,
    mount: Mount,
    route: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Bytes>,
    /// Whether sending the request twice has the same effect as sending it once.
    repeatable: bool,
}

impl Transport {
    /// Creates a `GET` call, which is repeatable. The route is given as its segments before percent-encoding.
    pub(crate) fn get<'s>(&self, route: impl IntoIterator<Item = &'s str>) -> Call<'_> {
        self.call(Method::GET, route).repeatable()
    }

    /// Creates a `POST` call, which counts as not repeatable.
    pub(crate) fn post<'s>(&self, route: impl IntoIterator<Item = &'s str>) -> Call<'_> {
        self.call(Method::POST, route)
    }

    /// Creates a call with any method, which counts as not repeatable.
    pub(crate) fn call<'s>(&self, method: Method, route: impl IntoIterator<Item = &'s str>) -> Call<'_> {
        Call {
            transport: self,
            method,
            mount: Mount::Prefix,
            route: route.into_iter().map(str::to_owned).collect(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            repeatable: false,
        }
    }
}

impl Call<'_> {
    /// Addresses the route below `/api`, whatever the client's prefix is.
    pub(crate) fn below_api(mut self) -> Self {
        self.mount = Mount::Api;
        self
    }

    /// Addresses the route below the base URL, without the client's prefix.
    pub(crate) fn below_root(mut self) -> Self {
        self.mount = Mount::Root;
        self
    }

    /// Declares that sending the request twice has the same effect as sending it once.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub(crate) fn query_opt(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value.to_string()),
            None => self,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn json_body(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Returns the method and the route, for messages. The query is omitted, because it may contain data that must not
    /// be logged.
    pub(crate) fn name(&self) -> String {
        format!("{} /{}", self.method, self.route.join("/"))
    }

    /// Returns the request, for callers that send another kind of body or read the response themselves.
    pub(crate) fn request(&self) -> RequestBuilder {
        let url = self.transport.url(self.mount, &self.route, &self.query);
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

    /// Sends the request, repeats it where that is safe, and turns a status of 400 or more into an error.
    pub(crate) async fn send(self) -> Result<Response, Error> {
        let name = self.name();
        let timeout = self.transport.limits.response_timeout;
        self.with_retries(|| send_request(&name, self.request().timeout(timeout))).await
    }

    /// Sends the request and reads the whole body; repeats both where that is safe.
    async fn send_and_read(self) -> Result<Vec<u8>, Error> {
        let (name, limits) = (&self.name(), self.transport.limits);
        self.with_retries(|| async {
            let response = send_request(name, self.request().timeout(limits.response_timeout)).await?;
            read_body(name, response, limits.max_response_bytes).await
        })
        .await
    }

    /// Makes attempts until one succeeds, or fails with an error after which the call must not be repeated.
    async fn with_retries<T, F>(&self, attempt: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let span = tracing::debug_span!("comfy", call = %self.name());
        let attempts = async {
            let mut retries = 0;
            loop {
                let error = match attempt().await {
                    Ok(result) => return Ok(result),
                    Err(error) => error,
                };
                if retries >= self.transport.limits.retries || !self.may_repeat_after(&error) {
                    return Err(error);
                }
                let wait = retry_wait(retries, &error);
                debug!(%error, ?wait, "retrying the call");
                tokio::time::sleep(wait).await;
                retries += 1;
            }
        };
        attempts.instrument(span).await
    }

    fn may_repeat_after(&self, error: &Error) -> bool {
        match error {
            // No connection was made, so nothing was sent.
            Error::Transport { reason, .. } if reason.is_connect() => true,
            error => self.repeatable && error.is_temporary(),
        }
    }

    /// Sends the request and parses the body as JSON.
    pub(crate) async fn json(self) -> Result<Value, Error> {
        let name = self.name();
        let body = self.send_and_read().await?;
        response::parse(&name, &body).map_err(|error| {
            let is_html = body.trim_ascii_start().starts_with(b"<");
            let html = "expected JSON, found an HTML page; is this the URL of a ComfyUI server?";
            let reason = if is_html { html.to_owned() } else { error.to_string() };
            Error::InvalidResponse { call: name, reason }
        })
    }

    /// Sends the request and returns the body as text; invalid UTF-8 is replaced.
    pub(crate) async fn text(self) -> Result<String, Error> {
        let body = self.send_and_read().await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// Sends the request and returns the body.
    pub(crate) async fn bytes(self) -> Result<Bytes, Error> {
        self.send_and_read().await.map(Bytes::from)
    }

    /// Sends the request and ignores the body.
    pub(crate) async fn no_body(self) -> Result<(), Error> {
        self.send().await.map(drop)
    }
}

/// Sends one request and turns a status of 400 or more into an error.
pub(crate) async fn send_request(name: &str, request: RequestBuilder) -> Result<Response, Error> {
    let response = request.send().await.map_err(|error| transport_error(name, error))?;
    check_status(name, response).await
}

/// Returns the response if its status is below 400.
pub(crate) async fn check_status(name: &str, response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return Err(status_error(name, status, response).await);
    }
    Ok(response)
}

/// Reads the whole body of a response, up to `max` bytes.
pub(crate) async fn read_body(name: &str, mut response: Response, max: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport_error(name, error))? {
        if body.len() + chunk.len() > max {
            return Err(too_large(name, max as u64, "max_response_bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Returns the error for a response of more bytes than a setting of the client allows.
pub(crate) fn too_large(name: &str, max: u64, setting: &str) -> Error {
    let reason = format!("expected at most {max} bytes, found more; see `{setting}`");
    Error::InvalidResponse { call: name.to_owned(), reason }
}

/// Wraps an error of the HTTP client.
pub(crate) fn transport_error(name: &str, error: reqwest::Error) -> Error {
    Error::Transport { call: name.to_owned(), reason: TransportError::new(error) }
}

async fn status_error(name: &str, status: StatusCode, response: Response) -> Error {
    let seconds = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    // A failure to read the body is ignored, because the body only explains the status.
    let body = read_body(name, response, MAX_ERROR_BYTES).await.unwrap_or_default();
    Error::Status {
        call: name.to_owned(),
        status: status.as_u16(),
        message: error_message(&body),
        retry_after: seconds.map(Duration::from_secs),
    }
}

/// Returns the message in the body of a failed call: the one of an error object, or plain text, but never HTML.
pub(crate) fn error_message(body: &[u8]) -> String {
    let message = match response::parse_message("the body of a failed call", body) {
        Ok(value) => match json::get(&value, "error") {
            Some(Value::String(text)) => text.to_string(),
            Some(error) => json::string(error, "message").unwrap_or_else(|| error.to_string()),
            None => value.to_string(),
        },
        Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    };
    if message.starts_with('<') {
        return "an HTML page, perhaps from a proxy in front of the server".to_owned();
    }
    message.chars().take(MAX_MESSAGE_CHARS).collect()
}

/// Returns the wait before the next attempt: the time that the server asks for, or else about 0.1 s, 0.2 s, 0.4 s, …,
/// but at most [`MAX_RETRY_WAIT`].
pub(crate) fn retry_wait(retries: u32, error: &Error) -> Duration {
    let asked = match error {
        Error::Status { retry_after, .. } => *retry_after,
        _ => None,
    };
    asked.unwrap_or_else(|| jittered(Duration::from_millis(100) * 2_u32.pow(retries.min(8)))).min(MAX_RETRY_WAIT)
}

/// Returns a random time from 0.5 to 1.5 times `time`, so that many clients do not retry at the same moment.
pub(crate) fn jittered(time: Duration) -> Duration {
    let [byte, ..] = uuid::Uuid::new_v4().into_bytes();
    time / 2 + time * u32::from(byte) / 255
}
