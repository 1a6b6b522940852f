//! Tests of redirects: no secret goes to another origin.

use std::sync::OnceLock;

use comfy_runtime::Client;
use comfy_runtime::client::{ClientBuilder, Error, Upload, View};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::scripted::{Call, Reply, Scripted};
use crate::support::blank;

/// Returns a builder for a client with every kind of credential.
fn with_secrets(server: &Scripted) -> ClientBuilder {
    Client::builder(server.url().replace("http://", "http://me:s3cret@"))
        .api_key("s3cret")
        .header("X-Own", "s3cret")
        .header("Cookie", "session=s3cret")
        .user("s3cret")
        .comfy_org_api_key("s3cret")
        .retries(0)
}

/// Returns a server that redirects every call, apart from the WebSocket's, to the URL that `target` holds.
async fn redirecting(status: u16, target: &'static OnceLock<String>) -> Scripted {
    Scripted::start(move |_| Reply::new(status, "").header("location", target.get().unwrap())).await
}

fn leak(target: String) -> &'static OnceLock<String> {
    Box::leak(Box::new(OnceLock::from(target)))
}

/// The names of the headers that a client without credentials sends.
const HARMLESS: [&str; 5] = ["accept", "host", "if-range", "range", "user-agent"];

#[track_caller]
fn assert_no_secret(call: &Call) {
    let names: Vec<&str> = call.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.iter().all(|name| HARMLESS.contains(name)), "{names:?}");
    assert!(!format!("{call:?}").contains("s3cret"), "{call:?}");
}

