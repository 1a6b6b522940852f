//! A load test: 200 sockets and 1,000 prompts at the same time, without a lost event.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use comfy_mock::Server;
use futures_util::StreamExt as _;
use serde_json::Value as Json;
use support::{Socket, show_text, submit};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

const SOCKETS: usize = 200;
const PROMPTS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sockets_and_a_thousand_prompts() {
    let server = Server::spawn().await.unwrap();
    let start = Instant::now();
    let mut sockets = Vec::new();
    for at in 0..SOCKETS {
        sockets.push(Socket::connect(&server, &format!("client-{at}")).await);
    }
    let connected = start.elapsed();
    let each = PROMPTS / SOCKETS;
    let readers: Vec<_> = sockets
        .into_iter()
        .map(|mut socket| {
            tokio::spawn(async move {
                let mut done = BTreeSet::new();
                let mut succeeded = 0;
                while done.len() < each {
                    let text = next(&mut socket).await;
                    succeeded += usize::from(text.starts_with(r#"{"type": "execution_success""#));
                    if text.starts_with(r#"{"type": "executing", "data": {"node": null"#) {
                        done.insert(id_of(&text));
                    }
                }
                assert_eq!(succeeded, each);
                done
            })
        })
        .collect();
    let start = Instant::now();
    let mut sent = Vec::new();
    for at in 0..PROMPTS {
        let client = format!("client-{}", at % SOCKETS);
        sent.push(submit(&server, &show_text(&at.to_string()), Some(&client)).await);
    }
    let queued = start.elapsed();
    let mut heard = BTreeSet::new();
    for reader in readers {
        heard.extend(reader.await.unwrap());
    }
    let finished = start.elapsed();
    assert_eq!(server.finished(), sent, "each prompt ran once, in order");
    assert_eq!(heard, sent.into_iter().collect(), "each client got the end of each of its prompts");
    println!("{SOCKETS} sockets connected in {connected:.2?}");
    println!("{PROMPTS} prompts accepted in {queued:.2?}, all executed and received after {finished:.2?}, 0 lost");
}

/// Returns the next event as text. There are 600,000 of them, and the test would take too long if it parsed them all.
async fn next(socket: &mut Socket) -> String {
    match timeout(Duration::from_secs(60), socket.0.next()).await {
        Ok(Some(Ok(Message::Text(text)))) => text.to_string(),
        other => panic!("{other:?}"),
    }
}

fn id_of(text: &str) -> String {
    let event: Json = serde_json::from_str(text).unwrap();
    event["data"]["prompt_id"].as_str().unwrap().to_owned()
}
