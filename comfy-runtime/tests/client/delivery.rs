//! Tests of the delivery of events: which run and reader receives them, and which may be dropped.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, HttpFault, Server};
use comfy_runtime::client::{Ending, Error, Event, LostReason};
use comfy_runtime::{Client, Workflow};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::scripted::{Reply, Scripted, Wire};
use crate::support::{LONG, blank, connect, quick, text_to_image, word, words, workflow};

/// Returns a binary frame of type 4: an image with metadata.
fn preview(node: &str, prompt_id: &str, kind: &str, bytes: &[u8]) -> Wire {
    let about = json!({"node_id": node, "prompt_id": prompt_id, "display_node_id": node, "parent_node_id": null,
        "real_node_id": node, "image_type": kind})
    .to_string();
    let mut frame = vec![0, 0, 0, 4];
    frame.extend(u32::try_from(about.len()).unwrap().to_be_bytes());
    frame.extend(about.as_bytes());
    frame.extend(bytes);
    Wire::Frame(Message::binary(frame))
}

/// Returns a server on which the last prompt runs until the flag is set, and the flag.
async fn running() -> (Scripted, Arc<Mutex<bool>>) {
    let over = Arc::new(Mutex::new(false));
    let (state, last) = (Arc::clone(&over), Mutex::new(String::new()));
    let server = Scripted::start(move |call| {
        let mut last = last.lock().unwrap();
        let over = *state.lock().unwrap();
        match call.route.as_str() {
            "POST /prompt" => {
                let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
                body["prompt_id"].as_str().unwrap().clone_into(&mut last);
                Reply::json(json!({"prompt_id": *last, "number": 0, "node_errors": {}}))
            }
            "GET /queue" if !over => {
                Reply::json(json!({"queue_running": [[0, *last, {}, {}, []]], "queue_pending": []}))
            }
            "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
            _ if !over => Reply::json("{}"),
            _ => Reply::json(json!({last.clone(): {"prompt": [], "outputs": {},
                "status": {"status_str": "success", "messages": [["execution_success", {}]]}}})),
        }
    })
    .await;
    (server, over)
}

fn event(kind: &str, data: serde_json::Value) -> serde_json::Value {
    json!({"type": kind, "data": data})
}

fn end(server: &Scripted, over: &Mutex<bool>, prompt_id: &str) {
    *over.lock().unwrap() = true;
    server.event(event("executing", json!({"node": null, "prompt_id": prompt_id})));
}

