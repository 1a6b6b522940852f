//! Patterns of routes, by which tests name requests.

/// A pattern of requests: `/path` or `METHOD /path`. A `*` at the end matches any rest. Most routes exist with and
/// without the prefix `/api`, so it does not matter in a pattern or in a path.
#[derive(Debug)]
pub(crate) struct Route {
    method: Option<String>,
    path: String,
}

impl Route {
    pub(crate) fn new(route: &str) -> Self {
        let (method, path) = match route.split_once(' ') {
            Some((method, path)) => (Some(method.to_ascii_uppercase()), path.trim()),
            None => (None, route),
        };
        Self { method, path: without_api(path).to_owned() }
    }

    /// Returns whether a request is one of the route.
    pub(crate) fn matches(&self, method: &str, path: &str) -> bool {
        let path = without_api(path);
        let is_path = match self.path.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => path == self.path,
        };
        is_path && self.method.as_deref().is_none_or(|wanted| wanted == method)
    }
}

fn without_api(path: &str) -> &str {
    path.strip_prefix("/api").filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn a_route_matches_with_and_without_api() {
        for route in [Route::new("POST /prompt"), Route::new("post /api/prompt")] {
            assert!(route.matches("POST", "/prompt") && route.matches("POST", "/api/prompt"));
            assert!(!route.matches("GET", "/prompt") && !route.matches("POST", "/prompts"));
        }
        assert!(Route::new("/apiary").matches("GET", "/apiary") && !Route::new("/ary").matches("GET", "/apiary"));
    }

    #[test]
    fn a_star_matches_any_rest() {
        let route = Route::new("/history/*");
        assert!(route.matches("GET", "/history/1") && route.matches("GET", "/api/history/2"));
        assert!(!route.matches("GET", "/history"));
    }
}
