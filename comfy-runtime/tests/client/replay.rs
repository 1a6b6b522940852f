//! Replays recordings of a real server to the client.
//!
//! A recording is `{client_id, frames, http}`. A frame is `{text}`, `{binary}` in base64, or `{reconnected}` where the
//! recorder connected again. The first HTTP exchange is `POST /prompt`, and a later one is `GET /history/{prompt_id}`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use comfy_runtime::Client;
use comfy_runtime::client::{Accepted, Ending, Error, Event};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::scripted::{Reply, Scripted, Wire};
use crate::support::{LONG, workflow};

/// The state of the run on the server.
#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    NotSubmitted,
    Running,
    Ended,
}

/// Replays a recording and compares the client's request, events and ending with it.
async fn play(recording: &Value) {
    let name = recording["scenario"].as_str().unwrap().to_owned();
    let http = recording["http"].as_array().unwrap().clone();
    let post = http[0].clone();
    let prompt_id = post["json"]["prompt_id"].as_str().unwrap_or("11111111-1111-4111-8111-111111111111").to_owned();
    let history = http.iter().find(|call| call["path"].as_str().unwrap().starts_with("/history/")).cloned();
    let history = history.map(|call| call["json"].clone());
    let at = Arc::new(Mutex::new(At::NotSubmitted));

    let (state, answer, entry, id) = (Arc::clone(&at), post.clone(), history.clone(), prompt_id.clone());
    let server = Arc::new(
        Scripted::start(move |call| {
            let mut at = state.lock().unwrap();
            match call.route.as_str() {
                "POST /prompt" => {
                    let status = answer["status"].as_u64().unwrap();
                    *at = At::Running;
                    Reply::new(u16::try_from(status).unwrap(), answer["json"].to_string())
                }
                "GET /queue" => {
                    let item = json!([1, id, {}, {}, []]);
                    let running = if *at == At::Running { vec![item] } else { vec![] };
                    Reply::json(json!({"queue_running": running, "queue_pending": []}))
                }
                _ if *at == At::Ended => Reply::json(entry.clone().unwrap()),
                _ => Reply::json("{}"),
            }
        })
        .await,
    );
    let sender = tokio::spawn(send(Arc::clone(&server), Arc::clone(&at), recording["frames"].clone()));
    let client = Client::builder(server.url())
        .client_id(recording["client_id"].as_str().unwrap())
        .poll_interval(Duration::from_millis(100))
        .connect()
        .await
        .unwrap();
    let result = submit(&client, &post["request"], &prompt_id).await;
    assert_eq!(sent(&server, &post["request"]), post["request"], "{name}: the request");
    if post["status"] == 400 {
        let Err(Error::Rejected(rejection)) = result else { panic!("{name}: {result:?}") };
        assert_eq!(rejection.kind.as_str(), post["json"]["error"]["type"], "{name}");
        let nodes = post["json"]["node_errors"].as_object().unwrap();
        assert_eq!(rejection.nodes.len(), nodes.len(), "{name}");
        sender.abort();
        return;
    }
    let mut run = match result.unwrap() {
        Accepted::Complete(run) => {
            assert_eq!(post["json"]["node_errors"], json!({}), "{name}");
            run
        }
        Accepted::Partial { run, dropped, .. } => {
            let nodes = post["json"]["node_errors"].as_object().unwrap();
            assert_eq!(dropped.nodes.len(), nodes.len(), "{name}");
            run
        }
    };
    assert_eq!(run.number(), post["json"]["number"].as_f64(), "{name}");
    let mut stream = run.events();
    let ending = tokio::time::timeout(LONG, run.ended()).await.unwrap_or_else(|_| panic!("{name} hangs"));
    let mut events = Vec::new();
    while let Some(event) = tokio::time::timeout(LONG, stream.next()).await.unwrap() {
        events.push(event);
    }
    sender.await.unwrap();
    assert_eq!(calls(&server, "POST /prompt"), 1, "{name}");
    check_ending(&name, &ending, &history.unwrap()[&prompt_id]);
    check_events(&name, &events, recording["frames"].as_array().unwrap(), &ending);
}

