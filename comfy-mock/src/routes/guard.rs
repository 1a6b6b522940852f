//! The middleware that all requests pass through.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::{future, io};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;

use super::reply;
use crate::faults::{HttpFault, HttpKind};
use crate::state::Shared;

/// Records the request, applies faults, checks the origin, and adds the headers that all responses have.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let recorded = shared.requests.add(&parts);
    let (method, path) = (parts.method.clone(), parts.uri.path().to_owned());
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(recorded.clone());
    let fault = shared.faults.for_request(method.as_str(), &path);
    let response = match fault {
        Some(fault) => with_fault(&shared, fault, request, next).await,
        None => respond(&shared, request, next).await,
    };
    recorded.set_status(response.status().as_u16());
    shared.log.notify(|| format!("{method} {path} {}", response.status().as_u16()));
    response
}

async fn respond(shared: &Shared, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    if shared.settings.cors.is_none() && is_foreign(request.headers()) {
        return reply::empty(403);
    }
    let mut response = if method == Method::OPTIONS { reply::empty(200) } else { next.run(request).await };
    if response.status().as_u16() == 405 {
        response = not_allowed(&method, &response);
    }
    cache_headers(&mut response, &path);
    if let Some(origin) = &shared.settings.cors {
        cors_headers(response.headers_mut(), origin);
    }
    response
}

async fn with_fault(shared: &Shared, fault: HttpFault, request: Request, next: Next) -> Response {
    match fault.kind {
        HttpKind::Status(status) => {
            let mut response = reply::text(status, "injected fault");
            if let Some(after) = fault.retry_after {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs()));
            }
            response
        }
        HttpKind::Page => {
            let mut response = reply::text(200, "<!DOCTYPE html><title>injected fault</title>");
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            response
        }
        HttpKind::Hang => hang(shared).await,
        HttpKind::HangAfter => {
            drop(respond(shared, request, next).await);
            hang(shared).await
        }
        HttpKind::Delay(time) => {
            tokio::time::sleep(time).await;
            respond(shared, request, next).await
        }
        HttpKind::CutBody(after) => cut(respond(shared, request, next).await, after).await,
    }
}

/// Waits until the server stops.
async fn hang(shared: &Shared) -> Response {
    let mut stopped = shared.stop.subscribe();
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        future::pending::<()>().await;
    }
    reply::empty(503)
}

/// Cuts off the body of a response after this many bytes. `Content-Length` stays that of the whole body.
async fn cut(response: Response, after: usize) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else { return reply::internal_error() };
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let start = bytes.slice(..after.min(bytes.len()));
    Response::from_parts(parts, Body::from_stream(Cut { start: Some(start), waited: 0 }))
}

/// A body that consists of its start, followed by an error.
struct Cut {
    start: Option<Bytes>,
    waited: u8,
}

impl futures_core::Stream for Cut {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(start)));
        }
        // The connection flushes the start only when the body is pending.
        if self.waited < 2 {
            self.waited += 1;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("injected fault"))))
    }
}

/// Returns whether a request comes from a page of another site, by the rules of the real server.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(&HeaderName::from_static("sec-fetch-site")) == Some("cross-site") {
        return true;
    }
    let (Some(host), Some(origin)) = (text(&HOST), text(&ORIGIN)) else { return false };
    let (mut host, origin) = (host.to_ascii_lowercase(), origin.to_ascii_lowercase());
    let mut origin = authority(&origin).to_owned();
    if !is_loopback(split_port(&host).0) {
        return false;
    }
    if split_port(&origin).1.is_none() {
        host = split_port(&host).0.to_owned();
    }
    if split_port(&host).1.is_none() {
        origin = split_port(&origin).0.to_owned();
    }
    host != origin
}

/// Returns the host and port of `scheme://host:port/…`.
fn authority(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Splits a host into name and port. An IPv6 address is in brackets.
fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') && (!name.contains(':') || name.ends_with(']')) => (name, Some(port)),
        _ => (host, None),
    }
}

/// Returns whether a host is a loopback address or `localhost`. Unlike here, the real server resolves other names.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns the response to a request whose method the route does not have. On a real server, the handler of static
/// files serves every path, so that GET and HEAD are always allowed, but find no file.
fn not_allowed(method: &Method, response: &Response) -> Response {
    if [Method::GET, Method::HEAD].contains(method) {
        return reply::no_file();
    }
    let allowed = response.headers().get(ALLOW).and_then(|allow| allow.to_str().ok()).unwrap_or_default();
    let mut methods: Vec<&str> = allowed.split(',').map(str::trim).filter(|method| !method.is_empty()).collect();
    methods.extend(["GET", "HEAD"]);
    methods.sort_unstable();
    methods.dedup();
    let mut refusal = reply::text(405, "405: Method Not Allowed");
    if let Ok(value) = HeaderValue::from_str(&methods.join(",")) {
        refusal.headers_mut().insert(ALLOW, value);
    }
    refusal
}

fn cache_headers(response: &mut Response, path: &str) {
    let last = path.rsplit('/').next().unwrap_or_default();
    let ends = |extensions: &[&str]| {
        last.rsplit_once('.').is_some_and(|(_, end)| extensions.contains(&end.to_ascii_lowercase().as_str()))
    };
    let value = if ends(&["js", "css"]) || (last.starts_with("index") && ends(&["json"])) {
        "no-store"
    } else if ends(&["jpg", "jpeg", "png", "ppm", "bmp", "pgm", "tif", "tiff", "webp"]) {
        match response.status().as_u16() {
            200..=206 | 301 | 308 => "public, max-age=86400",
            404 => "public, max-age=3600",
            302 | 303 | 307 => "no-cache",
            _ => return,
        }
    } else {
        return;
    };
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
}

fn cors_headers(headers: &mut HeaderMap, origin: &str) {
    let pairs = [
        ("access-control-allow-origin", origin),
        ("access-control-allow-methods", "POST, GET, DELETE, PUT, OPTIONS, PATCH"),
        ("access-control-allow-headers", "Content-Type, Authorization"),
        ("access-control-allow-credentials", "true"),
    ];
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::is_foreign;

    fn foreign(pairs: &[(&'static str, &'static str)]) -> bool {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_foreign(&pairs.collect::<HeaderMap>())
    }

    #[test]
    fn an_origin_must_be_the_host() {
        for (host, origin, expected) in [
            ("127.0.0.1:8188", "http://127.0.0.1:8188", false),
            ("127.0.0.1:8188", "http://localhost:8188", true),
            ("127.0.0.1:8188", "http://127.0.0.1", false),
            ("127.0.0.1:8188", "http://127.0.0.1:80", true),
            ("localhost", "http://LOCALHOST:99", false),
            ("[::1]:8188", "http://[::1]:8188", false),
            ("[::1]:8188", "http://evil.example", true),
            ("my.server:8188", "http://evil.example", false),
            ("127.0.0.1:8188", "null", true),
        ] {
            assert_eq!(foreign(&[("host", host), ("origin", origin)]), expected, "{host} {origin}");
        }
    }

    #[test]
    fn requests_that_a_browser_marks_as_cross_site_are_foreign() {
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
        assert!(!foreign(&[("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[("host", "127.0.0.1")]));
    }
}
