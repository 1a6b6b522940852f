//! Node definitions of a running server.

use comfy_schema::server::ServerOptions;

use crate::error::Error;

/// Asks a server for its node definitions.
///
/// # Errors
///
/// Returns [`Error::Unreachable`] if the server does not answer with them in time.
#[cfg(feature = "live")]
pub(super) fn fetch(server: &ServerOptions) -> Result<Vec<u8>, Error> {
    client::fetch(server)
        .map_err(|error| Error::Unreachable { url: server.shown_url(), source: client::without_url(error) })
}

/// Returns an error, because this build of the crate lacks the feature `live`.
#[cfg(not(feature = "live"))]
pub(super) fn fetch(server: &ServerOptions) -> Result<Vec<u8>, Error> {
    Err(Error::NoLiveFeature { url: server.shown_url() })
}

#[cfg(feature = "live")]
mod client {
    use std::error::Error;
    use std::time::Duration;

    use comfy_schema::server::ServerOptions;
    use ureq::Agent;

    /// The maximum time to connect. A running server accepts within a second or two, even with thousands of nodes.
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
    /// The maximum time for the whole request. It is longer, because the server writes its response while sending it.
    const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);

    /// The maximum size of a response. The largest known ones have about 100 MiB.
    const MAX_RESPONSE_BYTES: u64 = 512 * 1024 * 1024;

    pub(super) fn fetch(server: &ServerOptions) -> Result<Vec<u8>, ureq::Error> {
        let config = Agent::config_builder().timeout_connect(Some(CONNECT_TIMEOUT)).timeout_global(Some(TOTAL_TIMEOUT));
        let mut response = config.build().new_agent().get(address(server.url.reveal())).call()?;
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
