//! Whether the server is reached: its address, its certificate and the credentials for it.

use std::net::IpAddr;
use std::time::Duration;

use comfy_runtime::Client;
use comfy_runtime::client::Error;
use comfy_runtime::client::routes::SystemStats;
use comfy_schema::server::ServerOptions;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::check::Check;

/// The names of the checks.
const SERVER: &str = "server";
const TLS: &str = "TLS";
const TOKEN: &str = "token";

/// Maximum time to find out why a connection failed: for the host name, and again for the connection.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks whether the server answers. Returns three checks, and what the server says about itself. `client` is an error
/// if a setting is invalid.
pub(super) async fn checks(
    options: &ServerOptions,
    client: Result<&Client, &Error>,
) -> ([Check; 3], Option<SystemStats>) {
    let client = match client {
        Ok(client) => client,
        Err(error) => return (failed(options, error).await, None),
    };
    match client.system_stats().await {
        Ok(stats) => {
            let server = Check::ok(SERVER, format!("{} answers", options.shown_url()));
            let answer = if has_credentials(options) { "accepts the credentials" } else { "asks for none" };
            let token = Check::ok(TOKEN, format!("the server {answer}"));
            ([server, encryption(options), token], Some(stats))
        }
        Err(error) => (failed(options, &error).await, None),
    }
}

/// Explains why the server was not reached, or refused to answer.
async fn failed(options: &ServerOptions, error: &Error) -> [Check; 3] {
    let url = options.shown_url();
    let answers = |error: &Error, remedy: &str| {
        let server = Check::error(SERVER, format!("{url} answers, but not as ComfyUI does: {error}"), remedy);
        [server, encryption(options), Check::skipped(TOKEN, "the server was not asked")]
    };
    match error {
        Error::Status { status: 401 | 403 | 407, .. } => {
            let remedy = if has_credentials(options) {
                "the credentials are wrong or have expired; check --token, --api-key and --header, or COMFY_TOKEN, \
                 COMFY_API_KEY and COMFY_HEADERS"
            } else {
                "give credentials with --token, --api-key or --header, or with COMFY_TOKEN, COMFY_API_KEY or \
                 COMFY_HEADERS"
            };
            [Check::ok(SERVER, format!("{url} answers")), encryption(options), Check::error(TOKEN, error, remedy)]
        }
        Error::Status { status: 404 | 405, .. } => {
            answers(error, "check the address: a proxy may have ComfyUI below a path, as in https://host/comfy")
        }
        Error::Status { status: 429, .. } => {
            answers(error, "the host limits the number of requests; wait, and try again")
        }
        Error::Redirect { .. } => answers(
            error,
            "use the address that the message names; if it is that of a login page, give credentials with --token, \
             --api-key or --header",
        ),
        Error::Status { status: 500.., .. } => {
            answers(error, "a proxy may answer for a server that is down; start ComfyUI and look at its log")
        }
        Error::Transport { reason, .. } if reason.is_connect() => unreachable(options, error).await,
        Error::Transport { reason, .. } if reason.is_timeout() => {
            answers(error, "the server is reached but silent; it may be busy or hang: look at its log, or restart it")
        }
        Error::Transport { .. } if !is_https(options) => {
            answers(error, "check the address: a server with a certificate needs https:// instead of http://")
        }
        Error::Setup { .. } => not_asked(Check::error(SERVER, error, "correct the setting that the message names")),
        Error::InvalidResponse { .. } if !has_credentials(options) => answers(
            error,
            "if a login page answers, give credentials with --token, --api-key or --header; otherwise check that this is \
             the address of ComfyUI",
        ),
        Error::InvalidResponse { .. } => answers(
            error,
            "if a login page answers, the credentials are wrong or have expired; otherwise check that this is the \
             address of ComfyUI",
        ),
        _ => answers(error, "check that this is the address of ComfyUI, and not of a login page or another program"),
    }
}

/// Finds out why no connection was made: the host name, the network, or TLS.
async fn unreachable(options: &ServerOptions, error: &Error) -> [Check; 3] {
    let url = options.shown_url();
    let Some((host, port)) = host_and_port(&url) else {
        return not_asked(Check::error(SERVER, format!("{url}: {error}"), "check the address"));
    };
    let server = |message: String, remedy: &str| not_asked(Check::error(SERVER, message, remedy));
    match probe(&host, port).await {
        Probe::UnknownHost(reason) => {
            server(format!("cannot find the host {host}: {reason}"), "check the name of the host, and DNS or a VPN")
        }
        Probe::Refused => server(
            format!("{host} refuses connections to port {port}"),
            "start ComfyUI, with --listen if it runs on another machine, and check the port",
        ),
        Probe::Silent => server(
            format!("{host} does not answer at port {port}"),
            "check that the machine is on, and that no firewall blocks the port",
        ),
        Probe::Failed(reason) => server(format!("{url}: {reason}"), "check the address and the network"),
        Probe::Connected if is_https(options) => [
            Check::ok(SERVER, format!("{host} accepts connections to port {port}")),
            Check::error(TLS, error, certificate_remedy(&error.to_string())),
            Check::skipped(TOKEN, "the server was not asked"),
        ],
        // A proxy that the environment names is in the way, or the server was started in this moment.
        Probe::Connected => server(
            format!("{url}: {error}"),
            "check the variables HTTP_PROXY, ALL_PROXY and NO_PROXY, because the port accepts direct connections",
        ),
    }
}

