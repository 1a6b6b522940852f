//! One HTTP call: the request, its response, and when it may be repeated.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use comfy_schema::Value;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use tracing::{Instrument as _, debug};

use super::call_name::CallName;
use super::error::Error;
use super::json_fault::JsonFault;
use super::json_reader::{Filter, JsonReader, KeepAll};
use super::limits::{JsonBounds, MAX_ERROR_BYTES, MAX_RETRY_WAIT};
use super::redirect::{self, Redirects};
use super::retry_after::retry_after;
use super::shape::unexpected_body;
use super::transport::{Mount, Transport, is_segment};
use super::words::{self, error_message};

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
    redirects: Redirects,
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
            redirects: Redirects::SameOrigin,
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

    /// Addresses the WebSocket.
    pub(crate) fn socket(mut self) -> Self {
        self.mount = Mount::Socket;
        self
    }

    /// Allows redirects to other origins, where no credentials are sent.
    pub(crate) fn follow_anywhere(mut self) -> Self {
        self.redirects = Redirects::AnyOrigin;
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
    pub(crate) fn name(&self) -> CallName {
        CallName::new(format!("{} /{}", self.method, self.route.join("/")), &self.transport.redaction)
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

    /// Returns a message about a response without the secrets of this client.
    pub(crate) fn redacted(&self, message: impl ToString) -> String {
        self.transport.redaction.string(message.to_string())
    }

    /// Sends the request, repeats it where that is safe, and turns a status of 400 or more into an error.
    pub(crate) async fn send(self) -> Result<Response, Error> {
        let timeout = self.transport.limits.response_timeout;
        self.with_retries(|| self.exchange(self.request().timeout(timeout))).await
    }

    /// Sends a request of this call once, follows redirects as far as is safe, and turns a status of 400 or more into an
    /// error.
    pub(crate) async fn exchange(&self, request: RequestBuilder) -> Result<Response, Error> {
        check_status(self.transport, &self.name(), self.response(request).await?).await
    }

    /// Sends a request of this call once, and follows redirects as far as is safe.
    pub(crate) async fn response(&self, request: RequestBuilder) -> Result<Response, Error> {
        check_route(self.route.iter().map(String::as_str))?;
        redirect::send(self.transport, &self.name(), request, self.redirects).await
    }

    /// Sends the request and reads the whole body; repeats both where that is safe.
    async fn send_and_read(self) -> Result<Vec<u8>, Error> {
        let (name, limits) = (&self.name(), self.transport.limits);
        self.with_retries(|| async {
            let response = self.exchange(self.request().timeout(limits.response_timeout)).await?;
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
                if error.is_outage() {
                    self.transport.note_outage();
                }
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
        let bounds = JsonBounds::response(self.transport.limits.max_response_bytes);
        self.filtered_json(bounds, &KeepAll).await
    }

    /// Sends the request and parses the body as JSON while it arrives, without the values that the filter leaves out.
    pub(crate) async fn filtered_json(self, bounds: JsonBounds, filter: &dyn Filter) -> Result<Value, Error> {
        let (name, timeout) = (&self.name(), self.transport.limits.response_timeout);
        self.with_retries(|| async {
            let response = self.exchange(self.request().timeout(timeout)).await?;
            read_json(self.transport, name, response, JsonReader::new(name, bounds, filter)).await
        })
        .await
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

    /// Sends a request whose response has no body. The page of a login or a proxy in its place confirms nothing.
    pub(crate) async fn no_body(self) -> Result<(), Error> {
        let name = self.name();
        let body = self.send_and_read().await?;
        if body.trim_ascii().is_empty() {
            return Ok(());
        }
        Err(unexpected_body(&name, &body, "an empty response"))
    }
}

/// Returns the response if its status is below 400.
pub(crate) async fn check_status(transport: &Transport, name: &str, response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return Err(status_error(transport, name, status, response).await);
    }
    Ok(response)
}

/// Reads the whole body of a response, up to `max` bytes.
pub(crate) async fn read_body(name: &str, mut response: Response, max: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Error::transport(name, error))? {
        if body.len() + chunk.len() > max {
            return Err(too_large(name, max as u64, "max_response_bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Parses the body of a response as JSON while it arrives.
async fn read_json(
    transport: &Transport,
    name: &str,
    mut response: Response,
    mut reader: JsonReader<'_>,
) -> Result<Value, Error> {
    // The beginning shows whether a page stands in place of JSON.
    let mut beginning = Bytes::new();
    let read = loop {
        match response.chunk().await.map_err(|error| Error::transport(name, error))? {
            Some(chunk) => {
                if beginning.is_empty() {
                    beginning = chunk.slice(..chunk.len().min(MAX_ERROR_BYTES));
                }
                match reader.push(&chunk) {
                    Ok(()) => {}
                    Err(reason) => break Err(reason),
                }
            }
            None => break reader.finish(),
        }
    };
    read.map_err(|fault| {
        if !words::is_page(&beginning) {
            return match fault {
                JsonFault::TooLarge(reason) => Error::ResponseTooLarge { call: name.to_owned(), reason },
                JsonFault::Invalid(reason) => {
                    Error::InvalidResponse { call: name.to_owned(), reason: transport.redaction.string(reason) }
                }
            };
        }
        let page = words::page(&transport.redaction, &beginning);
        let reason = format!("expected JSON, found {page}; is this the URL of a ComfyUI server?");
        Error::InvalidResponse { call: name.to_owned(), reason }
    })
}

/// Returns the error for a response of more bytes than a setting of the client allows.
pub(crate) fn too_large(name: &str, max: u64, setting: &str) -> Error {
    let reason = format!("expected at most {max} bytes, found more; see `{setting}`");
    Error::ResponseTooLarge { call: name.to_owned(), reason }
}

async fn status_error(transport: &Transport, name: &str, status: StatusCode, response: Response) -> Error {
    let retry_after = retry_after(response.headers(), SystemTime::now());
    // A failure to read the body is ignored, because the body only explains the status.
    let body = read_body(name, response, MAX_ERROR_BYTES).await.unwrap_or_default();
    let message = error_message(&transport.redaction, &body);
    Error::Status { call: name.to_owned(), status: status.as_u16(), message, retry_after }
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

/// Returns an error if a segment of a route cannot be sent as it is.
pub(super) fn check_route<'r>(route: impl IntoIterator<Item = &'r str>) -> Result<(), Error> {
    match route.into_iter().find(|part| !is_segment(part)) {
        Some(part) => Err(Error::PathSegment { text: part.to_owned() }),
        None => Ok(()),
    }
}
