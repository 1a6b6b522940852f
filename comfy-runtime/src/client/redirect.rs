//! Redirects, which are followed only as far as no secret leaves the server.
//!
//! A redirected `GET` or `HEAD` is repeated at another path of the same origin (scheme, host and port), with the client's
//! headers. A download is also repeated at another origin, but by a client without any header of the user. Everything
//! else is an error that names the address to use.

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, IF_RANGE, LOCATION, RANGE};
use reqwest::{Method, Request, RequestBuilder, Response, Url};

use comfy_schema::server::address::address_after_redirect;

use super::error::Error;
use super::limits::MAX_HOPS;
use super::transport::Transport;

/// The headers that follow a download to another origin. All others may be secrets.
const HARMLESS: [HeaderName; 3] = [ACCEPT, IF_RANGE, RANGE];

/// The place to which a call may be redirected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Redirects {
    /// Another path of the server.
    SameOrigin,
    /// Any place, for downloads.
    AnyOrigin,
}

/// Sends a request, and sends it again where it is redirected to.
pub(super) async fn send(
    transport: &Transport,
    name: &str,
    request: RequestBuilder,
    redirects: Redirects,
) -> Result<Response, Error> {
    let (mut client, request) = request.build_split();
    let mut request = request.map_err(|error| Error::transport(name, error))?;
    let mut hop = Hop { transport, name, redirects, left: false };
    for _ in 0..=MAX_HOPS {
        let (method, url) = (request.method().clone(), request.url().clone());
        let (headers, timeout) = (request.headers().clone(), request.timeout().copied());
        let response = client.execute(request).await.map_err(|error| Error::transport(name, error))?;
        if !response.status().is_redirection() {
            return Ok(response);
        }
        let target = hop.target(&method, &url, &response)?;
        let headers = if hop.left { harmless(&headers) } else { headers };
        request = Request::new(method, target);
        *request.headers_mut() = headers;
        *request.timeout_mut() = timeout;
        if hop.left {
            client = transport.anonymous()?;
        }
    }
    Err(hop.invalid(&format!("more than {MAX_HOPS} redirects")))
}

fn harmless(headers: &HeaderMap) -> HeaderMap {
    HARMLESS.into_iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone()))).collect()
}

/// The redirects of one call.
struct Hop<'c> {
    transport: &'c Transport,
    name: &'c str,
    redirects: Redirects,
    /// Whether a redirect led to another origin. The way back does not bring the credentials back.
    left: bool,
}

impl Hop<'_> {
    /// Returns the URL to which a response redirects, if it may be followed.
    fn target(&mut self, method: &Method, url: &Url, response: &Response) -> Result<Url, Error> {
        let location =
            response.headers().get(LOCATION).and_then(|location| std::str::from_utf8(location.as_bytes()).ok());
        let target = location.and_then(|location| url.join(location).ok()).filter(is_http);
        let Some(mut target) = target else {
            return Err(self.invalid(&format!("status {} without a valid `Location`", response.status().as_u16())));
        };
        let is_ours = target.origin() == self.transport.base.origin();
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        if !is_read || (!is_ours && self.redirects == Redirects::SameOrigin) {
            return Err(self.elsewhere(&target));
        }
        if url.scheme() == "https" && target.scheme() == "http" {
            return Err(self.invalid("the server redirects from https to http, which is not encrypted"));
        }
        // A user in the target would replace the client's credentials. Only URLs without a host refuse this.
        _ = target.set_username("").and_then(|()| target.set_password(None));
        self.left |= !is_ours;
        Ok(target)
    }

    fn elsewhere(&self, target: &Url) -> Error {
        let route = self.name.split_once(' ').map_or(self.name, |(_, route)| route);
        let address = self.transport.redaction.string(address_after_redirect(target.as_str(), route));
        Error::Redirect { call: self.name.to_owned(), address }
    }

    fn invalid(&self, reason: &str) -> Error {
        Error::InvalidResponse { call: self.name.to_owned(), reason: reason.to_owned() }
    }
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
