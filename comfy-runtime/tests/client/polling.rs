//! Tests of servers without a usable WebSocket, and of clients that connect later.

use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, HttpFault, Server};
use comfy_runtime::Client;
use comfy_runtime::client::{Ending, Error};
use serde_json::json;

use crate::scripted::{Reply, Scripted};
use crate::support::{assert_runs_are_cancelled, blank, connect, quick, text_to_image, words};

/// The ways in which servers and proxies refuse a WebSocket.
fn refusals() -> [HttpFault; 6] {
    [
        HttpFault::status(404),
        HttpFault::status(400),
        HttpFault::status(403),
        HttpFault::status(426),
        HttpFault::status(501),
        HttpFault::page(),
    ]
}

#[tokio::test(start_paused = true)]
async fn runs_are_polled_on_a_server_that_refuses_websockets() {
    for refusal in refusals() {
        let server = Server::spawn().await.unwrap();
        server.faults().http("/ws", refusal.always());
        let client = quick(&server).connect().await.unwrap();
        assert!(!client.has_websocket() && client.websocket_error().is_some());
        let run = client.submit(&text_to_image(1, 2)).await.unwrap().complete().await.unwrap();
        let words = words(run.events()).await;
        assert_eq!(words.last().unwrap(), "finished", "{words:?}");
        assert_eq!(run.finish().await.unwrap().images("cat").unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn polling_keeps_the_promises_about_endings() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("/ws", HttpFault::status(404).always());
    let client = quick(&server).connect().await.unwrap();
    server.node("VAEDecode").fail("it fails");
    let Err(Error::Execution(error)) = client.run(&text_to_image(1, 1)).await else { panic!("expected a failure") };
    assert_eq!(error.node.id, "decoded");
    assert_runs_are_cancelled(&server, &client).await;
}

#[tokio::test(start_paused = true)]
async fn a_websocket_that_never_answers_is_given_up() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("/ws", HttpFault::hang().always());
    let client = quick(&server).connect_timeout(Duration::from_millis(300)).connect().await.unwrap();
    assert!(client.websocket_error().unwrap().starts_with("no response within"), "{:?}", client.websocket_error());
    client.run(&blank(1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_websocket_without_a_greeting_is_used() {
    let server = Server::spawn().await.unwrap();
    server.faults().event(EventMatch::kind("status"), EventFault::Lose);
    let client = quick(&server).connect_timeout(Duration::from_millis(600)).connect().await.unwrap();
    assert!(client.has_websocket() && client.websocket_error().is_none());
    let run = client.submit(&text_to_image(1, 2)).await.unwrap().into_run();
    assert!(words(run.events()).await.contains(&"executing samples".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_websocket_that_passes_nothing_on_is_not_waited_for() {
    let server = Server::spawn().await.unwrap();
    // Without the faster polling, the end would be noticed only after this interval.
    let client = quick(&server).poll_interval(Duration::from_secs(3600)).connect().await.unwrap();
    server.faults().drop_end_event();
    for kind in ["status", "execution_start", "execution_cached", "executing", "progress_state"] {
        server.faults().events(EventMatch::kind(kind), EventFault::Lose, u64::MAX);
    }
    server.node("EmptyLatentImage").hang();
    let run = client.submit(&text_to_image(1, 2)).await.unwrap().into_run();
    server.until(|server| server.running().is_some()).await;
    let mut events = run.events();
    while crate::support::word(&events.next().await.unwrap()) != "started" {}
    server.node("EmptyLatentImage").reset();
    client.interrupt(run.prompt_id()).await.unwrap();
    assert!(matches!(run.finish().await, Err(Error::Interrupted(_))));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_comfyui_is_still_an_error() {
    let page = Scripted::refusing(|_| Reply::new(200, "<html>hello</html>").header("content-type", "text/html")).await;
    let missing = Scripted::refusing(|_| Reply::new(404, "no")).await;
    for url in ["http://127.0.0.1:1".to_owned(), page.url(), missing.url()] {
        let error = Client::builder(url).retries(0).connect().await.unwrap_err();
        assert!(matches!(error, Error::Socket { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_id_that_the_server_registers_is_the_one_that_is_submitted() {
    let last = std::sync::Mutex::new(String::new());
    let server = Scripted::with_sid("of-the-server", move |call| {
        let mut last = last.lock().unwrap();
        match call.route.as_str() {
            "POST /prompt" => {
                let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
                assert_eq!(body["client_id"], "of-the-server");
                body["prompt_id"].as_str().unwrap().clone_into(&mut last);
                Reply::json(json!({"prompt_id": *last}))
            }
            "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
            _ => Reply::json(json!({last.clone(): {"prompt": [], "outputs": {}, "status": null}})),
        }
    })
    .await;
    let client = Client::connect(server.url()).await.unwrap();
    client.run(&blank(1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lazy_client_needs_a_server_only_when_it_calls_one() {
    let client = Client::connect_lazy("http://127.0.0.1:1").unwrap();
    assert!(client.has_websocket() && client.websocket_error().is_none());
    assert!(matches!(Client::connect_lazy("ftp://x"), Err(Error::Setup { .. })));
    let gone = Client::builder("http://127.0.0.1:1").retries(0).connect_lazy().unwrap();
    let error = gone.run(&blank(1)).await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_lazy_client_opens_its_websocket_before_it_submits() {
    let server = Server::spawn().await.unwrap();
    let client = quick(&server).connect_lazy().unwrap();
    client.system_stats().await.unwrap();
    assert_eq!(server.count("GET /api/ws"), 0);
    let run = client.submit(&text_to_image(1, 2)).await.unwrap().into_run();
    let words = words(run.events()).await;
    assert!(words.contains(&"executing samples".to_owned()), "{words:?}");
    client.run(&blank(1)).await.unwrap();
    assert_eq!(server.count("GET /api/ws"), 1);
    drop((run, client));
    server.until(|server| server.clients().is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn the_websocket_is_used_again_when_the_server_offers_it() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    // The connection breaks, and the first attempt to open it again is refused.
    server.faults().http("/ws", HttpFault::status(404));
    server.faults().event(EventMatch::kind("execution_start"), EventFault::CloseBefore);
    let mut run = client.submit(&text_to_image(1, 2)).await.unwrap().into_run();
    assert!(matches!(run.ended().await, Ending::Finished(_)));
    server.until(|server| server.clients().len() == 1).await;
    server.until(|_| client.has_websocket()).await;
}
