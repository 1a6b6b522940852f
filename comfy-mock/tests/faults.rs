//! Tests of injected faults, and of the behaviour of sockets.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod support;

use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, HttpFault, Server, Timing};
use serde_json::json;
use support::{Frame, Socket, get, post, show_text, submit, text_to_image};
use tokio::time::Instant;

fn kinds(frames: &[Frame]) -> Vec<String> {
    frames.iter().map(Frame::kind).collect()
}

#[tokio::test(start_paused = true)]
async fn a_fault_applies_to_its_number_of_requests() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("GET /queue", HttpFault::status(503).retry_after(Duration::from_secs(2)).times(2));
    server.faults().http("/queue", HttpFault::status(429));
    for (status, after) in [(503, Some("2")), (503, Some("2")), (429, None), (200, None)] {
        let response = get(&server, "/api/queue").await;
        assert_eq!((response.status, response.header("retry-after")), (status, after));
    }
    assert_eq!(server.count("/api/queue"), 4);
    assert_eq!(server.requests()[0].status(), Some(503));
}

#[tokio::test(start_paused = true)]
async fn a_response_body_is_cut_off() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("/object_info", HttpFault::cut_body(1_000));
    let cut = get(&server, "/object_info").await;
    assert_eq!((cut.status, cut.is_cut, cut.body.len()), (200, true, 1_000));
    let whole = get(&server, "/object_info").await;
    assert!(!whole.is_cut && whole.body.len() > 100_000 && whole.body.starts_with(&cut.body));
}

#[tokio::test(start_paused = true)]
async fn a_page_replaces_a_response() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("/ws", HttpFault::page());
    let page = get(&server, "/ws").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text().starts_with("<!DOCTYPE html>"));
}