/// Waits until the prompt was submitted, and sends the frames as fast as they are read.
async fn send(server: Arc<Scripted>, at: Arc<Mutex<At>>, frames: Value) {
    let mut sockets = 1;
    server.opened(sockets).await;
    while *at.lock().unwrap() == At::NotSubmitted {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for frame in frames.as_array().unwrap() {
        if frame["dir"] == "send" {
            continue;
        }
        if let Some(base64) = frame["binary"].as_str() {
            server.send(Wire::Frame(Message::binary(STANDARD.decode(base64).unwrap())));
        } else if frame["reconnected"] == true {
            sockets += 1;
            server.send(Wire::Close);
            server.opened(sockets).await;
        } else if frame["text"].is_object() {
            // A real server adds the run to its history before it sends this frame. A frame whose text is not an object
            // records a timeout of the recorder.
            if frame["text"]["data"]["node"].is_null() && frame["text"]["type"] == "executing" {
                *at.lock().unwrap() = At::Ended;
            }
            server.event(&frame["text"]);
        }
        tokio::task::yield_now().await;
    }
    // A recording may end without a final event.
    tokio::time::sleep(Duration::from_millis(50)).await;
    *at.lock().unwrap() = At::Ended;
}

/// Submits the recorded request.
async fn submit(client: &Client, request: &Value, prompt_id: &str) -> Result<Accepted, Error> {
    let workflow = workflow(&request["prompt"].to_string());
    let mut submission = client.submission(&workflow).prompt_id(prompt_id.parse().unwrap());
    if let Some(number) = request["number"].as_f64() {
        submission = submission.number(number);
    }
    if request["front"] == true {
        submission = submission.front();
    }
    if let Some(targets) = request["partial_execution_targets"].as_array() {
        submission = submission.targets(targets.iter().map(|id| id.as_str().unwrap()));
    }
    if let Some(extra) = request["extra_data"].as_object() {
        for (key, value) in extra {
            submission =
                submission.extra(key, comfy_runtime::client::Value::parse(value.to_string().as_bytes()).unwrap());
        }
    }
    submission.submit().await
}

/// Returns the request of the client, without the prompt id if the recorded one has none.
fn sent(server: &Scripted, request: &Value) -> Value {
    let mut sent: Value = serde_json::from_str(&server.calls_to("POST /prompt")[0].body).unwrap();
    if request.get("prompt_id").is_none() {
        sent.as_object_mut().unwrap().remove("prompt_id").unwrap();
    }
    sent
}

fn calls(server: &Scripted, route: &str) -> usize {
    server.calls_to(route).len()
}

/// Checks the ending against the last message of the history.
fn check_ending(name: &str, ending: &Ending, entry: &Value) {
    let [kind, data] = entry["status"]["messages"].as_array().unwrap().last().unwrap().as_array().unwrap().as_slice()
    else {
        panic!("{name}: {entry}")
    };
    match kind.as_str().unwrap() {
        "execution_success" => {
            let Ending::Finished(done) = ending else { panic!("{name}: {ending:?}") };
            let outputs = comfy_runtime::client::Value::Object(done.outputs().clone()).to_string();
            let outputs: Value = serde_json::from_str(&outputs).unwrap();
            assert_eq!(outputs, entry["outputs"], "{name}");
        }
        "execution_error" => {
            let Ending::Failed(error) = ending else { panic!("{name}: {ending:?}") };
            assert_eq!(error.node.id, data["node_id"], "{name}");
            assert_eq!(error.node.class, data["node_type"], "{name}");
            assert_eq!(error.exception_type, data["exception_type"], "{name}");
            assert_eq!(error.message, data["exception_message"].as_str().unwrap().trim(), "{name}");
            assert_eq!(error.traceback.len(), data["traceback"].as_array().unwrap().len(), "{name}");
        }
        "execution_interrupted" => {
            let Ending::Interrupted(interruption) = ending else { panic!("{name}: {ending:?}") };
            assert_eq!(interruption.node.as_ref().unwrap().id, data["node_id"], "{name}");
        }
        other => panic!("{name}: {other}"),
    }
}

/// Checks that each frame of the run was delivered as one event, in the same order.
fn check_events(name: &str, events: &[Event], frames: &[Value], ending: &Ending) {
    let mut expected: Vec<String> = frames
        .iter()
        .filter_map(|frame| {
            if frame["binary"].is_string() {
                return Some("preview 5".to_owned());
            }
            let data = &frame["text"]["data"];
            let node = data["node"].as_str().unwrap_or_default();
            match frame["text"]["type"].as_str()? {
                "execution_start" => Some("started".to_owned()),
                "execution_cached" => Some(format!("cached {}", data["nodes"].as_array()?.len())),
                "executing" if !node.is_empty() => Some(format!("executing {node}")),
                "executed" => Some(format!("executed {node}")),
                "progress" => Some(format!("{node} {}/{}", data["value"], data["max"])),
                _ => None,
            }
        })
        .collect();
    expected.push(ending.as_str().to_owned());
    // The client derives these events from the queue.
    let by_queue = |word: &String| word.starts_with("queued") || (word == "started" && !expected.contains(word));
    let heard: Vec<_> = events.iter().map(crate::support::word).filter(|word| !by_queue(word)).collect();
    assert_eq!(heard, expected, "{name}");
}

#[tokio::test(start_paused = true)]
async fn recordings_of_a_real_server_are_replayed() {
    let Some(data) = std::env::var_os("COMFY_DATA") else {
        println!("skipped: COMFY_DATA is not set");
        return;
    };
    let folder = std::path::Path::new(&data).join("recordings");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("run_") {
            play(&serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()).await;
            count += 1;
        }
    }
    assert!(count > 10, "{count} recordings");
    println!("{count} recordings");
}

