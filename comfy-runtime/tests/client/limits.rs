//! Tests that what a server sends takes a limited amount of memory, and that an error names the limit.

use std::fmt::Write as _;
use std::sync::Mutex;

use comfy_runtime::Client;
use comfy_runtime::client::{Error, HistoryQuery, LostReason, Upload};
use serde_json::json;

use crate::scripted::{Reply, Scripted};
use crate::support::blank;

/// The entry of a run that finished.
fn finished() -> serde_json::Value {
    json!({"prompt": [], "outputs": {}, "status": {"status_str": "success", "messages": [["execution_success", {}]]}})
}

/// Returns a server whose queue and history are made by these functions of the run's id.
async fn serving(
    queue: impl Fn(&str) -> String + Send + Sync + 'static,
    history: impl Fn(&str) -> String + Send + Sync + 'static,
) -> Scripted {
    let last = Mutex::new(String::new());
    Scripted::start(move |call| match call.route.as_str() {
        "POST /prompt" => {
            let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
            body["prompt_id"].as_str().unwrap().clone_into(&mut last.lock().unwrap());
            Reply::json(json!({"prompt_id": body["prompt_id"], "number": 0, "node_errors": {}}))
        }
        "GET /queue" => Reply::json(queue(&last.lock().unwrap())),
        route if route.starts_with("GET /history") => Reply::json(history(&last.lock().unwrap())),
        _ => Reply::json("{}"),
    })
    .await
}

fn empty_queue(_: &str) -> String {
    json!({"queue_running": [], "queue_pending": []}).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_run_is_followed_through_a_queue_that_is_larger_than_a_response_may_be() {
    // The queue has a prompt of 2 MB, and the run is not in it.
    let queue = |_: &str| {
        let prompt = json!({"1": {"class_type": "A", "inputs": {"text": "\"]}[{\\".repeat(300_000)}}});
        json!({"queue_running": [[1, "other", prompt, {"client_id": "x", "create_time": 1}, ["1"]]], "queue_pending": []})
            .to_string()
    };
    let server = serving(queue, |id| json!({id: finished()}).to_string()).await;
    let client = Client::builder(server.url()).max_response_bytes(100_000).connect().await.unwrap();
    client.run(&blank(1)).await.unwrap();
    // The whole queue is a response like any other.
    let error = client.queue().await.unwrap_err();
    assert!(matches!(error, Error::ResponseTooLarge { .. }));
    assert!(error.to_string().contains("at most 100000 bytes, found more; see `max_response_bytes`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn only_the_history_of_one_run_is_asked_for_and_only_its_entry_kept() {
    // A server that ignores the id sends the whole history.
    let history = |id: &str| {
        let others: String = (0..1000).fold(String::new(), |mut text, n| {
            _ = write!(text, r#""{n}": {{"prompt": [0, "{n}", {{"a": [1, 2]}}]}}, "#);
            text
        });
        format!(r#"{{{others} "{id}": {}}}"#, finished())
    };
    let server = serving(empty_queue, history).await;
    let client = Client::connect(server.url()).await.unwrap();
    let done = client.run(&blank(1)).await.unwrap();
    assert_eq!(done.entry().as_object().unwrap().len(), 3);
    let routes: Vec<String> = server.calls().into_iter().map(|call| call.route).collect();
    assert!(routes.contains(&format!("GET /history/{}", done.prompt_id())));
    assert!(!routes.contains(&"GET /history".to_owned()), "{routes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_response_of_too_many_values_is_an_error_that_names_the_limit() {
    // 9 MB that would become a tree of more than 140 MB.
    let history = |_: &str| format!(r#"{{"a": {{"prompt": [], "outputs": [{}0]}}}}"#, "0,".repeat(4 << 20));
    let server = serving(empty_queue, history).await;
    let client = Client::connect(server.url()).await.unwrap();
    let error = client.history_of("a").await.unwrap_err();
    assert!(error.to_string().contains("at most 4194304 values"), "{error}");
    // The entry of another run is skipped, whatever its size.
    assert_eq!(client.history_of("b").await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn an_endless_response_ends_with_an_error_that_names_the_limit() {
    let server = serving(empty_queue, |_| " ".repeat(1 << 20)).await;
    let client = Client::builder(server.url()).max_response_bytes(1000).connect().await.unwrap();
    for error in [client.history(&HistoryQuery::new()).await.unwrap_err(), client.history_of("a").await.unwrap_err()] {
        assert!(error.to_string().contains("at most 1000 bytes"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_entry_is_too_large_is_lost_at_once_and_says_why() {
    let server = serving(empty_queue, |_| " ".repeat(1 << 20)).await;
    let client = Client::builder(server.url()).max_response_bytes(1000).connect().await.unwrap();
    let Err(Error::Lost(lost)) = client.run(&blank(1)).await else { panic!("expected a lost run") };
    assert_eq!(lost.reason, LostReason::Unreadable);
    assert!(lost.to_string().contains("at most 1000 bytes"), "{lost}");
}

#[tokio::test(start_paused = true)]
async fn the_body_of_a_failed_call_is_read_up_to_a_limit_and_quoted_in_part() {
    // 1 MiB with the quotes of a JSON text, and one byte more.
    for (length, quoted) in [((1 << 20) - 2, 500), ((1 << 20) - 1, 0)] {
        let body = format!("\"{}\"", "é".repeat(length / 2) + &"x".repeat(length % 2));
        let server = Scripted::start(move |_| Reply::new(500, body.clone())).await;
        let client = Client::builder(server.url()).connect().await.unwrap();
        let Err(Error::Status { message, .. }) = client.queue().await else { panic!("expected a status") };
        let letters = message.chars().filter(|letter| *letter == 'é').count();
        assert!((quoted.max(1) - 1..=quoted).contains(&letters), "{length}: {letters}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_response_to_an_upload_is_limited() {
    let server = Scripted::start(|_| Reply::json(" ".repeat(1 << 20) + r#"{"name": "a.png"}"#)).await;
    let client = Client::connect(server.url()).await.unwrap();
    let error = client.upload(&Upload::bytes("a.png", "x")).await.unwrap_err();
    assert!(error.to_string().contains("at most 1048576 bytes"), "{error}");
}
