//! The requests that came in.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use comfy_schema::Value;

use crate::sync::lock;

/// So many requests are remembered.
const MOST: usize = 10_000;

/// Longer bodies are not remembered, in bytes.
const LONGEST_BODY: usize = 1 << 20;

/// All bodies together may have so many bytes; the oldest requests make room.
const MOST_BYTES: usize = 64 << 20;

/// A request that the server got.
///
/// Its `Debug` shows no header values and no body: keys and tokens may be in them.
#[derive(Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path as it was sent, `/api` included.
    pub path: String,
    /// What follows the `?`, as it was sent.
    pub query: Option<String>,
    headers: HeaderMap,
    body: Arc<OnceLock<Bytes>>,
    status: Arc<OnceLock<u16>>,
}

impl Request {
    /// A header's value; `None` if it is absent or not a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, where the route reads one as a whole (uploads are not) and it is at most a MiB.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.get().map(AsRef::as_ref)
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        Value::parse(self.body()?).ok()
    }

    /// The status of the answer, once there is one.
    pub fn status(&self) -> Option<u16> {
        self.status.get().copied()
    }

    pub(crate) fn set_body(&self, body: &Bytes) {
        if body.len() <= LONGEST_BODY {
            _ = self.body.set(body.clone());
        }
    }

    pub(crate) fn set_status(&self, status: u16) {
        _ = self.status.set(status);
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    requests: Mutex<VecDeque<Request>>,
}

impl Seen {
    /// Remembers a request.
    pub(crate) fn add(&self, parts: &Parts) -> Request {
        let request = Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts.headers.clone(),
            body: Arc::default(),
            status: Arc::default(),
        };
        let mut requests = lock(&self.requests);
        let size = |request: &Request| request.body().map_or(0, <[u8]>::len);
        let mut bytes: usize = requests.iter().map(size).sum();
        while (requests.len() >= MOST || bytes > MOST_BYTES)
            && let Some(oldest) = requests.pop_front()
        {
            bytes -= size(&oldest);
        }
        requests.push_back(request.clone());
        request
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        lock(&self.requests).iter().cloned().collect()
    }
}
