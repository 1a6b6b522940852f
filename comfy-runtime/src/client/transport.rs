//! The HTTP client of one server and the URLs of its routes.

use reqwest::Url;
use reqwest::header::HeaderValue;

use super::limits::Limits;

/// The HTTP client of one server.
#[derive(Debug)]
pub(crate) struct Transport {
    pub(super) http: reqwest::Client,
    pub(super) base: Url,
    /// The path between the base URL and the routes.
    pub(super) prefix: String,
    /// The `Authorization` header for the user and password that the URL held.
    pub(super) credentials: Option<HeaderValue>,
    pub(crate) limits: Limits,
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
}

impl Transport {
    /// Returns the URL of a route, which is given as its segments before percent-encoding.
    pub(super) fn url(&self, mount: Mount, route: &[String], query: &[(&'static str, String)]) -> Url {
        let mut url = self.base.clone();
        let prefix = match mount {
            Mount::Prefix => self.prefix.as_str(),
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