#[tokio::test(start_paused = true)]
async fn a_download_follows_to_another_origin_without_credentials() {
    let storage = Scripted::start(|_| Reply::new(200, "picture")).await;
    for status in [301, 302, 303, 307, 308] {
        let target = leak(format!("{}/bucket/a.txt?signature=1#x", storage.url()));
        let server = redirecting(status, target).await;
        let client = with_secrets(&server).connect().await.unwrap();
        let bytes = client.view(View::new("a.txt")).await.unwrap().bytes().await.unwrap();
        assert_eq!(bytes, "picture");
        assert!(client.exists(&View::new("a.txt")).await.unwrap());
        // The server itself is given all of them.
        let own = &server.calls_to("GET /view")[0];
        for name in ["authorization", "x-api-key", "x-own", "cookie", "comfy-user"] {
            assert!(own.header(name).is_some(), "{name}");
        }
    }
    assert_eq!(storage.calls().len(), 10);
    for call in storage.calls() {
        assert_eq!((call.query.as_str(), call.route.ends_with("/bucket/a.txt")), ("signature=1", true));
        assert_no_secret(&call);
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_download_asks_another_origin_for_the_rest() {
    let storage = Scripted::start(|call| match call.header("range") {
        None => Reply::new(200, "picture").header("etag", "\"1\"").cut(3),
        Some("bytes=3-") => Reply::new(206, "ture").header("etag", "\"1\"").header("content-range", "bytes 3-6/7"),
        Some(other) => Reply::new(416, other),
    })
    .await;
    let server = redirecting(302, leak(format!("{}/a.txt", storage.url()))).await;
    let client = with_secrets(&server).retries(1).connect().await.unwrap();
    assert_eq!(client.view(View::new("a.txt")).await.unwrap().bytes().await.unwrap(), "picture");
    storage.calls().iter().for_each(assert_no_secret);
}

#[tokio::test(start_paused = true)]
async fn the_way_back_does_not_bring_the_credentials_back() {
    static STORAGE: OnceLock<String> = OnceLock::new();
    static BACK: OnceLock<String> = OnceLock::new();
    let server = Scripted::start(|call| match call.route.as_str() {
        "GET /view" => Reply::new(302, "").header("location", STORAGE.get().unwrap()),
        _ => Reply::new(200, "picture"),
    })
    .await;
    let storage = redirecting(302, &BACK).await;
    STORAGE.set(storage.url()).unwrap();
    BACK.set(format!("{}/other", server.url())).unwrap();
    let client = with_secrets(&server).connect().await.unwrap();
    client.view(View::new("a.txt")).await.unwrap().bytes().await.unwrap();
    assert_no_secret(&server.calls_to("GET /other")[0]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_redirected_to_another_origin_names_the_address() {
    let other = Scripted::start(|_| Reply::json("{}")).await;
    for status in [301, 302, 303, 307, 308] {
        let target = leak(format!("http://you:s3cret@{}/comfy/api/queue?t=s3cret", &other.url()["http://".len()..]));
        let server = redirecting(status, target).await;
        let client = with_secrets(&server).connect().await.unwrap();
        let error = client.queue().await.unwrap_err();
        let expected = format!("GET /queue: the server redirects to {}/comfy; use this address", other.url());
        assert_eq!(error.to_string(), expected);
        assert!(!error.is_temporary());
        let error = client.run(&blank(1)).await.unwrap_err();
        assert!(matches!(error, Error::Redirect { .. }), "{error}");
        let error = client.upload(&Upload::bytes("a.txt", "abc")).await.unwrap_err();
        assert!(matches!(error, Error::Redirect { .. }), "{error}");
        assert_eq!(server.calls_to("POST /prompt").len(), 1);
    }
    assert!(other.calls().is_empty(), "{:?}", other.calls());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_changes_something_follows_no_redirect_at_all() {
    for status in [301, 302, 303, 307, 308] {
        let server = redirecting(status, leak("/elsewhere/".to_owned())).await;
        let client = with_secrets(&server).connect().await.unwrap();
        let error = client.run(&blank(1)).await.unwrap_err();
        let expected = format!("POST /prompt: the server redirects to {}/elsewhere; use this address", server.url());
        assert_eq!(error.to_string(), expected);
        assert_eq!(server.calls_to("GET /elsewhere/").len() + server.calls_to("POST /elsewhere/").len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirect_within_the_origin_is_followed_with_credentials() {
    let server = Scripted::start(|call| match call.route.as_str() {
        "GET /queue" => Reply::new(308, "").header("location", "/api/queue/?x=1"),
        _ => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
    })
    .await;
    let client = with_secrets(&server).connect().await.unwrap();
    client.queue().await.unwrap();
    let call = &server.calls_to("GET /queue/")[0];
    assert_eq!(call.query, "x=1");
    assert_eq!((call.header("x-api-key"), call.header("authorization")), (Some("s3cret"), Some("Basic bWU6czNjcmV0")));
}

#[tokio::test(start_paused = true)]
async fn redirects_in_a_circle_and_without_a_place_end() {
    let server = redirecting(302, leak("/api/queue".to_owned())).await;
    let client = Client::builder(server.url()).retries(0).connect().await.unwrap();
    let error = client.queue().await.unwrap_err();
    assert!(error.to_string().contains("more than 5 redirects"), "{error}");
    for target in ["ftp://a/", "http://", "javascript:x"] {
        let server = redirecting(302, leak(target.to_owned())).await;
        let client = Client::builder(server.url()).retries(0).connect().await.unwrap();
        let error = client.view(View::new("a.txt")).await.unwrap_err();
        assert!(error.to_string().contains("status 302 without a valid `Location`"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_handshake_of_the_websocket_is_not_redirected_to_another_origin() {
    let other = Scripted::start(|_| Reply::json("{}")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://me:s3cret@{}", listener.local_addr().unwrap());
    let location = format!("{}/api/ws?token=s3cret", other.url());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = format!("HTTP/1.1 302 X\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
            _ = stream.read(&mut [0; 4096]).await;
            _ = stream.write_all(head.as_bytes()).await;
        }
    });
    let error = Client::builder(url).retries(0).connect().await.unwrap_err();
    let expected = format!("GET /ws: the server redirects to {}; use this address", other.url());
    assert_eq!(error.to_string(), expected);
    assert!(other.calls().is_empty());
}
