//! The HTTP client of one server and the URLs of its routes.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};

use super::http::{HttpSettings, InvalidSetting};
use super::limits::Limits;

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
        let mut url = self.base.clone();
        let prefix = match mount {
            Mount::Prefix | Mount::Socket => self.prefix.as_str(),
            Mount::Api => "api",
            Mount::Root => "",
        };
        // Only http and https URLs are accepted, and those always have a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(prefix.split('/').filter(|part| !part.is_empty())).extend(route);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
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