fn by_socket() -> Workflow {
    workflow(
        r#"{"5": {"class_type": "KSampler", "inputs": {}}, "6": {"class_type": "SaveImageWebsocket", "inputs": {}}}"#,
    )
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_loses_only_previews_and_delays_no_other_reader() {
    let (server, over) = running().await;
    let client = Client::connect(server.url()).await.unwrap();
    let run = client.submit(&by_socket()).await.unwrap().into_run();
    let (slow, mut quick) = (run.events(), run.events());
    let id = run.prompt_id().to_owned();
    for number in 0_u8..200 {
        server.send(preview("5", &id, "image/jpeg", &[number]));
        server.event(event("progress", json!({"node": "5", "value": number, "max": 200, "prompt_id": id})));
        // The quick reader receives the event before the next one is sent, while the slow reader reads nothing.
        while word(&tokio::time::timeout(LONG, quick.next()).await.unwrap().unwrap()) != format!("5 {number}/200") {}
    }
    end(&server, &over, &id);
    let words = words(slow).await;
    let count = |start: &str| words.iter().filter(|word| word.starts_with(start)).count();
    assert_eq!((count("5 "), count("preview"), count("finished")), (200, 4, 1));
}

#[tokio::test(start_paused = true)]
async fn result_images_over_the_websocket_are_never_dropped() {
    let (server, over) = running().await;
    let client = Client::connect(server.url()).await.unwrap();
    let run = client.submit(&by_socket()).await.unwrap().into_run();
    let mut events = run.events();
    let id = run.prompt_id().to_owned();
    server.event(event("executing", json!({"node": "6", "display_node": "6", "prompt_id": id})));
    for number in 0_u8..50 {
        server.send(preview("6", &id, "image/png", &[number]));
        // An image without metadata belongs to the node that runs.
        server.send(Wire::Frame(Message::binary(vec![0, 0, 0, 1, 0, 0, 0, 2, number])));
    }
    end(&server, &over, &id);
    let mut pictures = Vec::new();
    while let Some(event) = tokio::time::timeout(LONG, events.next()).await.unwrap() {
        if let Event::Image(image) = event {
            assert_eq!(image.node.as_deref(), Some("6"));
            pictures.push(image.bytes[0]);
        }
    }
    assert_eq!(pictures, (0..50).flat_map(|number| [number, number]).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn events_of_other_prompts_are_ignored_and_unknown_kinds_are_delivered() {
    let (server, over) = running().await;
    let client = Client::connect(server.url()).await.unwrap();
    let run = client.submit(&by_socket()).await.unwrap().into_run();
    let events = run.events();
    let id = run.prompt_id().to_owned();
    server.event(event("progress", json!({"node": "5", "value": 1, "max": 2, "prompt_id": "somebody-elses"})));
    server.event(event("execution_error", json!({"node_id": "5", "prompt_id": "somebody-elses"})));
    server.event(event("my.node", json!({"prompt_id": id, "x": 1})));
    for broken in
        ["", "nonsense", "[]", "{\"type\": 1}", "{\"type\": \"executing\"}", "{\"type\": \"progress\", \"data\": []}"]
    {
        server.send(Wire::Frame(Message::text(broken)));
    }
    for broken in [
        &[][..],
        &[0],
        &[0, 0, 0, 4, 255, 255, 255, 255],
        &[0, 0, 0, 9, 1],
        &[0, 0, 0, 1],
        &[0, 0, 0, 3, 0, 0, 0, 9, 1],
    ] {
        server.send(Wire::Frame(Message::binary(broken.to_vec())));
    }
    end(&server, &over, &id);
    let words = words(events).await;
    assert!(!words.iter().any(|word| word == "5 1/2" || word == "failed"), "{words:?}");
    assert!(words.iter().any(|word| word.contains("my.node")), "{words:?}");
    assert_eq!(words.last().unwrap(), "finished");
}

#[tokio::test(start_paused = true)]
async fn a_late_reader_receives_the_last_event() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let mut run = client.submit(&blank(1)).await.unwrap().into_run();
    run.ended().await;
    let (one, two) = (run.events(), run.events());
    assert_eq!(words(one).await.last().unwrap(), "finished");
    assert_eq!(words(two).await, ["finished"]);
}

#[tokio::test(start_paused = true)]
async fn the_history_overrides_the_websocket() {
    let (server, over) = running().await;
    let client = Client::connect(server.url()).await.unwrap();
    let mut run = client.submit(&by_socket()).await.unwrap().into_run();
    let id = run.prompt_id().to_owned();
    server.event(event("execution_error", json!({"node_id": "5", "exception_type": "X", "prompt_id": id})));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(run.ending().is_none());
    end(&server, &over, &id);
    assert!(matches!(run.ended().await, Ending::Finished(_)));
}

#[tokio::test(start_paused = true)]
async fn a_blocked_branch_does_not_end_the_run() {
    let (server, over) = running().await;
    let client = Client::connect(server.url()).await.unwrap();
    let run = client.submit(&by_socket()).await.unwrap().into_run();
    let events = run.events();
    let id = run.prompt_id().to_owned();
    let blocked =
        json!({"node_id": "5", "exception_type": "ExecutionBlocked", "exception_message": "no", "prompt_id": id});
    server.event(event("execution_error", blocked));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(run.ending().is_none());
    end(&server, &over, &id);
    let words = words(events).await;
    assert!(words.contains(&"blocked".to_owned()) && words.last().unwrap() == "finished", "{words:?}");
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_for_a_late_history_entry() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    server.faults().late_history(Duration::from_millis(700));
    let done = client.run(&blank(1)).await.unwrap();
    assert_eq!(done.images("save").unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_finishes_although_the_history_was_cleared() {
    let (server, over) = running().await;
    let client = Client::connect(server.url()).await.unwrap();
    let mut run = client.submit(&by_socket()).await.unwrap().into_run();
    let id = run.prompt_id().to_owned();
    // The scripted history only contains the last prompt, so the first is missing.
    let other = Client::connect(server.url()).await.unwrap();
    let saved = json!({"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]});
    server.event(event("executed", json!({"node": "6", "display_node": "6", "output": saved, "prompt_id": id})));
    let second = other.submit(&by_socket()).await.unwrap().into_run();
    end(&server, &over, &id);
    server.event(event("execution_success", json!({"prompt_id": id})));
    let Ending::Finished(done) = run.ended().await else { panic!("{run:?}") };
    assert_eq!(done.images("6").unwrap()[0].filename, "a.png");
    drop(second);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_responding_loses_the_run() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let client = quick(&server).unreachable_after(Duration::from_millis(500)).retries(0).connect().await.unwrap();
    let run = client.submit(&text_to_image(1, 1)).await.unwrap().into_run();
    server.faults().http("/queue", HttpFault::status(502).always());
    server.faults().event(EventMatch::kind("status"), EventFault::CloseBefore);
    let result = tokio::time::timeout(LONG, run.finish()).await.unwrap();
    let Err(Error::Lost(lost)) = result else { panic!("{result:?}") };
    assert_eq!(lost.reason, LostReason::Unreachable);
    assert!(lost.last_error.contains("502"), "{lost}");
}