/// Returns the remedy for an error of TLS, by the words of its message.
fn certificate_remedy(message: &str) -> &'static str {
    if message.contains("InvalidContentType") || message.contains("corrupt message") {
        return "the port does not speak TLS; use http:// in place of https://";
    }
    "if the certificate is self-signed, save it and give --pin-certificate FILE (COMFY_PIN_CERTIFICATE); if an authority \
     of your own signed it, give that authority's with --ca-certificate FILE (COMFY_CA_CERTIFICATE)"
}

/// The result of a connection without TLS and HTTP.
enum Probe {
    UnknownHost(String),
    Refused,
    Silent,
    Failed(String),
    Connected,
}

async fn probe(host: &str, port: u16) -> Probe {
    let addresses = match timeout(PROBE_TIMEOUT, lookup_host((host, port))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
        Ok(Err(error)) => return Probe::UnknownHost(error.to_string()),
        Err(_) => return Probe::UnknownHost("the name server does not answer".to_owned()),
    };
    match timeout(PROBE_TIMEOUT, TcpStream::connect(addresses.as_slice())).await {
        Ok(Ok(_)) => Probe::Connected,
        Ok(Err(error)) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => Probe::Refused,
            std::io::ErrorKind::TimedOut => Probe::Silent,
            _ => Probe::Failed(error.to_string()),
        },
        Err(_) => Probe::Silent,
    }
}

/// Checks the encryption of a connection that works.
fn encryption(options: &ServerOptions) -> Check {
    if is_https(options) {
        let message = match (&options.pin_certificate, &options.ca_certificate) {
            (Some(_), _) => "the server has the pinned certificate",
            (None, Some(_)) => "the certificate is trusted, by the system or by --ca-certificate",
            (None, None) => "the certificate is trusted",
        };
        return Check::ok(TLS, message);
    }
    let is_local = host_and_port(&options.shown_url()).is_some_and(|(host, _)| is_loopback(&host));
    if !is_local && has_credentials(options) {
        let remedy = "use https://, with a proxy or with ComfyUI's --tls-keyfile and --tls-certfile";
        return Check::warning(TLS, "the credentials are sent without encryption", remedy);
    }
    Check::ok(TLS, "not used")
}

/// Returns the checks if the server was not even reached.
fn not_asked(server: Check) -> [Check; 3] {
    [server, Check::skipped(TLS, "the server was not reached"), Check::skipped(TOKEN, "the server was not reached")]
}

fn has_credentials(options: &ServerOptions) -> bool {
    options.has_credentials() || options.url.reveal().contains('@')
}

fn is_https(options: &ServerOptions) -> bool {
    options.shown_url().get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Returns the host, without the brackets of an IPv6 address, and the port of a URL without secrets.
fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let default = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((host, "")) => (host, default),
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, default),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::{certificate_remedy, encryption, host_and_port};
    use crate::commands::doctor::check::Status;
    use comfy_schema::server::ServerOptions;

    #[test]
    fn host_and_port_are_found_in_every_form_of_url() {
        let of = |url| host_and_port(url).map(|(host, port)| format!("{host} {port}"));
        for (url, expected) in [
            ("http://127.0.0.1:8188", "127.0.0.1 8188"),
            ("https://gpu.example/comfy", "gpu.example 443"),
            ("HTTP://a:", "a 80"),
            ("http://[::1]:8188/x", "::1 8188"),
            ("http://[::1]", "::1 80"),
        ] {
            assert_eq!(of(url).as_deref(), Some(expected), "{url}");
        }
        assert_eq!((of("a:8188"), of("http://"), of("http://a:b")), (None, None, None));
    }

    #[test]
    fn credentials_without_encryption_are_a_warning() {
        let status = |options: &ServerOptions| encryption(options).status;
        assert_eq!(status(&ServerOptions::new("http://gpu.example").token("t")), Status::Warning);
        assert_eq!(status(&ServerOptions::new("http://me:pw@gpu.example")), Status::Warning);
        assert_eq!(status(&ServerOptions::new("http://127.0.0.1:8188").token("t")), Status::Ok);
        assert_eq!(status(&ServerOptions::new("http://gpu.example")), Status::Ok);
        assert_eq!(status(&ServerOptions::new("https://gpu.example").token("t")), Status::Ok);
    }

    #[test]
    fn the_remedy_depends_on_the_error_of_tls() {
        assert!(certificate_remedy("received corrupt message of type InvalidContentType").contains("http://"));
        assert!(certificate_remedy("invalid peer certificate: UnknownIssuer").contains("--pin-certificate"));
    }
}