#[tokio::test(start_paused = true)]
async fn prompts_get_ids_of_the_server() {
    let server = Server::spawn().await.unwrap();
    server.faults().own_prompt_ids();
    let sent = "6f0c1a52-0f43-4c55-9a52-1d1f3b0a9a01";
    let body = json!({"prompt": show_text("x"), "prompt_id": sent});
    let id = post(&server, "/prompt", &body).await.json()["prompt_id"].as_str().unwrap().to_owned();
    server.idle().await;
    assert!(id != sent && server.history(sent).is_none() && server.history(&id).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_route_hangs_or_is_delayed() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("/prompt", HttpFault::hang());
    assert!(tokio::time::timeout(Duration::from_millis(100), get(&server, "/prompt")).await.is_err());
    server.faults().http("/prompt", HttpFault::delay(Duration::from_millis(60)));
    let start = Instant::now();
    assert_eq!(get(&server, "/prompt").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[tokio::test(start_paused = true)]
async fn a_prompt_is_queued_and_the_request_not_answered() {
    let server = Server::spawn().await.unwrap();
    server.faults().http("POST /prompt", HttpFault::hang_after());
    let body = json!({"prompt": show_text("x")});
    tokio::select! {
        _ = post(&server, "/prompt", &body) => panic!("expected no answer"),
        () = server.until(|server| server.finished().len() == 1) => {}
    }
}

#[tokio::test(start_paused = true)]
async fn lines_can_be_added_to_the_log() {
    let server = Server::spawn().await.unwrap();
    server.log("Import times for custom nodes:");
    let log = get(&server, "/internal/logs/raw").await.json();
    assert_eq!(log["entries"][0]["m"], "Import times for custom nodes:\n");
}

#[tokio::test(start_paused = true)]
async fn frames_are_lost_duplicated_and_delayed() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    server.faults().event(EventMatch::kind("execution_start"), EventFault::Lose);
    server.faults().event(EventMatch::kind("executed"), EventFault::Duplicate);
    server.faults().event(EventMatch::kind("execution_success"), EventFault::Delay(Duration::from_millis(80)));
    submit(&server, &show_text("x"), Some("me")).await;
    let start = Instant::now();
    let kinds = kinds(&socket.run().await);
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert!(!kinds.contains(&"execution_start".to_owned()));
    assert_eq!(kinds.iter().filter(|kind| *kind == "executed").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_connection_drops_at_an_event() {
    let server = Server::spawn().await.unwrap();
    for (fault, last) in [(EventFault::CloseBefore, "executing"), (EventFault::CloseAfter, "executed")] {
        server.forget_cache();
        let mut socket = Socket::connect(&server, "me").await;
        server.faults().event(EventMatch::kind("executed"), fault);
        submit(&server, &show_text("x"), Some("me")).await;
        let frames = kinds(&socket.until(|frame| *frame == Frame::Closed).await);
        assert_eq!(frames[frames.len() - 2], last);
        server.until(|server| server.clients().is_empty()).await;
    }
    let mut socket = Socket::connect(&server, "me").await;
    server.faults().event(EventMatch::Nth(3), EventFault::CloseAfter);
    submit(&server, &show_text("y"), Some("me")).await;
    assert_eq!(
        kinds(&socket.until(|frame| *frame == Frame::Closed).await),
        ["status", "status", "execution_start", "closed",]
    );
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_run_is_not_sent() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    server.faults().drop_end_event();
    let id = submit(&server, &show_text("x"), Some("me")).await;
    let mut frames = Vec::new();
    while let Some(frame) = socket.next_within(Duration::from_millis(150)).await {
        frames.push(frame);
    }
    assert_eq!(kinds(&frames).last().map(String::as_str), Some("status"));
    assert!(server.history(&id).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_restart_resets_everything_except_files() {
    let server = Server::spawn().await.unwrap();
    submit(&server, &text_to_image(1, 1), None).await;
    server.idle().await;
    let mut socket = Socket::connect(&server, "me").await;
    server.node("PreviewAny").hang();
    submit(&server, &show_text("x"), Some("me")).await;
    submit(&server, &show_text("y"), Some("me")).await;
    socket.until(|frame| frame.kind() == "executing").await;
    server.restart();
    socket.until(|frame| *frame == Frame::Closed).await;
    assert_eq!(get(&server, "/prompt").await.json(), json!({"exec_info": {"queue_remaining": 0}}));
    assert_eq!(get(&server, "/history").await.text(), "{}");
    assert_eq!(get(&server, "/view?filename=cat_00001_.png").await.status, 200);
    server.node("PreviewAny").reset();
    let mut socket = Socket::connect(&server, "me").await;
    let response = post(&server, "/prompt", &json!({"prompt": show_text("x"), "client_id": "me"})).await.json();
    assert_eq!(response["number"], 0);
    assert!(kinds(&socket.run().await).contains(&"execution_success".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_replaced_socket_unregisters_its_successor() {
    let server = Server::spawn().await.unwrap();
    let mut first = Socket::connect(&server, "me").await;
    let mut second = Socket::connect(&server, "me").await;
    submit(&server, &show_text("a"), Some("me")).await;
    assert!(second.run().await.len() > 5);
    assert!(
        first.next_within(Duration::from_millis(50)).await.is_none(),
        "the first socket is open, and gets no frames"
    );
    first.0.close(None).await.unwrap();
    server.until(|server| server.clients().is_empty()).await;
    submit(&server, &show_text("b"), Some("me")).await;
    server.idle().await;
    assert!(second.next_within(Duration::from_millis(50)).await.is_none(), "the second socket gets no frames any more");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reconnects_gets_the_running_node() {
    let server = Server::builder().timing(Timing::instant().step(Duration::from_secs(5))).spawn().await.unwrap();
    let mut first = Socket::connect(&server, "me").await;
    submit(&server, &text_to_image(1, 9), Some("me")).await;
    first.until(|frame| frame.kind() == "executing" && frame.data()["node"] == "5").await;
    let mut second = Socket::connect_raw(&server, "me").await;
    assert_eq!(second.next().await.data()["sid"], "me");
    assert_eq!(*second.next().await.data(), json!({"node": "5"}));
}

#[tokio::test(start_paused = true)]
async fn only_the_first_message_that_is_an_object_is_read() {
    let server = Server::spawn().await.unwrap();
    let flags = json!({"type": "feature_flags", "data": {"supports_preview_metadata": true}});
    let answered = async |before: &[&str]| {
        let mut socket = Socket::connect(&server, "me").await;
        for text in before {
            use futures_util::SinkExt as _;
            socket.0.send(tokio_tungstenite::tungstenite::Message::text(*text)).await.unwrap();
        }
        socket.send(&flags).await;
        let response = socket.next_within(Duration::from_millis(100)).await;
        socket.0.close(None).await.unwrap();
        server.until(|server| server.clients().is_empty()).await;
        response.map(|frame| frame.kind())
    };
    assert_eq!(answered(&[]).await.as_deref(), Some("feature_flags"));
    assert_eq!(answered(&["{bad", "[1]", "5"]).await.as_deref(), Some("feature_flags"));
    assert_eq!(answered(&[r#"{"type": "other"}"#]).await, None);
}

#[tokio::test(start_paused = true)]
async fn the_log_and_texts_of_nodes_are_sent_over_the_socket() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    let body = json!({"clientId": "me", "enabled": true}).to_string();
    let response = support::send(&server, "PATCH", "/internal/logs/subscribe", &[], body.as_bytes()).await;
    assert_eq!(response.status, 200);
    server.node("PreviewAny").send_text("half done");
    submit(&server, &show_text("x"), Some("me")).await;
    let frames = socket.run().await;
    assert!(kinds(&frames).contains(&"logs".to_owned()));
    let text = frames.iter().find(|frame| frame.kind() == "binary 3").unwrap();
    assert_eq!(*text, Frame::Binary(b"\0\0\0\x03\0\0\0\x011half done".to_vec()));
}

#[tokio::test(start_paused = true)]
async fn a_stop_closes_sockets() {
    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    server.node("PreviewAny").hang();
    submit(&server, &show_text("x"), Some("me")).await;
    // A hanging request must not delay the shutdown.
    server.faults().http("/prompt", HttpFault::hang());
    assert!(tokio::time::timeout(Duration::from_millis(50), get(&server, "/prompt")).await.is_err());
    let addr = server.addr();
    let start = Instant::now();
    let (frames, ()) = tokio::join!(socket.until(|frame| *frame == Frame::Closed), server.shutdown());
    assert_eq!(frames.last(), Some(&Frame::Closed));
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_too_large_ends_the_connection() {
    use futures_util::SinkExt as _;
    use tokio_tungstenite::tungstenite::Message;

    let server = Server::spawn().await.unwrap();
    let mut socket = Socket::connect(&server, "me").await;
    socket.0.send(Message::text(" ".repeat(4 << 20))).await.unwrap();
    assert_eq!(server.clients(), ["me"]);
    // The server may close the connection before it has read the message.
    _ = socket.0.send(Message::text(" ".repeat((4 << 20) + 1))).await;
    server.until(|server| server.clients().is_empty()).await;
}
