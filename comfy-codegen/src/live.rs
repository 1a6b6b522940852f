//! Node definitions from a running server.

use crate::Error;

/// Asks a server for its node definitions.
///
/// Errors: [`Error::Unreachable`] if it does not answer with them in time.
#[cfg(feature = "live")]
pub(crate) fn fetch(url: &str) -> Result<Vec<u8>, Error> {
    client::fetch(url).map_err(|source| Error::Unreachable { url: url.to_owned(), source: Box::new(source) })
}

/// Says that this build of the crate cannot.
#[cfg(not(feature = "live"))]
pub(crate) fn fetch(url: &str) -> Result<Vec<u8>, Error> {
    Err(Error::NoLiveFeature { url: url.to_owned() })
}

#[cfg(feature = "live")]
mod client {
    use std::time::Duration;

    use ureq::Agent;

    /// A server that is there answers within a second or two, even with thousands of nodes: it writes the answer
    /// while it sends it, so the whole may take longer.
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    const WHOLE_TIMEOUT: Duration = Duration::from_secs(60);

    /// The largest answers known have about 100 MiB.
    const MOST_BYTES: u64 = 512 * 1024 * 1024;

    pub(super) fn fetch(url: &str) -> Result<Vec<u8>, ureq::Error> {
        let config = Agent::config_builder().timeout_connect(Some(CONNECT_TIMEOUT)).timeout_global(Some(WHOLE_TIMEOUT));
        let mut response = config.build().new_agent().get(address(url)).call()?;
        response.body_mut().with_config().limit(MOST_BYTES).read_to_vec()
    }

    /// `object_info` below the base URL, which may have a path of its own behind a proxy.
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
