//! The HTTP client for `/object_info`.
//!
//! Redirects are followed by this file and not by the HTTP library, which would send headers of the user to other hosts.

use std::sync::Arc;
use std::time::Duration;

use comfy_schema::server::ServerOptions;
use comfy_schema::server::address::{address_after_redirect, same_origin};
use comfy_schema::server::header::reserved;
use comfy_schema::server::proxy::is_bypassed;
use comfy_schema::server::redaction::Redaction;
use comfy_tls::{Pem, Trust, remedy};
use ureq::http::header::LOCATION;
use ureq::http::{HeaderName, HeaderValue, Response, Uri};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector as _, TcpConnector};
use ureq::{Agent, Body};

use super::tls::TlsConnector;
use crate::error::Error;
use crate::limits::{MAX_HOPS, MAX_RESPONSE_BYTES};

/// The maximum time to connect. A running server accepts within a second or two, even with thousands of nodes.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum time for the whole request. It is longer, because the server writes its response while sending it.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);

/// The routes of the node definitions. Some hosts and proxies have only the second.
const ROUTES: [&str; 2] = ["/object_info", "/api/object_info"];

/// Fetches the node definitions of a server.
pub(super) fn fetch(server: &ServerOptions) -> Result<Vec<u8>, Error> {
    let client = Client { server, agent: agent(server)?, headers: headers(server)? };
    let [first, second] = ROUTES;
    let page = match client.get(first)? {
        Some(bytes) if !bytes.trim_ascii_start().starts_with(b"<") => return Ok(bytes),
        // A page, or no such route: hosts that answer below `/api` show their page everywhere else.
        page => page,
    };
    match (client.get(second), page) {
        (Ok(Some(found)), _) => Ok(found),
        (_, Some(page)) => Ok(page),
        (Ok(None), None) => Err(client.unreachable("the server has no route /object_info (status 404)")),
        (Err(error), None) => Err(error),
    }
}

struct Client<'s> {
    server: &'s ServerOptions,
    agent: Agent,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Client<'_> {
    /// Fetches a route; `None` if the server does not have it. Redirects are followed within the server's origin.
    fn get(&self, route: &str) -> Result<Option<Vec<u8>>, Error> {
        let base = self.server.url.reveal().trim();
        let mut url = format!("{}{route}", base.trim_end_matches('/'));
        for _ in 0..=MAX_HOPS {
            let mut response = self.call(&url)?;
            let status = response.status();
            if status.is_redirection() {
                url = self.redirected(&url, &response)?;
            } else if status.as_u16() == 404 {
                return Ok(None);
            } else if !status.is_success() {
                return Err(self.unreachable(&refusal(status.as_u16())));
            } else {
                if let Some(length) = response.body().content_length().filter(|&length| length > MAX_RESPONSE_BYTES) {
                    let reason = format!("the response has {length} bytes; at most {MAX_RESPONSE_BYTES} are read");
                    return Err(self.unreachable(&reason));
                }
                let body = response.body_mut().with_config().limit(MAX_RESPONSE_BYTES).read_to_vec();
                return body.map(Some).map_err(|error| self.failed(error));
            }
        }
        Err(self.unreachable(&format!("more than {MAX_HOPS} redirects")))
    }

    fn call(&self, url: &str) -> Result<Response<Body>, Error> {
        let mut request = self.agent.get(url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.call().map_err(|error| self.failed(error))
    }

    /// Returns the URL to which a response redirects, with the user of the old one.
    fn redirected(&self, url: &str, response: &Response<Body>) -> Result<String, Error> {
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let Some(target) = location.and_then(|location| resolve(url, location.trim())) else {
            return Err(self.unreachable("a redirect without a valid `Location`"));
        };
        if !same_origin(url, &target) {
            let [route, _] = ROUTES;
            let address = Redaction::of(self.server).string(address_after_redirect(&target, route));
            let reason = format!("it redirects to {address}; use this address");
            return Err(Error::Server { url: self.server.shown_url(), reason });
        }
        // The user and the password stand in the old URL only.
        let target: Uri = target.parse().map_err(|_| self.unreachable("a redirect without a valid `Location`"))?;
        Ok(format!("{}{}", origin(url), target.path_and_query().map_or("/", |path| path.as_str())))
    }

    fn failed(&self, error: ureq::Error) -> Error {
        let reason = match &error {
            // The message would contain the whole URL.
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
                let reason = format!("invalid URL; write it like {}", ServerOptions::DEFAULT_URL);
                return Error::Server { url: self.server.shown_url(), reason };
            }
            error => comfy_schema::causes::in_full(error),
        };
        let remedy = match &error {
            // These do not name their cause.
            ureq::Error::Io(error) => remedy(error),
            ureq::Error::Other(error) => remedy(error.as_ref()),
            error => remedy(error),
        };
        match remedy {
            Some(remedy) => self.unreachable(&format!("{reason}; {remedy}")),
            None => self.unreachable(&reason),
        }
    }

    fn unreachable(&self, reason: &str) -> Error {
        let reason = Redaction::of(self.server).text(reason).into_owned();
        Error::Unreachable { url: self.server.shown_url(), source: reason.into() }
    }
}

