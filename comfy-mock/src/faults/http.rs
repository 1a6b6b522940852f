//! Faults of routes.

use std::time::Duration;

/// What a route does instead of, or to, its answer.
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
    CutBody(usize),
    Hang,
    Delay(Duration),
}

impl HttpFault {
    const fn new(kind: Kind) -> Self {
        Self { kind, retry_after: None, times: 1 }
    }

    /// Answers with this status and a short text, and does nothing else. A status that HTTP does not know (below
    /// 100 or above 999) becomes 500.
    pub const fn status(status: u16) -> Self {
        Self::new(Kind::Status(status))
    }

    /// Sends only this many bytes of the body, then drops the connection. `Content-Length` promises all of them.
    pub const fn cut_body(after: usize) -> Self {
        Self::new(Kind::CutBody(after))
    }

    /// Takes the request and never answers (until the server stops).
    pub const fn hang() -> Self {
        Self::new(Kind::Hang)
    }

    /// Answers as always, but later.
    pub const fn delay(by: Duration) -> Self {
        Self::new(Kind::Delay(by))
    }

    /// Adds a `Retry-After` header, in whole seconds, to [`Self::status`].
    #[must_use]
    pub const fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// How many requests it befalls; 1 if not said.
    #[must_use]
    pub const fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// It befalls every request from now on.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.times = u64::MAX;
        self
    }
}

/// A fault, and the requests that it befalls.
#[derive(Debug)]
pub(super) struct Rule {
    method: Option<String>,
    path: String,
    fault: HttpFault,
}

impl Rule {
    /// `route` is `/path`, or `METHOD /path`; a `*` at the end stands for anything.
    pub(super) fn new(route: &str, fault: HttpFault) -> Self {
        let (method, path) = match route.split_once(' ') {
            Some((method, path)) => (Some(method.to_ascii_uppercase()), path.trim()),
            None => (None, route),
        };
        Self { method, path: without_api(path).to_owned(), fault }
    }

    /// The fault, if it befalls this request; counts.
    pub(super) fn apply(&mut self, method: &str, path: &str) -> Option<HttpFault> {
        let path = without_api(path);
        let fits = match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == self.path,
        };
        if !fits || self.fault.times == 0 || self.method.as_deref().is_some_and(|wanted| wanted != method) {
            return None;
        }
        self.fault.times = if self.fault.times == u64::MAX { u64::MAX } else { self.fault.times - 1 };
        Some(self.fault.clone())
    }

    pub(super) const fn is_used_up(&self) -> bool {
        self.fault.times == 0
    }
}

/// Routes have a twin under `/api`; a fault means both. (Those that are only there keep the prefix off too.)
fn without_api(path: &str) -> &str {
    path.strip_prefix("/api").filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{HttpFault, Rule};

    #[test]
    fn a_fault_befalls_a_route_and_its_twin_so_many_times() {
        let mut rule = Rule::new("POST /prompt", HttpFault::status(503).times(2));
        assert!(rule.apply("GET", "/prompt").is_none());
        assert!(rule.apply("POST", "/prompts").is_none());
        assert!(rule.apply("POST", "/prompt").is_some());
        assert!(rule.apply("POST", "/api/prompt").is_some());
        assert!(rule.apply("POST", "/prompt").is_none() && rule.is_used_up());
    }

    #[test]
    fn a_star_stands_for_anything() {
        let mut rule = Rule::new("/history/*", HttpFault::hang().always());
        assert!(rule.apply("GET", "/history/1").is_some() && rule.apply("GET", "/api/history/2").is_some());
        assert!(rule.apply("GET", "/history").is_none() && !rule.is_used_up());
    }
}
