//! The HTTP client of one server and the URLs of its routes.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use comfy_schema::server::redaction::Redaction;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};

use super::http::{HttpSettings, InvalidSetting};
use super::limits::Limits;

/// The characters that a segment of a path cannot have as they are. URL parsers drop some of the control characters.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The HTTP client of one server.
pub(crate) struct Transport {
    pub(super) http: reqwest::Client,
    /// Makes clients without headers, for other origins.
    pub(super) settings: HttpSettings,
    pub(super) anonymous: OnceLock<reqwest::Client>,
    pub(super) base: Url,
    /// The path between the base URL and the routes.
    pub(super) prefix: String,
    /// The URL of the WebSocket, if it is not the usual one. Its query may hold a secret.
    pub(super) websocket: Option<Url>,
    /// The `Authorization` header for the user and password that the URL held.
    pub(super) credentials: Option<HeaderValue>,
    /// Removes what this client sends as a secret from texts of the server.
    pub(crate) redaction: Redaction,
    pub(crate) limits: Limits,
    /// Counts the requests that showed that no server was there: whoever polls a server notices its restart by them.
    pub(super) outages: AtomicU64,
}

/// The path below which a route exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mount {
    /// The prefix that the client was given.
    Prefix,
    /// The path `/api`, for routes that exist nowhere else.
    Api,
    /// The base URL, for routes without a copy below `/api`.
    Root,
    /// The URL of the WebSocket, or else the prefix.
    Socket,
}

impl Transport {
    /// Returns how often a request showed that no server was there.
    pub(crate) fn outages(&self) -> u64 {
        self.outages.load(Ordering::Relaxed)
    }

    /// Counts a request that showed that no server was there.
    pub(super) fn note_outage(&self) {
        self.outages.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the HTTP client for other origins, which has no header of the user.
    pub(super) fn anonymous(&self) -> Result<reqwest::Client, InvalidSetting> {
        if let Some(client) = self.anonymous.get() {
            return Ok(client.clone());
        }
        let client =
            self.settings.client(HeaderMap::new(), self.settings.trust.clone().without_pin().client_config())?;
        Ok(self.anonymous.get_or_init(|| client).clone())
    }

    /// Returns the URL of a route, which is given as its segments before percent-encoding.
    pub(super) fn url(&self, mount: Mount, route: &[String], query: &[(&'static str, String)]) -> Url {
        if let (Mount::Socket, Some(url)) = (mount, &self.websocket) {
            let mut url = url.clone();
            url.query_pairs_mut().extend_pairs(query);
            return url;
        }
        let prefix = match mount {
            Mount::Prefix | Mount::Socket => self.prefix.as_str(),
            Mount::Api => "api",
            Mount::Root => "",
        };
        let mut path = self.base.path().trim_end_matches('/').to_owned();
        let parts = prefix.split('/').filter(|part| is_segment(part)).chain(route.iter().map(String::as_str));
        for part in parts {
            path.push('/');
            path.extend(utf8_percent_encode(part, ENCODED));
        }
        let mut url = self.base.clone();
        url.set_path(&path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// Returns whether a text can be one segment of a path. URL parsers, proxies and servers resolve `.` and `..`, so that
/// the request would be one for another route, and that without a name often exists as well.
pub(crate) fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

impl fmt::Debug for Transport {
    /// Writes neither headers nor the URL of the WebSocket, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base", &self.base.as_str())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
