//! Tests of servers that give prompts ids of their own: the id in the response is the one that counts.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use comfy_mock::{HttpFault, Server};
use comfy_runtime::Client;
use comfy_runtime::client::{Error, Event};
use serde_json::json;

use crate::scripted::{Reply, Scripted};
use crate::support::{assert_runs_are_cancelled, blank, connect, text_to_image, words};

async fn own_ids() -> (Server, Client) {
    let server = Server::spawn().await.unwrap();
    server.faults().own_prompt_ids();
    let client = connect(&server).await;
    (server, client)
}

#[tokio::test(start_paused = true)]
async fn a_run_is_followed_under_the_id_of_the_server() {
    let (server, client) = own_ids().await;
    let sent = comfy_runtime::client::Uuid::new_v4();
    let workflow = text_to_image(1, 2);
    let run = client.submission(&workflow).prompt_id(sent).submit().await.unwrap().complete().await.unwrap();
    assert_ne!(run.prompt_id(), sent.to_string());
    let words = words(run.events()).await;
    for expected in ["executing samples", "samples 2/2", "executed cat", "finished"] {
        assert!(words.contains(&expected.to_owned()), "{expected} is missing in {words:?}");
    }
    let id = run.prompt_id().to_owned();
    let done = run.finish().await.unwrap();
    assert_eq!((done.prompt_id(), done.images("cat").unwrap().len()), (id.as_str(), 1));
    assert_eq!(server.finished(), [id]);
}

#[tokio::test(start_paused = true)]
async fn the_id_of_the_server_is_cancelled() {
    let (server, client) = own_ids().await;
    assert_runs_are_cancelled(&server, &client).await;
    drop(client.submission(&text_to_image(3, 1)).cancel_on_drop().submit().await.unwrap());
    server.idle().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_response_the_events_tell_the_id() {
    let (server, client) = own_ids().await;
    server.faults().http("POST /prompt", HttpFault::cut_body(0));
    let done = client.run(&text_to_image(1, 2)).await.unwrap();
    assert_eq!(server.finished(), [done.prompt_id()]);
    assert_eq!(server.count("POST /api/prompt"), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_lost_response_the_prompt_of_another_workflow_is_not_taken() {
    let (server, client) = own_ids().await;
    // Another program with the same client id submits another workflow at the same time.
    server.faults().http("POST /prompt", HttpFault::hang());
    let other = Client::builder(server.url()).client_id(client.client_id()).connect_lazy().unwrap();
    let lost = Client::builder(server.url()).client_id("me").response_timeout(Duration::from_millis(300)).retries(0);
    let lost = lost.connect().await.unwrap();
    let workflow = blank(1);
    let error = lost.submit(&workflow);
    let (error, done) = tokio::join!(error, async {
        server.until(|server| server.count("POST /api/prompt") == 1).await;
        other.run(&blank(2)).await
    });
    done.unwrap();
    assert!(matches!(error, Err(Error::Unconfirmed { .. })), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_before_the_response_are_not_lost() {
    let server: Arc<OnceLock<Arc<Scripted>>> = Arc::default();
    let (sender, over) = (Arc::clone(&server), Mutex::new(false));
    let scripted = Scripted::start(move |call| match call.route.as_str() {
        "POST /prompt" => {
            let event = |kind: &str, data| sender.get().unwrap().event(json!({"type": kind, "data": data}));
            event("execution_start", json!({"prompt_id": "job-1"}));
            event("executing", json!({"node": "img", "display_node": "img", "prompt_id": "job-1"}));
            event("executing", json!({"node": "x", "display_node": "x", "prompt_id": "of somebody else"}));
            event("executed", json!({"node": "save", "output": {"text": ["a"]}, "prompt_id": "job-1"}));
            // The events travel over another connection, which is given time to deliver them first.
            std::thread::sleep(Duration::from_millis(100));
            *over.lock().unwrap() = true;
            Reply::json(json!({"prompt_id": "job-1"}))
        }
        "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
        _ if *over.lock().unwrap() => Reply::json(json!({"job-1": {"outputs": {}, "status": {"messages": []}}})),
        _ => Reply::json("{}"),
    });
    let scripted = Arc::new(scripted.await);
    _ = server.set(Arc::clone(&scripted));
    let client = Client::connect(scripted.url()).await.unwrap();
    let run = client.submit(&blank(1)).await.unwrap().into_run();
    assert_eq!((run.prompt_id(), run.number()), ("job-1", None));
    let mut events = run.events();
    let mut seen = Vec::new();
    while let Some(event) = events.next().await {
        seen.push(match event {
            Event::Executing { node, .. } => format!("executing {node}"),
            Event::Executed { node, .. } => format!("executed {node}"),
            other => crate::support::word(&other),
        });
    }
    assert_eq!(seen, ["started", "executing img", "executed save", "finished"]);
}

#[tokio::test(start_paused = true)]
async fn an_unanswered_prompt_is_cancelled_by_the_id_that_its_events_tell() {
    let (server, client) = own_ids().await;
    server.node("VAEDecode").hang();
    server.faults().http("POST /prompt", HttpFault::hang_after());
    let (workflow, sent) = (text_to_image(1, 1), comfy_runtime::client::Uuid::new_v4());
    let submission = client.submission(&workflow).prompt_id(sent).submit();
    let cancelling = async {
        server.until(|server| server.running().is_some()).await;
        while !client.cancel_unanswered(&workflow, &sent.to_string()).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        answer = submission => panic!("expected no answer, found {answer:?}"),
        () = cancelling => {}
    }
    server.until(|server| server.running().is_none()).await;
}
