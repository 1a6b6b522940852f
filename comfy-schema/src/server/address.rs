//! URLs of servers: the form that may be shown, the origin, and the address to use after a redirect.

/// Returns a URL in a form that may be shown and written to files: without user, password, query and fragment, which
/// may be secrets.
pub fn without_secrets(url: &str) -> String {
    let (scheme, rest) = split_scheme(url);
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = behind.split(['?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{host}{path}"),
        // A password that contains a slash looks like a path.
        None if behind.contains('@') => format!("{scheme}…"),
        None => format!("{scheme}{authority}{path}"),
    }
}

/// Returns whether two URLs have the same origin: scheme, host and port. URLs that are not `http` or `https` have none.
pub fn same_origin(one: &str, other: &str) -> bool {
    origin(one).is_some_and(|one| origin(other) == Some(one))
}

/// Returns the base URL to use instead of one that redirects a call of `route` to `target`: the target without secrets
/// and without the route.
pub fn address_after_redirect(target: &str, route: &str) -> String {
    let shown = without_secrets(target);
    let without_slash = shown.trim_end_matches('/');
    let base = without_slash.strip_suffix(route.trim_start_matches('/')).filter(|base| base.ends_with('/'));
    let base = base.map_or(shown.as_str(), |base| base.strip_suffix("/api/").unwrap_or(base));
    base.trim_end_matches('/').to_owned()
}

fn split_scheme(url: &str) -> (&str, &str) {
    url.find("://").map_or(("", url), |at| url.split_at(at + "://".len()))
}

/// Returns the origin of a URL: scheme and host in lower case, and the port.
fn origin(url: &str) -> Option<(String, String, u16)> {
    let (scheme, rest) = split_scheme(url.trim());
    let scheme = scheme.to_ascii_lowercase();
    let default = match scheme.as_str() {
        "http://" => 80,
        "https://" => 443,
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    // The colons of an address in brackets belong to the host.
    let (host, port) = match host.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((host, "")) => (host, default),
        Some((host, port)) => (host, port.parse().ok()?),
        None => (host, default),
    };
    (!host.is_empty()).then(|| (scheme, host.to_ascii_lowercase(), port))
}

#[cfg(test)]
mod tests {
    use super::{address_after_redirect, same_origin, without_secrets};

    #[test]
    fn shown_urls_hold_no_secrets() {
        assert_eq!(without_secrets("https://me:secret@a:8188/comfy?token=secret#secret"), "https://a:8188/comfy");
        assert_eq!(without_secrets("http://me:se@cret@a/"), "http://a/");
        assert_eq!(without_secrets("http://me:se/cret@a/"), "http://…");
        assert_eq!(without_secrets("http://me:se?cret@a/"), "http://…");
        assert_eq!(without_secrets("me:secret@a:8188"), "a:8188");
        assert_eq!(without_secrets("http://127.0.0.1:8188"), "http://127.0.0.1:8188");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (one, other) in [
            ("http://a", "HTTP://A:80/comfy?x#y"),
            ("https://a:443", "https://me:secret@a/"),
            ("http://[::1]:8188/", "http://[::1]:8188"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            assert!(same_origin(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("http://a", "https://a"),
            ("http://a", "http://b"),
            ("http://a", "http://a:8188"),
            ("http://a@b", "http://a"),
            ("http://a/@b", "http://b"),
            ("http://a\\@b", "http://b"),
            ("http://[::1]", "http://[::2]"),
            ("a:8188", "a:8188"),
            ("http://", "http://"),
        ] {
            assert!(!same_origin(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_address_after_a_redirect_is_a_base_url() {
        let after = |target| address_after_redirect(target, "/object_info");
        assert_eq!(after("https://a/object_info"), "https://a");
        assert_eq!(after("https://a/comfy/api/object_info/"), "https://a/comfy");
        assert_eq!(after("https://me:secret@a/login?next=secret"), "https://a/login");
        assert_eq!(after("https://a/my_object_info"), "https://a/my_object_info");
        assert_eq!(after("https://a"), "https://a");
    }
}
