//! Tests of submissions: the request has the right content, and no workflow runs twice.

use std::sync::Mutex;
use std::time::Duration;

use comfy_mock::{HttpFault, Server};
use comfy_runtime::Client;
use comfy_runtime::client::{Accepted, Error, LostReason};
use serde_json::json;

use crate::scripted::{Reply, Scripted};
use crate::support::{LONG, blank, connect, quick, text_to_image, words, workflow};

/// A workflow with one valid output and one whose image has an invalid width.
const HALF: &str = r#"{
    "img": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
    "bad": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 8, "batch_size": 1, "color": 0}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "x"}},
    "lost": {"class_type": "SaveImage", "inputs": {"images": ["bad", 0], "filename_prefix": "x"}}}"#;

#[tokio::test(start_paused = true)]
async fn after_a_lost_response_the_prompt_is_looked_up_and_not_sent_again() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().http("POST /prompt", HttpFault::cut_body(0));
    let done = client.run(&blank(1)).await.unwrap();
    assert_eq!(server.count("POST /api/prompt"), 1);
    assert_eq!(server.finished(), [done.prompt_id()]);
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_response_the_dropped_outputs_are_found() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().http("POST /prompt", HttpFault::cut_body(5));
    let Accepted::Partial { run, dropped, .. } = client.submit(&workflow(HALF)).await.unwrap() else {
        panic!("expected dropped outputs")
    };
    let outputs: Vec<_> = dropped.nodes.iter().flat_map(|node| &node.dependent_outputs).collect();
    assert_eq!(outputs, ["lost"]);
    assert_eq!(run.finish().await.unwrap().images("save").unwrap().len(), 1);
    // `run` fails as it does when the response arrives.
    server.faults().http("POST /prompt", HttpFault::cut_body(5));
    assert!(matches!(client.run(&workflow(HALF)).await, Err(Error::Partial(_))));
    assert_eq!(server.count("POST /api/prompt"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_busy_server_is_retried_after_the_time_that_it_asks_for() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    for status in [429, 503] {
        let fault = HttpFault::status(status).retry_after(Duration::from_secs(1));
        server.faults().http("POST /prompt", fault);
        let start = tokio::time::Instant::now();
        client.run(&blank(u32::from(status))).await.unwrap();
        assert!(start.elapsed() >= Duration::from_secs(1));
    }
    assert_eq!(server.finished().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_submission_is_not_retried() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().http("POST /prompt", HttpFault::status(500));
    assert!(matches!(client.run(&blank(1)).await, Err(Error::Status { status: 500, .. })));
    assert_eq!(server.count("POST /api/prompt"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unconfirmed_submission_is_an_error_with_the_id() {
    let server = Server::spawn().await.unwrap();
    let client = quick(&server).response_timeout(Duration::from_secs(5)).retries(0).connect().await.unwrap();
    server.faults().http("POST /prompt", HttpFault::hang());
    let id = uuid::Uuid::new_v4();
    let error = client.submission(&blank(1)).prompt_id(id).submit().await.unwrap_err();
    let Error::Unconfirmed { prompt_id, .. } = error else { panic!("{error}") };
    assert_eq!(prompt_id, id.to_string());
    assert_eq!(server.count("POST /api/prompt"), 1);
}

#[tokio::test(start_paused = true)]
async fn every_prompt_has_an_id_of_its_own() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    for _ in 0..3 {
        client.run(&blank(1)).await.unwrap();
    }
    let mut finished = server.finished();
    finished.dedup();
    assert_eq!(finished.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_lost_by_a_restart_is_resubmitted_only_on_request() {
    let server = std::sync::Arc::new(Server::spawn().await.unwrap());
    server.node("VAEDecode").hang();
    let client = connect(&server).await;
    for (times, expected) in [(0, 1), (1, 2)] {
        let restarted = std::sync::Arc::clone(&server);
        let before = server.count("POST /api/prompt");
        let restart = tokio::spawn(async move {
            restarted.until(|server| server.running().is_some()).await;
            restarted.node("VAEDecode").reset();
            restarted.faults().http("GET /queue", HttpFault::status(503));
            restarted.restart();
        });
        let workflow = text_to_image(times.into(), 1);
        let result = client.submission(&workflow).resubmit_lost(times).run().await;
        restart.await.unwrap();
        assert_eq!(server.count("POST /api/prompt") - before, expected);
        match times {
            0 => {
                let Err(Error::Lost(lost)) = result else { panic!("{result:?}") };
                assert_eq!(lost.reason, LostReason::Forgotten);
            }
            _ => assert_eq!(result.unwrap().images("cat").unwrap().len(), 1),
        }
        server.node("VAEDecode").hang();
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_followed_goes_on_after_a_resubmission() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let client = connect(&server).await;
    let run = client.submission(&text_to_image(1, 2)).resubmit_lost(1).submit().await.unwrap();
    let run = run.complete().await.unwrap();
    let first = run.prompt_id().to_owned();
    let events = run.events();
    server.until(|server| server.running().is_some()).await;
    server.node("VAEDecode").reset();
    server.faults().http("GET /queue", HttpFault::status(503));
    server.restart();
    let words = words(events).await;
    let at = words.iter().position(|word| word == "resubmitted").unwrap_or_else(|| panic!("{words:?}"));
    assert!(words[at..].contains(&"executing samples".to_owned()), "{words:?}");
    assert_eq!(words.last().unwrap(), "finished");
    let second = run.prompt_id().to_owned();
    assert_ne!(first, second);
    let done = run.finish().await.unwrap();
    assert_eq!((done.prompt_id(), done.images("cat").unwrap().len()), (second.as_str(), 1));
    assert_eq!(server.finished(), [second]);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_cannot_be_resubmitted_is_lost_with_the_reason() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let client = connect(&server).await;
    let run = client.submission(&text_to_image(1, 2)).resubmit_lost(3).submit().await.unwrap().into_run();
    server.until(|server| server.running().is_some()).await;
    server.faults().http("POST /prompt", HttpFault::status(500));
    server.faults().http("GET /queue", HttpFault::status(503));
    server.restart();
    let Err(Error::Lost(lost)) = run.finish().await else { panic!("expected a lost run") };
    assert_eq!(lost.reason, LostReason::Forgotten);
    assert!(lost.last_error.starts_with("the workflow could not be submitted again: POST /prompt"), "{lost}");
    assert!(server.finished().is_empty() && server.running().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_is_not_resubmitted() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let client = connect(&server).await;
    let run = client.submission(&text_to_image(1, 2)).resubmit_lost(3).submit().await.unwrap().into_run();
    server.until(|server| server.running().is_some()).await;
    server.faults().http("/jobs/*", HttpFault::status(500));
    assert!(run.cancel().await.is_err());
    server.faults().http("GET /queue", HttpFault::status(503));
    server.restart();
    assert!(matches!(run.finish().await, Err(Error::Lost(_))));
    assert_eq!(server.count("POST /api/prompt"), 1);
}

/// Returns a server that accepts every prompt and finishes it at once.
pub(crate) async fn accepting() -> Scripted {
    let last = Mutex::new(String::new());
    Scripted::start(move |call| {
        let mut last = last.lock().unwrap();
        match call.route.as_str() {
            "POST /prompt" => {
                let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
                body["prompt_id"].as_str().unwrap().clone_into(&mut last);
                Reply::json(json!({"prompt_id": *last, "number": 0, "node_errors": {}}))
            }
            "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
            // Numbers that are not finite, as Python writes them.
            _ => Reply::json(format!(
                r#"{{"{last}": {{"prompt": [], "outputs": {{"save": {{"score": [NaN, -Infinity], "text": ["a"]}}}},
                    "status": {{"status_str": "success", "messages": [["execution_success", {{}}]]}}}}}}"#
            )),
        }
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn numbers_that_are_not_finite_are_accepted() {
    let server = accepting().await;
    let done = Client::connect(server.url()).await.unwrap().run(&blank(1)).await.unwrap();
    assert_eq!(done.text("save").unwrap(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn the_options_of_a_submission_are_sent() {
    let server = accepting().await;
    let client = Client::builder(server.url())
        .comfy_org_api_key("key-of-comfy")
        .comfy_org_auth_token("token-of-comfy")
        .connect()
        .await
        .unwrap();
    let workflow = blank(1);
    let submission = client.submission(&workflow).number(2.5).front().targets(["save"]).extra("preview_method", "auto");
    submission.run().await.unwrap();
    let sent: serde_json::Value = serde_json::from_str(&server.calls_to("POST /prompt")[0].body).unwrap();
    assert_eq!(sent["client_id"], client.client_id());
    assert_eq!((sent["number"].as_f64(), &sent["front"]), (Some(2.5), &json!(true)));
    assert_eq!(sent["partial_execution_targets"], json!(["save"]));
    let extra = json!({"preview_method": "auto", "api_key_comfy_org": "key-of-comfy", "auth_token_comfy_org": "token-of-comfy"});
    assert_eq!(sent["extra_data"], extra);
}

/// Returns a server that answers the first submission with 429 and this header, and the next ones as usual.
async fn counting(retry_after: &'static str) -> Scripted {
    let count = std::sync::atomic::AtomicUsize::new(0);
    Scripted::start(move |call| match call.route.as_str() {
        "POST /prompt" if count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 => Reply::new(429, "too many")
            .header("retry-after", retry_after)
            .header("date", "Sat, 28 Nov 2026 12:00:00 GMT"),
        "POST /prompt" => {
            let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
            Reply::json(json!({"prompt_id": body["prompt_id"], "number": 0, "node_errors": {}}))
        }
        _ => Reply::json("{}"),
    })
    .await
}

#[tokio::test]
async fn after_a_429_the_submission_is_repeated_without_a_lookup() {
    // A date in the past asks for no wait.
    let server = counting("Sat, 28 Nov 2026 11:59:00 GMT").await;
    let client = Client::connect(server.url()).await.unwrap();
    let run = client.submit(&blank(1)).await.unwrap().into_run();
    let calls: Vec<String> = server.calls().into_iter().map(|call| call.route).filter(|route| route != "WS").collect();
    let first = calls.iter().position(|route| route == "POST /prompt").unwrap();
    assert_eq!(calls[first..first + 2], ["POST /prompt", "POST /prompt"], "{calls:?}");
    drop(run);
}

#[tokio::test]
async fn the_date_of_a_retry_is_compared_with_the_clock_of_the_server() {
    let server = counting("Sat, 28 Nov 2026 12:00:07 GMT").await;
    let client = Client::builder(server.url()).retries(0).connect().await.unwrap();
    let error = client.submit(&blank(1)).await.unwrap_err();
    let Error::Status { status: 429, retry_after, .. } = error else { panic!("{error}") };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_while_it_is_resubmitted_is_cancelled() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let client = connect(&server).await;
    let run = client.submission(&text_to_image(1, 2)).resubmit_lost(3).submit().await.unwrap().into_run();
    server.until(|server| server.running().is_some()).await;
    // The second submission takes long enough for a cancellation.
    server.faults().http("POST /prompt", HttpFault::delay(LONG / 2));
    server.faults().http("GET /queue", HttpFault::status(503));
    server.restart();
    server.until(|server| server.count("POST /api/prompt") == 2).await;
    assert!(!run.cancel().await.unwrap(), "the server has forgotten the first run");
    let ending = tokio::time::timeout(LONG, run.finish()).await.unwrap();
    assert!(matches!(ending, Err(Error::Interrupted(_) | Error::Deleted(_))), "{ending:?}");
    assert_eq!(server.count("POST /api/prompt"), 2);
}
