//! Tests of the options with which a server is asked for its definitions.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(feature = "live")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use comfy_codegen::{Config, Error};
use comfy_schema::server::ServerOptions;
use common::{SHAPES, folder};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

type Answer = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// A server that records the heads of requests.
struct Recorder {
    url: String,
    heads: Receiver<String>,
}

impl Recorder {
    /// Starts a server that answers each target with a status and a `Location` or a body.
    fn start(tls: Option<Arc<ServerConfig>>, answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (sender, heads) = mpsc::channel();
        let answer: Arc<Answer> = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                match &tls {
                    None => serve(stream, &*answer, &sender),
                    Some(config) => {
                        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                        serve(StreamOwned::new(connection, stream), &*answer, &sender)
                    }
                };
            }
        });
        Self { url, heads }
    }

    /// Starts a server that has the definitions.
    fn with_definitions(tls: Option<Arc<ServerConfig>>) -> Self {
        let shapes = std::fs::read_to_string(SHAPES).unwrap();
        Self::start(tls, move |_| (200, shapes.clone()))
    }

    /// Returns the heads of the requests so far, in lower case.
    fn heads(&self) -> Vec<String> {
        self.heads.try_iter().collect()
    }
}

/// Serves one request, which is recorded before it is answered.
fn serve(stream: impl Read + Write, answer: &Answer, heads: &Sender<String>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    heads.send(head.to_lowercase()).ok()?;
    let (status, text) = answer(head.split(' ').nth(1)?);
    let (location, body) = if (300..400).contains(&status) { (text, String::new()) } else { (String::new(), text) };
    let reply = format!(
        "HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.get_mut().write_all(reply.as_bytes()).ok()?;
    stream.get_mut().flush().ok()
}

fn with_secrets(url: &str) -> ServerOptions {
    let url = url.replace("http://", "http://me:s3cret@");
    ServerOptions::new(url).token("s3cret").api_key("s3cret").header("X-Own", "s3cret")
}

fn error_of(server: ServerOptions) -> Error {
    Config::new().server(server).definitions().unwrap_err()
}

/// Returns an error with its causes and its debug output.
fn everything(error: &Error) -> String {
    format!("{} {error:?}", comfy_schema::causes::in_full(error))
}

#[test]
fn credentials_are_sent_and_not_shown() {
    let server = Recorder::with_definitions(None);
    let options = ServerOptions::new(&server.url).token("s3cret").api_key("s3cret").header("X-Own", "s3cret");
    let config = Config::new().server(options);
    config.definitions().unwrap();
    assert!(!format!("{config:?}").contains("s3cret"));
    let head = server.heads().remove(0);
    for header in ["authorization: bearer s3cret", "x-api-key: s3cret", "x-own: s3cret"] {
        assert!(head.contains(header), "{head}");
    }
    let refusing = Recorder::start(None, |_| (401, "no".to_owned()));
    let error = everything(&error_of(with_secrets(&refusing.url)));
    assert!(error.contains("COMFY_TOKEN") && !error.contains("s3cret"), "{error}");
    let error = everything(&error_of(with_secrets(&server.url).header("X-Own", "s3cret\n")));
    assert!(error.contains("x-own") && !error.contains("s3cret"), "{error}");
}

#[test]
fn what_a_server_echoes_is_not_shown() {
    let echoing = Recorder::start(None, |target| (302, format!("https://sso.example/s3cret/login?next={target}")));
    let error = everything(&error_of(with_secrets(&echoing.url)));
    assert!(error.contains("https://sso.example/***/login") && !error.contains("s3cret"), "{error}");
}

#[test]
fn a_header_that_the_client_sets_itself_is_named() {
    let error = error_of(ServerOptions::new("http://127.0.0.1:1").header("Content-Length", "5")).to_string();
    assert!(error.contains("content-length"), "{error}");
}

#[test]
fn a_redirect_to_another_origin_names_the_address_and_gets_nothing() {
    let other = Recorder::with_definitions(None);
    for status in [301, 302, 303, 307, 308] {
        let target = format!("{}/comfy/object_info?key=s3cret", other.url.replace("http://", "http://you:s3cret@"));
        let server = Recorder::start(None, move |_| (status, target.clone()));
        // A fallback does not hide that the address is wrong.
        let error = Config::new().server(with_secrets(&server.url)).schema(SHAPES).definitions().unwrap_err();
        let expected =
            format!("cannot ask the server {}: it redirects to {}/comfy; use this address", server.url, other.url);
        assert_eq!(error.to_string(), expected);
    }
    assert!(other.heads().is_empty());
}

#[test]
fn a_redirect_within_the_origin_is_followed_with_credentials() {
    let shapes = std::fs::read_to_string(SHAPES).unwrap();
    let server = Recorder::start(None, move |target| match target {
        "/object_info" => (302, "/api/object_info?x=1".to_owned()),
        _ => (200, shapes.clone()),
    });
    Config::new().server(ServerOptions::new(&server.url).api_key("s3cret")).definitions().unwrap();
    let heads = server.heads();
    assert!(heads[1].starts_with("get /api/object_info?x=1 ") && heads[1].contains("x-api-key: s3cret"), "{heads:?}");
    let circle = Recorder::start(None, |_| (302, "/object_info".to_owned()));
    let error = everything(&error_of(ServerOptions::new(circle.url)));
    assert!(error.contains("more than 5 redirects"), "{error}");
}

#[test]
fn definitions_below_api_are_found() {
    for (status, body) in [(404, "no"), (200, "<html>an app</html>")] {
        let shapes = std::fs::read_to_string(SHAPES).unwrap();
        let server = Recorder::start(None, move |target| match target {
            "/comfy/api/object_info" => (200, shapes.clone()),
            _ => (status, body.to_owned()),
        });
        Config::new().server(format!("{}/comfy/", server.url)).definitions().unwrap();
    }
}

/// Returns a certificate in PEM format and the server's configuration with it.
fn identity(certificate: &Certificate, key: &KeyPair) -> (String, Arc<ServerConfig>) {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    (certificate.pem(), Arc::new(config))
}

fn authority() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

#[test]
fn a_pinned_self_signed_certificate_is_accepted_and_no_other() {
    let folder = folder("pinned");
    let key = KeyPair::generate().unwrap();
    let (pem, tls) = identity(&authority().self_signed(&key).unwrap(), &key);
    let server = Recorder::with_definitions(Some(tls));
    let file = folder.join("pin.pem");
    std::fs::write(&file, pem).unwrap();
    Config::new().server(ServerOptions::new(&server.url).pin_certificate(&file)).definitions().unwrap();
    let other = KeyPair::generate().unwrap();
    std::fs::write(&file, authority().self_signed(&other).unwrap().pem()).unwrap();
    let error = everything(&error_of(ServerOptions::new(&server.url).pin_certificate(&file)));
    assert!(error.contains("another certificate than the pinned one"), "{error}");
}

#[test]
fn a_certificate_of_an_own_authority_is_accepted_if_the_authority_is_named() {
    let folder = folder("authority");
    let key = KeyPair::generate().unwrap();
    let ca = authority().self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority(), key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let (_, tls) = identity(&params.signed_by(&key, &issuer).unwrap(), &key);
    let server = Recorder::with_definitions(Some(tls));
    let file = folder.join("ca.pem");
    std::fs::write(&file, ca).unwrap();
    Config::new().server(ServerOptions::new(&server.url).ca_certificate(&file)).definitions().unwrap();
    let other = KeyPair::generate().unwrap();
    std::fs::write(&file, authority().self_signed(&other).unwrap().pem()).unwrap();
    let error = everything(&error_of(ServerOptions::new(&server.url).ca_certificate(&file)));
    assert!(error.contains("invalid peer certificate") && error.contains("COMFY_PIN_CERTIFICATE"), "{error}");
    std::fs::write(&file, "no PEM").unwrap();
    let error = error_of(ServerOptions::new(&server.url).ca_certificate(&file));
    assert!(matches!(&error, Error::Server { reason, .. } if reason.contains("ca.pem")), "{error}");
}

/// Runs as a build script. The test below starts this test program again for it.
#[test]
#[ignore = "runs only with the environment that the other test sets"]
fn script() {
    let mut config = Config::new().schema(SHAPES);
    if let Ok(url) = std::env::var("CONFIGURED_SERVER") {
        config = config.server(url);
    }
    config.build();
}

fn build(test: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "script"]).env("OUT_DIR", folder(test));
    for name in ["DOCS_RS", "COMFY_SCHEMA", "COMFY_SERVER"].iter().chain(&ServerOptions::VARIABLES) {
        command.env_remove(name);
    }
    assert!(command.envs(environment.iter().copied()).status().unwrap().success());
}