/// The id of the runs below.
const ID: &str = "22222222-2222-4222-8222-222222222222";

/// Creates a recording that follows the documented protocol, from events (name and node), the last message and the
/// outputs.
fn own(name: &str, events: &[(&str, &str)], last: &str, output: &Value) -> Value {
    let frame = |kind: &str, data: Value| json!({"dir": "recv", "text": {"type": kind, "data": data}});
    let data = |kind: &str, node: &str| match kind {
        "execution_cached" => json!({"nodes": [], "prompt_id": ID}),
        "executed" => json!({"node": node, "display_node": node, "output": output["2"], "prompt_id": ID}),
        "progress" => json!({"node": node, "value": 1, "max": 2, "prompt_id": ID}),
        // A server sends an event of this form after a reconnect.
        "reconnect" => json!({"node": node}),
        "executing" if node.is_empty() => json!({"node": null, "prompt_id": ID}),
        _ => json!({"node": node, "display_node": node, "prompt_id": ID, "node_id": node, "node_type": "EmptyImage",
            "executed": [], "exception_type": "ValueError", "exception_message": "no\n", "traceback": ["a", "b"]}),
    };
    let frames: Vec<Value> = events
        .iter()
        .flat_map(|(kind, node)| match *kind {
            "reconnect" => vec![json!({"reconnected": true}), frame("executing", data(kind, node))],
            kind => vec![frame(kind, data(kind, node))],
        })
        .collect();
    let messages = json!([["execution_start", {"prompt_id": ID}], [last, data(last, "1")]]);
    let entry = json!({"prompt": [1, ID, {}, {}, ["2"]], "outputs": output, "meta": {},
        "status": {"status_str": "x", "completed": true, "messages": messages}});
    let prompt = json!({"1": {"class_type": "EmptyImage", "inputs": {"width": 8}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}}});
    json!({"scenario": name, "client_id": "me", "frames": frames, "http": [
        {"method": "POST", "path": "/prompt", "request": {"prompt": prompt, "client_id": "me"}, "status": 200,
         "json": {"prompt_id": ID, "number": 1, "node_errors": {}}},
        {"method": "GET", "path": format!("/history/{ID}"), "status": 200, "json": {ID: entry}}]})
}

#[tokio::test(start_paused = true)]
async fn every_sequence_of_events_leads_to_the_ending_in_the_history() {
    let saved = json!({"2": {"images": [{"filename": "x_00001_.png", "subfolder": "", "type": "output"}]}});
    let (start, cached, end) = (("execution_start", ""), ("execution_cached", ""), ("executing", ""));
    let (success, one, two) = (("execution_success", ""), ("executing", "1"), ("executing", "2"));
    let saving = ("executed", "2");
    let plain = [start, cached, one, ("progress", "1"), two, saving, success, end];
    play(&own("plain", &plain, "execution_success", &saved)).await;
    play(&own("all cached", &[start, cached, saving, success, end], "execution_success", &saved)).await;
    play(&own("no events", &[], "execution_success", &saved)).await;
    play(&own("final event lost", &plain[..7], "execution_success", &saved)).await;
    play(&own(
        "reconnected",
        &[start, one, ("reconnect", "1"), two, saving, success, end],
        "execution_success",
        &saved,
    ))
    .await;
    play(&own("unregistered", &[start, one, ("reconnect", "1")], "execution_success", &saved)).await;
    let failed = ("execution_error", "1");
    play(&own("failed", &[start, cached, one, failed, end], "execution_error", &json!({}))).await;
    let interrupted = ("execution_interrupted", "1");
    play(&own("interrupted", &[start, cached, one, interrupted, end], "execution_interrupted", &json!({}))).await;
}
