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
