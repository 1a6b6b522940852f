//! Node definitions of a running server.

use crate::error::Error;

/// Asks a server for its node definitions.
///
/// # Errors
///
/// Returns [`Error::Unreachable`] if the server does not answer with them in time.
#[cfg(feature = "live")]
pub(super) fn fetch(url: &str) -> Result<Vec<u8>, Error> {
    client::fetch(url).map_err(|error| Error::Unreachable { url: shown(url), source: client::without_url(error) })
}

/// Returns an error, because this build of the crate lacks the feature `live`.
#[cfg(not(feature = "live"))]
pub(super) fn fetch(url: &str) -> Result<Vec<u8>, Error> {
    Err(Error::NoLiveFeature { url: shown(url) })
}

/// Returns a URL in a form that may be shown and written to files: without user, password, query and fragment, which
/// may be secrets.
pub(crate) fn shown(url: &str) -> String {
    let (scheme, rest) = url.find("://").map_or(("", url), |at| url.split_at(at + "://".len()));
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = behind.split(['?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{host}{path}"),
        // A password that contains a slash looks like a path.
        None if behind.contains('@') => format!("{scheme}…"),
        None => format!("{scheme}{authority}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn shown_urls_hold_no_secrets() {
        assert_eq!(shown("https://me:secret@a:8188/comfy?token=secret#secret"), "https://a:8188/comfy");
        assert_eq!(shown("http://me:se@cret@a/"), "http://a/");
        assert_eq!(shown("http://me:se/cret@a/"), "http://…");
        assert_eq!(shown("http://me:se?cret@a/"), "http://…");
        assert_eq!(shown("me:secret@a:8188"), "a:8188");
        assert_eq!(shown("http://127.0.0.1:8188"), "http://127.0.0.1:8188");
    }
}

#[cfg(feature = "live")]
mod client {
    use std::error::Error;
    use std::time::Duration;

    use ureq::Agent;

    /// The maximum time to connect. A running server accepts within a second or two, even with thousands of nodes.
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    /// The maximum time for the whole request. It is longer, because the server writes its response while sending it.
    const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);

    /// The maximum size of a response. The largest known ones have about 100 MiB.
    const MAX_RESPONSE_BYTES: u64 = 512 * 1024 * 1024;

    pub(super) fn fetch(url: &str) -> Result<Vec<u8>, ureq::Error> {
        let config = Agent::config_builder().timeout_connect(Some(CONNECT_TIMEOUT)).timeout_global(Some(TOTAL_TIMEOUT));
        let mut response = config.build().new_agent().get(address(url)).call()?;
        response.body_mut().with_config().limit(MAX_RESPONSE_BYTES).read_to_vec()
    }

    /// Returns the error, or another one in its place if the client's message would contain the whole URL.
    pub(super) fn without_url(error: ureq::Error) -> Box<dyn Error + Send + Sync> {
        match error {
            ureq::Error::BadUri(_) => "invalid server URL; write it like http://127.0.0.1:8188".into(),
            error => Box::new(error),
        }
    }

    /// Returns the URL of `/object_info`. The base URL may have a path of its own, as behind a proxy.
    fn address(url: &str) -> String {
        format!("{}/object_info", url.trim_end_matches('/'))
    }

    #[cfg(test)]
    mod tests {
        use super::address;

        #[test]
        fn the_path_of_the_base_is_kept() {
            assert_eq!(address("http://a:8188"), "http://a:8188/object_info");
            assert_eq!(address("https://a/comfy/"), "https://a/comfy/object_info");
        }
    }
}
