//! The settings from which HTTP clients are made.

use std::fmt;
use std::time::Duration;

use comfy_schema::server::Secret;
use comfy_schema::server::proxy::is_bypassed;
use comfy_tls::{Trust, TrustError};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

/// A setting from which no client can be made; it becomes [`Error::Setup`](super::Error::Setup).
#[derive(Debug)]
pub(super) struct InvalidSetting {
    pub(super) setting: &'static str,
    pub(super) reason: String,
}

/// The settings that the client for the server and that for other origins have in common.
#[derive(Debug)]
pub(super) struct HttpSettings {
    pub(super) trust: Trust,
    pub(super) proxy: Option<Secret>,
    pub(super) connect_timeout: Duration,
}

impl HttpSettings {
    /// Makes a client that sends these headers with every request and follows no redirect.
    pub(super) fn client(
        &self,
        headers: HeaderMap,
        tls: Result<rustls::ClientConfig, TrustError>,
    ) -> Result<reqwest::Client, InvalidSetting> {
        let tls = tls.map_err(|error| invalid("TLS configuration", error))?;
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("comfy-runtime/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true)
            .tls_backend_preconfigured(tls);
        // The HTTP client itself applies `*` to names only, and would send requests for addresses through the proxy.
        if self.proxy.is_none() && is_bypassed(|name| std::env::var_os(name)) {
            client = client.no_proxy();
        }
        if let Some(proxy) = &self.proxy {
            // The error of the HTTP client is left out, because it may contain the password of the proxy.
            let proxy = reqwest::Proxy::all(proxy.reveal())
                .map_err(|_| invalid("proxy", "expected a URL such as http://user:password@host:port"))?;
            client = client.proxy(proxy);
        }
        client.build().map_err(|error| invalid("HTTP configuration", error.without_url()))
    }
}

fn invalid(setting: &'static str, reason: impl fmt::Display) -> InvalidSetting {
    InvalidSetting { setting, reason: reason.to_string() }
}
