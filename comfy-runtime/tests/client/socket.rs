//! Tests of the WebSocket: each client opens one before it submits anything, and sends its feature flags over it.

use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, Server};
use comfy_runtime::Client;
use comfy_runtime::client::Error;

use crate::scripted::{Reply, Scripted};
use crate::submit::accepting;
use crate::support::{LONG, blank, connect, quick, text_to_image};

#[tokio::test(start_paused = true)]
async fn one_websocket_is_registered_before_anything_is_submitted() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    assert_eq!(server.clients(), [client.client_id()]);
    let other = client.clone();
    let (one, two) = (blank(1), blank(2));
    let (one, two) = tokio::join!(client.run(&one), other.run(&two));
    one.unwrap();
    two.unwrap();
    assert_eq!(server.count("GET /api/ws"), 1);
    assert!(server.requests()[0].path.ends_with("/ws"));
}

#[tokio::test(start_paused = true)]
async fn two_clients_have_two_ids() {
    let server = Server::spawn().await.unwrap();
    let (one, two) = (connect(&server).await, connect(&server).await);
    assert_ne!(one.client_id(), two.client_id());
}

/// Waits until this number of text messages was received over any WebSocket.
async fn received(server: &Scripted, count: usize) {
    let arrival = async {
        while server.calls_to("WS").len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, arrival).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn feature_flags_are_the_first_message_of_every_connection() {
    let server = accepting().await;
    let _client = Client::connect(server.url()).await.unwrap();
    received(&server, 1).await;
    server.send(crate::scripted::Wire::Close);
    received(&server, 2).await;
    for call in server.calls_to("WS") {
        let message: serde_json::Value = serde_json::from_str(&call.body).unwrap();
        assert_eq!(message["type"], "feature_flags");
        assert_eq!(message["data"]["supports_preview_metadata"], true);
    }
    let ids: Vec<_> = server.calls_to("GET /ws").iter().map(|call| call.query.clone()).collect();
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(start_paused = true)]
async fn the_websocket_reconnects_after_a_break_and_after_a_restart() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().event(EventMatch::kind("execution_start"), EventFault::CloseBefore);
    client.run(&text_to_image(1, 2)).await.unwrap();
    tokio::time::timeout(LONG, server.until(|server| server.clients() == [client.client_id()])).await.unwrap();
    server.restart();
    tokio::time::timeout(LONG, server.until(|server| server.clients() == [client.client_id()])).await.unwrap();
    client.run(&text_to_image(2, 2)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_client_closes_its_websocket() {
    let server = Server::spawn().await.unwrap();
    drop(connect(&server).await);
    tokio::time::timeout(LONG, server.until(|server| server.clients().is_empty())).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_websocket_reconnects_to_a_server_that_forgot_the_connection() {
    let server = Server::spawn().await.unwrap();
    let client = quick(&server).poll_interval(Duration::from_millis(50)).connect().await.unwrap();
    // The first connection breaks, and the server forgets the second one.
    server.faults().event(EventMatch::kind("execution_start"), EventFault::CloseAfter);
    client.run(&text_to_image(1, 1)).await.unwrap();
    server.until(|server| server.clients().len() == 1).await;
    let stream = tokio::net::TcpStream::connect(server.addr()).await.unwrap();
    let (socket, _) = tokio_tungstenite::client_async(server.ws_url(client.client_id()), stream).await.unwrap();
    drop(socket);
    server.until(|server| server.clients().is_empty()).await;
    client.run(&text_to_image(2, 1)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_message_contains_a_secret() {
    let server = Scripted::start(|call| match call.header("authorization") {
        Some("Bearer s3cret-bearer" | "Basic dXNlcjpzM2NyZXQtcGFzcw==") => Reply::new(503, "no"),
        other => Reply::new(401, format!("{other:?}")),
    })
    .await;
    let url = server.url().replace("http://", "http://user:s3cret-pass@");
    let with_url = Client::builder(url).comfy_org_api_key("s3cret-key").comfy_org_auth_token("s3cret-token").retries(0);
    let with_header = Client::builder(server.url()).bearer("s3cret-bearer").api_key("s3cret-api").retries(0);
    for builder in [with_url, with_header] {
        let mut texts = vec![format!("{builder:?}")];
        let client = builder.clone().connect().await.unwrap();
        texts.push(format!("{client:?}"));
        let workflow = blank(1);
        let submission = client.submission(&workflow).extra("api_key_comfy_org", "s3cret-extra");
        assert!(format!("{submission:?}").contains("api_key_comfy_org"), "the key is not a secret");
        texts.push(format!("{submission:?}"));
        let error = submission.submit().await.unwrap_err();
        // The secrets were sent: the server responds with 503 only to requests that contain them.
        assert!(matches!(error, Error::Status { status: 503, .. } | Error::Unconfirmed { .. }), "{error}");
        texts.extend([format!("{error:?}"), error.to_string()]);
        let gone = builder.proxy("http://me:s3cret-proxy@127.0.0.1:1").connect().await.unwrap_err();
        texts.extend([format!("{gone:?}"), gone.to_string()]);
        for text in texts {
            assert!(!text.contains("s3cret"), "{text}");
        }
    }
    for wrong in ["http://u:s3cret@[", "http://u:s3cret@h/?q", "ftp://u:s3cret@h", "http://u:s3cret@h:99999"] {
        let error = Client::connect(wrong).await.unwrap_err();
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    }
}
