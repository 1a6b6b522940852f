//! Tests of fetching definitions from a running server.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![cfg(feature = "live")]

mod common;

use std::error::Error as _;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use comfy_codegen::{Config, Error};
use common::{SHAPES, portable};

/// Serves one request with `status` and `body`. Returns the base URL and a thread that returns the first line of the
/// request.
fn serve(status: &'static str, body: Vec<u8>) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/comfy/", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
        let request: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).unwrap();
        stream.write_all(&body).unwrap();
        request.into_iter().next().unwrap_or_default()
    });
    (url, server)
}

/// Returns the URL of a port on which no server listens, because it was free a moment ago.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn with_password(url: &str) -> String {
    url.replace("http://", "http://me:secret@")
}

#[test]
fn nodes_are_generated_from_the_response() {
    let (url, server) = serve("200 OK", std::fs::read(SHAPES).unwrap());
    let report = Config::new().server(&url).source().unwrap().report;
    assert_eq!(server.join().unwrap(), "GET /comfy/object_info HTTP/1.1");
    let expected = Config::new().schema(SHAPES).source().unwrap().report;
    assert_eq!(report, expected);
}

#[test]
fn the_file_is_the_fallback() {
    let report = Config::new().server(nobody()).schema(SHAPES).source().unwrap().report;
    assert!(report.nodes > 0);
    let (url, _server) = serve("500 Internal Server Error", Vec::new());
    assert!(Config::new().server(url).schema(SHAPES).source().is_ok());
}

#[test]
fn without_a_file_it_is_an_error() {
    let url = nobody();
    let error = Config::new().server(&url).source().unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }));
    insta::assert_snapshot!(portable(&error).replace(&url, "URL"));
}

#[test]
fn a_page_of_a_proxy_does_not_lead_to_the_fallback() {
    let (url, _server) = serve("200 OK", b"<html>login</html>".to_vec());
    assert!(matches!(Config::new().server(url).schema(SHAPES).source(), Err(Error::Schema { .. })));
}

/// Returns an error with its causes and its debug output.
fn everything(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[test]
fn no_error_shows_the_password() {
    let (page, _server) = serve("200 OK", b"<html>login</html>".to_vec());
    let of_a_page = Config::new().server(with_password(&page)).source().unwrap_err();
    assert!(matches!(of_a_page, Error::Schema { .. }));
    let unreachable = Config::new().server(with_password(&nobody())).source().unwrap_err();
    assert!(matches!(unreachable, Error::Unreachable { .. }));
    let no_url = Config::new().server("me:secret@127.0.0.1:1").source().unwrap_err();
    let no_scheme = Config::new().server("//me:secret@a/?key=secret").source().unwrap_err();
    for error in [of_a_page, unreachable, no_url, no_scheme] {
        let text = everything(&error);
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn the_fallback_message_does_not_show_the_password() {
    let config = Config::new().server(with_password(&nobody())).schema(SHAPES);
    let fallback = config.definitions().unwrap().fallback.unwrap();
    assert!(fallback.contains("http://127.0.0.1") && !fallback.contains("secret"), "{fallback}");
}

#[test]
fn the_generated_file_does_not_show_the_password() {
    let (url, server) = serve("200 OK", std::fs::read(SHAPES).unwrap());
    let source = Config::new().server(with_password(&url)).source().unwrap().source;
    server.join().unwrap();
    assert!(source.lines().next().unwrap().contains(&format!("from {url}, ")) && !source.contains("secret"));
}
