//! Faults of the HTTP routes.

use std::time::Duration;

use crate::route::Route;

/// A fault that replaces or changes the response of a route. It applies to one request unless [`Self::times`] or
/// [`Self::always`] is called.
///
/// ```
/// use std::time::Duration;
/// use comfy_mock::HttpFault;
///
/// let busy = HttpFault::status(503).retry_after(Duration::from_secs(1)).times(2);
/// let cut = HttpFault::cut_body(100);
/// # let _ = (busy, cut);
/// ```
#[derive(Debug, Clone)]
pub struct HttpFault {
    pub(crate) kind: Kind,
    pub(crate) retry_after: Option<Duration>,
    times: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Status(u16),
    Page,
    CutBody(usize),
    Hang,
    HangAfter,
    Delay(Duration),
}

impl HttpFault {
    const fn new(kind: Kind) -> Self {
        Self { kind, retry_after: None, times: 1 }
    }

    /// Creates a fault that answers with this status and a short text, without handling the request. A status that HTTP
    /// does not allow (below 100 or above 999) becomes 500.
    pub const fn status(status: u16) -> Self {
        Self::new(Kind::Status(status))
    }

    /// Creates a fault that answers with status 200 and an HTML page, without handling the request, as a proxy does that
    /// shows a login or does not know the route.
    pub const fn page() -> Self {
        Self::new(Kind::Page)
    }

    /// Creates a fault that sends this many bytes of the body and then drops the connection. `Content-Length` is that
    /// of the whole body.
    pub const fn cut_body(after: usize) -> Self {
        Self::new(Kind::CutBody(after))
    }

    /// Creates a fault that accepts the request and does not answer until the server stops.
    pub const fn hang() -> Self {
        Self::new(Kind::Hang)
    }

    /// Creates a fault that handles the request, so that a prompt is queued, and does not answer until the server stops.
    pub const fn hang_after() -> Self {
        Self::new(Kind::HangAfter)
    }

    /// Creates a fault that delays the handling of the request.
    pub const fn delay(by: Duration) -> Self {
        Self::new(Kind::Delay(by))
    }

    /// Adds a `Retry-After` header, in whole seconds, to the response of [`Self::status`].
    #[must_use]
    pub const fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Sets how many requests the fault applies to. Defaults to 1.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// Makes the fault apply to every request from now on.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.times = u64::MAX;
        self
    }
}

/// A fault, and the requests that it applies to.
#[derive(Debug)]
pub(super) struct Rule {
    route: Route,
    fault: HttpFault,
}

impl Rule {
    /// Creates a rule for a route: `/path` or `METHOD /path`. A `*` at the end matches any rest.
    pub(super) fn new(route: &str, fault: HttpFault) -> Self {
        Self { route: Route::new(route), fault }
    }

    /// Returns the fault if it applies to this request, and counts the request in that case.
    pub(super) fn apply(&mut self, method: &str, path: &str) -> Option<HttpFault> {
        if self.fault.times == 0 || !self.route.matches(method, path) {
            return None;
        }
        self.fault.times = if self.fault.times == u64::MAX { u64::MAX } else { self.fault.times - 1 };
        Some(self.fault.clone())
    }

    pub(super) const fn is_used_up(&self) -> bool {
        self.fault.times == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpFault, Rule};

    #[test]
    fn a_fault_applies_to_a_route_with_and_without_api_for_its_number_of_times() {
        let mut rule = Rule::new("POST /prompt", HttpFault::status(503).times(2));
        assert!(rule.apply("GET", "/prompt").is_none());
        assert!(rule.apply("POST", "/prompts").is_none());
        assert!(rule.apply("POST", "/prompt").is_some());
        assert!(rule.apply("POST", "/api/prompt").is_some());
        assert!(rule.apply("POST", "/prompt").is_none() && rule.is_used_up());
    }

    #[test]
    fn a_star_matches_any_rest() {
        let mut rule = Rule::new("/history/*", HttpFault::hang().always());
        assert!(rule.apply("GET", "/history/1").is_some() && rule.apply("GET", "/api/history/2").is_some());
        assert!(rule.apply("GET", "/history").is_none() && !rule.is_used_up());
    }
}