#[test]
fn a_build_asks_a_server_only_if_it_is_told_to() {
    let server = Recorder::with_definitions(None);
    build("url-only", &[("COMFY_URL", &server.url), ("COMFY_TOKEN", "s3cret")]);
    assert!(server.heads().is_empty());
    build("server", &[("COMFY_SERVER", &server.url), ("COMFY_TOKEN", "s3cret")]);
    assert!(server.heads()[0].contains("authorization: bearer s3cret"));
    build("configured", &[("CONFIGURED_SERVER", &server.url), ("COMFY_HEADERS", "X-Own: s3cret")]);
    assert!(server.heads()[0].contains("x-own: s3cret"));
}

#[test]
fn the_credentials_of_another_server_are_not_sent() {
    let server = Recorder::with_definitions(None);
    let other = [("COMFY_URL", "https://gpu.example.com"), ("COMFY_TOKEN", "s3cret"), ("COMFY_API_KEY", "s3cret")];
    build("other", &[&other[..], &[("COMFY_SERVER", &server.url)]].concat());
    let heads = server.heads();
    assert!(heads.len() == 1 && !heads[0].contains("s3cret"), "{heads:?}");
}

#[test]
fn a_response_that_is_too_large_is_refused_before_it_is_read() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // The head promises a body that never comes.
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", (512 << 20) + 1);
            _ = std::io::Read::read(&mut stream, &mut [0; 4096]);
            _ = std::io::Write::write_all(&mut stream, head.as_bytes());
        }
    });
    let error = everything(&error_of(ServerOptions::new(url)));
    assert!(error.contains("the response has 536870913 bytes; at most 536870912 are read"), "{error}");
}
