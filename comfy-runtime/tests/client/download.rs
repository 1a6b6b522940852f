//! Tests that downloads return the whole file or an error, and leave no incomplete file on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use comfy_runtime::Client;
use comfy_runtime::client::{ClientBuilder, Done, Error, OutputFile};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::scripted::{Call, Reply, Scripted};
use crate::support::blank;

/// Returns a server whose runs make one file. The closure responds to a request for the file, given the number of
/// earlier requests.
async fn serving(answer: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static) -> (Scripted, Client, OutputFile) {
    let files = json!([{"filename": "a.png", "subfolder": "", "type": "output"}]);
    let (server, client, done) = serving_files(files, |builder| builder, answer).await;
    (server, client, done.images("save").unwrap().remove(0))
}

/// Returns a server whose runs make these files, and the outputs of a run.
pub(crate) async fn serving_files(
    files: serde_json::Value,
    settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    answer: impl Fn(&Call, usize) -> Reply + Send + Sync + 'static,
) -> (Scripted, Client, Done) {
    let count = Arc::new(AtomicUsize::new(0));
    let last = std::sync::Mutex::new(String::new());
    let server = Scripted::start(move |call| match call.route.as_str() {
        "GET /view" => answer(call, count.fetch_add(1, Ordering::SeqCst)),
        "POST /prompt" => {
            let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
            body["prompt_id"].as_str().unwrap().clone_into(&mut last.lock().unwrap());
            Reply::json(json!({"prompt_id": body["prompt_id"], "number": 0, "node_errors": {}}))
        }
        "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
        _ => Reply::json(json!({last.lock().unwrap().clone(): {"prompt": [], "outputs": {"save": {"images": files}},
            "status": {"status_str": "success", "messages": [["execution_success", {}]]}}})),
    })
    .await;
    let builder = Client::builder(server.url()).read_timeout(Duration::from_secs(5));
    let client = settings(builder).connect().await.unwrap();
    let done = client.run(&blank(1)).await.unwrap();
    (server, client, done)
}