fn refusal(status: u16) -> String {
    match status {
        401 | 403 => {
            format!("status {status}; set COMFY_TOKEN, COMFY_API_KEY or COMFY_HEADERS to what the server expects")
        }
        _ => format!("status {status}"),
    }
}

/// Returns the absolute URL of a location, or `None` if it is neither absolute nor a path.
fn resolve(url: &str, location: &str) -> Option<String> {
    let scheme = url.split_once("://")?.0;
    if location.starts_with("http://") || location.starts_with("https://") {
        return Some(location.to_owned());
    }
    if location.starts_with("//") {
        return Some(format!("{scheme}:{location}"));
    }
    if location.starts_with('/') {
        return Some(format!("{}{location}", origin(url)));
    }
    let is_relative = !location.is_empty() && !location.contains(':');
    let folder = url.split(['?', '#']).next()?.rsplit_once('/')?.0;
    is_relative.then(|| format!("{folder}/{location}"))
}

/// Returns scheme, user and host of a URL.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + "://".len());
    let end = url.get(start..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

fn headers(server: &ServerOptions) -> Result<Vec<(HeaderName, HeaderValue)>, Error> {
    let invalid = |reason: String| Error::Server { url: server.shown_url(), reason };
    let mut headers = Vec::new();
    for (name, value) in server.all_headers() {
        // What is not a name may be a secret in the wrong place.
        let name: HeaderName = name
            .parse()
            .map_err(|_| invalid("invalid header name; expected letters, digits and hyphens".to_owned()))?;
        if let Some(name) = reserved(name.as_str()) {
            return Err(invalid(format!("the header {name} is set by the client itself")));
        }
        let mut value = HeaderValue::from_bytes(value.reveal().as_bytes())
            .map_err(|_| invalid(format!("invalid value of the header {name}; expected no control characters")))?;
        value.set_sensitive(true);
        headers.push((name, value));
    }
    Ok(headers)
}

fn agent(server: &ServerOptions) -> Result<Agent, Error> {
    let mut trust = Trust::default();
    if let Some(path) = &server.ca_certificate {
        trust = trust.authority(Pem::File(path.clone()));
    }
    if let Some(path) = &server.pin_certificate {
        trust = trust.pin(Pem::File(path.clone()));
    }
    // Plain HTTP needs no certificates, so that it works on systems without any.
    let is_plain = server.url.reveal().trim().starts_with("http://");
    let tls = if is_plain { comfy_tls::no_tls() } else { trust.client_config() };
    let tls = tls.map_err(|error| Error::Server { url: server.shown_url(), reason: error.to_string() })?;
    let mut config = Agent::config_builder()
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_global(Some(TOTAL_TIMEOUT))
        .max_redirects(0)
        .http_status_as_error(false);
    // The HTTP client itself does not know `*` behind a space.
    if is_bypassed(|name| std::env::var_os(name)) {
        config = config.proxy(None);
    }
    let connector =
        ().chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default())
            .chain(TlsConnector::new(Arc::new(tls)));
    Ok(Agent::with_parts(config.build(), connector, DefaultResolver::default()))
}

#[cfg(test)]
mod tests {
    use super::{origin, resolve};

    #[test]
    fn a_location_is_absolute_or_a_path() {
        let at = |location| resolve("https://me:secret@a/comfy/object_info?x", location);
        assert_eq!(at("https://b/x").as_deref(), Some("https://b/x"));
        assert_eq!(at("//b/x").as_deref(), Some("https://b/x"));
        assert_eq!(at("/api/x").as_deref(), Some("https://me:secret@a/api/x"));
        assert_eq!(at("x/").as_deref(), Some("https://me:secret@a/comfy/x/"));
        for wrong in ["", "javascript:x", "ftp://b"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
        assert_eq!(origin("http://a:1?x"), "http://a:1");
        assert_eq!(origin("http://a"), "http://a");
    }
}
