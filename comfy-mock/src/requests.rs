//! The record of the requests that the server received.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use comfy_schema::Value;

use crate::limits::{MAX_BODY_BYTES, MAX_REQUESTS, MAX_TOTAL_BYTES};
use crate::sync::lock;

/// A request that the server received.
///
/// Its `Debug` output omits header values and the body, because they may contain keys and tokens.
#[derive(Clone)]
pub struct Request {
    /// The method: `GET`, `POST`, ….
    pub method: String,
    /// The path as it was sent, including `/api`.
    pub path: String,
    /// The part after the `?`, as it was sent.
    pub query: Option<String>,
    headers: HeaderMap,
    body: Arc<OnceLock<Bytes>>,
    status: Arc<OnceLock<u16>>,
}

impl Request {
    /// Returns the value of a header; `None` if it is absent or not a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body if it has at most 1 MiB and the route reads it as a whole, which the upload routes do not.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.get().map(AsRef::as_ref)
    }

    /// Returns the body, parsed as JSON; `None` if there is no recorded body or it is not JSON.
    pub fn json(&self) -> Option<Value> {
        Value::parse(self.body()?).ok()
    }

    /// Returns the status of the response; `None` before the server has responded.
    pub fn status(&self) -> Option<u16> {
        self.status.get().copied()
    }

    pub(crate) fn set_body(&self, body: &Bytes) {
        if body.len() <= MAX_BODY_BYTES {
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

/// The record of the last requests, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    requests: Mutex<VecDeque<Request>>,
}

impl Requests {
    /// Records a request.
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
        while (requests.len() >= MAX_REQUESTS || bytes > MAX_TOTAL_BYTES)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        axum::http::Request::new(()).into_parts().0
    }

    #[test]
    fn the_requests_and_bodies_that_are_recorded_are_limited() {
        let requests = Requests::default();
        for _ in 0..=MAX_REQUESTS {
            requests.add(&parts());
        }
        assert_eq!(requests.all().len(), MAX_REQUESTS);
        let body = Bytes::from(vec![0; MAX_BODY_BYTES + 1]);
        let request = requests.add(&parts());
        request.set_body(&body);
        assert_eq!(request.body(), None);
        let body = body.slice(1..);
        for _ in 0..=MAX_TOTAL_BYTES / MAX_BODY_BYTES {
            requests.add(&parts()).set_body(&body);
        }
        // The sum is checked when the next request arrives.
        requests.add(&parts());
        let bytes: usize = requests.all().iter().filter_map(|request| request.body().map(<[u8]>::len)).sum();
        assert_eq!(bytes, MAX_TOTAL_BYTES);
    }
}