fn bytes() -> Vec<u8> {
    (0..300_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect()
}

/// Responds with the requested range, or the whole file.
fn part(call: &Call, etag: &str) -> Reply {
    let bytes = bytes();
    let from = call.header("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok());
    let fits = call.header("if-range").is_none_or(|wanted| wanted == etag);
    match from {
        Some(from) if fits => {
            let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
            let from: usize = from;
            Reply::new(206, &bytes[from..]).header("content-range", range).header("etag", etag)
        }
        _ => Reply::new(200, bytes).header("etag", etag),
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_download_resumes_where_it_broke() {
    let (server, _client, file) = serving(|call, before| {
        let reply = part(call, "\"one\"");
        if before < 2 { reply.cut(100_000) } else { reply }
    })
    .await;
    assert_eq!(file.bytes().await.unwrap(), bytes());
    let calls = server.calls_to("GET /view");
    let ranges: Vec<_> = calls.iter().map(|call| call.header("range").unwrap_or("all").to_owned()).collect();
    assert_eq!(ranges, ["all", "bytes=100000-", "bytes=200000-"]);
    assert_eq!(calls[1].header("if-range"), Some("\"one\""));
    // The file can also be read as a stream, whose `Debug` output contains neither URL nor headers.
    let download = file.stream().await.unwrap();
    assert_eq!(format!("{download:?}"), "Download { length: Some(300000), content_type: None, .. }");
    let pieces: Vec<_> = download.map(Result::unwrap).collect().await;
    assert_eq!(pieces.concat(), bytes());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changes_during_the_download_is_an_error() {
    let (_server, _client, file) = serving(|call, before| match before {
        0 => part(call, "\"one\"").cut(100_000),
        _ => part(call, "\"two\""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let error = file.save_to(folder.path()).await.unwrap_err();
    assert!(matches!(error, Error::InvalidResponse { .. }) && error.to_string().contains("changed"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_without_ranges_is_read_from_the_start() {
    let (_server, _client, file) = serving(|_, before| {
        let reply = Reply::new(200, bytes());
        if before == 0 { reply.cut(100_000) } else { reply }
    })
    .await;
    assert_eq!(file.bytes().await.unwrap(), bytes());
}

#[tokio::test(start_paused = true)]
async fn another_range_than_requested_is_an_error() {
    let (_server, _client, file) = serving(|_, before| match before {
        0 => Reply::new(200, bytes()).header("etag", "\"one\"").cut(100_000),
        _ => Reply::new(206, &bytes()[50_000..])
            .header("etag", "\"one\"")
            .header("content-range", "bytes 50000-299999/300000"),
    })
    .await;
    assert!(matches!(file.bytes().await, Err(Error::InvalidResponse { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_download_that_always_breaks_is_an_error_and_leaves_no_file() {
    let (_server, _client, file) = serving(|_, _| Reply::new(200, bytes()).cut(0)).await;
    let folder = tempfile::tempdir().unwrap();
    assert!(tokio::time::timeout(crate::support::LONG, file.save_to(folder.path())).await.unwrap().is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Saves the file of a server that answers the first request and those after it, and returns its bytes or the error.
async fn resumed(first: Reply, next: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Result<Vec<u8>, String> {
    let (_server, _client, file) =
        serving(move |call, before| if before == 0 { first.clone() } else { next(call) }).await;
    let folder = tempfile::tempdir().unwrap();
    let saved = file.save_to(folder.path()).await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), usize::from(saved.is_ok()));
    saved.map(|path| std::fs::read(path).unwrap()).map_err(|error| error.to_string())
}

/// Returns other bytes of the same number, which begin as those of a picture do.
fn other_bytes() -> Vec<u8> {
    let mut bytes = bytes();
    bytes[5000..].fill(0);
    bytes
}

#[tokio::test(start_paused = true)]
async fn a_login_page_in_place_of_the_rest_of_a_file_is_an_error_that_quotes_it() {
    let page = || format!("<html>log in{}", " ".repeat(400_000));
    for first in [Reply::new(200, bytes()), Reply::new(200, bytes()).chunked()] {
        for tag in [None, Some("\"one\"")] {
            let first = tag.iter().fold(first.clone().cut(9000), |first, tag| first.header("etag", *tag));
            let next = move |_: &Call| Reply::new(200, page()).chunked().header("content-type", "text/html");
            let error = resumed(first, next).await.unwrap_err();
            assert!(error.contains("found text/html: `<html>log in`"), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_download_checks_the_encoding_again() {
    let first = || Reply::new(200, bytes()).header("etag", "\"one\"");
    for cut in [0, 9000] {
        let error = resumed(first().cut(cut), |call| part(call, "\"one\"").header("content-encoding", "gzip")).await;
        assert!(error.unwrap_err().contains("not asked for (gzip)"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_whole_file_sent_again_is_compared_with_what_was_received() {
    let reply = |bytes: Vec<u8>, time: &str| Reply::new(200, bytes).header("last-modified", time);
    let (monday, tuesday) = ("Mon, 23 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT");
    for chunked in [false, true] {
        let sent = |reply: Reply| if chunked { reply.chunked() } else { reply };
        let first = || sent(reply(bytes(), monday)).cut(9000);
        let with = |next: Reply| resumed(first(), move |_| next.clone());
        assert_eq!(with(sent(reply(bytes(), monday))).await.unwrap(), bytes());
        for next in [reply(other_bytes(), monday), reply(bytes(), tuesday)] {
            let error = with(sent(next)).await.unwrap_err();
            assert!(error.contains("the file changed during the download"), "{error}");
        }
    }
    // A shorter file does not show in its beginning, but in its size.
    let error = resumed(reply(bytes(), monday).cut(9000), move |_| reply(bytes()[..20_000].to_vec(), monday)).await;
    assert!(error.unwrap_err().contains("changed"));
}

#[tokio::test(start_paused = true)]
async fn a_part_is_requested_only_of_a_version_that_the_server_names() {
    for (tag, wants_part) in [(None, false), (Some("W/\"weak\""), false), (Some("\"strong\""), true)] {
        let (server, _client, file) = serving(move |call, before| {
            let reply = tag.map_or_else(|| Reply::new(200, bytes()), |tag| part(call, tag));
            if before == 0 { reply.cut(9000) } else { reply }
        })
        .await;
        assert_eq!(file.bytes().await.unwrap(), bytes());
        assert_eq!(server.calls_to("GET /view")[1].header("range").is_some(), wants_part, "{tag:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_file_of_another_size_is_an_error() {
    let (server, _client, file) = serving(|_, before| match before {
        0 => Reply::new(200, bytes()).header("etag", "\"one\"").cut(9000),
        _ => Reply::new(206, "0123456789").header("etag", "\"one\"").header("content-range", "bytes 9000-9009/9010"),
    })
    .await;
    let error = file.bytes().await.unwrap_err().to_string();
    assert!(error.contains("changed"), "{error}");
    assert_eq!(server.calls_to("GET /view").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_breaks_after_every_few_bytes_is_given_up() {
    let (server, _client, file) = serving(|call, _| part(call, "\"one\"").cut(1)).await;
    let folder = tempfile::tempdir().unwrap();
    assert!(file.save_to(folder.path()).await.is_err());
    // The first request, and the four retries that are the default.
    assert_eq!(server.calls_to("GET /view").len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_first_answer_without_the_whole_file_is_an_error() {
    let part = Reply::new(206, &bytes()[..1000]).header("content-range", "bytes 0-999/300000");
    let middle = Reply::new(206, &bytes()[9000..]).header("content-range", "bytes 9000-299999/300000");
    for (reply, status) in [(part, 206), (middle, 206), (Reply::new(204, ""), 204), (Reply::new(202, bytes()), 202)] {
        // The second attempt, after nothing was received, counts as a first one.
        for first in [reply.clone(), Reply::new(200, bytes()).cut(0)] {
            let reply = reply.clone();
            let error = resumed(first, move |_| reply.clone()).await.unwrap_err();
            assert!(error.contains(&format!("expected a file with status 200, found status {status}")), "{error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_encoding_that_changes_nothing_is_accepted() {
    for encoding in ["", "identity", "Identity"] {
        let (_server, _client, file) =
            serving(move |_, _| Reply::new(200, bytes()).header("content-encoding", encoding)).await;
        assert_eq!(file.bytes().await.unwrap(), bytes(), "{encoding:?}");
    }
}
