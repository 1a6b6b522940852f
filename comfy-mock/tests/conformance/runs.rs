//! The comparison with the recordings `run_*.json`: all frames and exchanges of whole runs.

use std::time::Duration;

use comfy_mock::Server;
use serde_json::{Value as Json, json};

use crate::endpoints::compare;
use crate::report::Report;
use crate::setting::{data, read};
use crate::shape::differences;
use crate::support::{Frame, Socket, get, post, send, submit};

/// Repeats all runs in the order in which they were recorded, because each depends on the cached results of the ones
/// before it.
pub(crate) async fn play(server: &Server) -> Report {
    let mut runs = recordings();
    let number = |run: &Json| run["http"][0]["json"]["number"].as_f64().unwrap_or(f64::MAX);
    runs.sort_by(|(_, a), (_, b)| number(a).total_cmp(&number(b)));
    warm_up(server, &runs).await;
    let mut report = Report::default();
    for (name, run) in runs {
        let differences = match name.as_str() {
            "run_t2i_reconnect.json" => reconnected(server, &run).await,
            _ => one(server, &run).await,
        };
        report.add(&name, differences);
        server.idle().await;
        server.until(|server| server.clients().is_empty()).await;
    }
    report
}

fn recordings() -> Vec<(String, Json)> {
    let files = std::fs::read_dir(data().unwrap().join("recordings")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("run_")).map(|name| (name.clone(), read(&name))).collect()
}

/// Executes the recorded prompt with another seed, as the recorded server had done before.
async fn warm_up(server: &Server, runs: &[(String, Json)]) {
    let (_, run) = runs.iter().find(|(name, _)| name == "run_t2i_preview_metadata.json").unwrap();
    let mut prompt = run["http"][0]["request"]["prompt"].clone();
    prompt["5"]["inputs"]["seed"] = json!(4_711);
    submit(server, &prompt, None).await;
    server.idle().await;
}

/// Repeats a run: the messages that the client sent, the prompt, an interrupt, and the requests afterwards.
async fn one(server: &Server, run: &Json) -> Vec<String> {
    let mut socket = Socket::connect_raw(server, run["client_id"].as_str().unwrap()).await;
    let mut frames = vec![socket.next().await];
    let real: Vec<&Json> = run["frames"].as_array().unwrap().iter().collect();
    for sent in real.iter().filter(|frame| frame["dir"] == "send") {
        socket.send(&sent["text"]).await;
        frames.push(socket.next().await);
    }
    let mut found = Vec::new();
    let exchanges = run["http"].as_array().unwrap();
    let id = post_prompt(server, &exchanges[0], &mut found).await;
    if id.is_some() {
        if exchanges.iter().any(|exchange| exchange["path"] == "/interrupt") {
            frames.extend(socket.until(|frame| frame.kind() == "progress").await);
            assert_eq!(post(server, "/interrupt", &json!({})).await.status, 200);
        }
        frames.extend(socket.run().await);
    }
    let outputs = outputs_of(run);
    found.extend(compare_frames(&real, &frames, &outputs));
    found.extend(ask(server, run, id.as_deref()).await);
    socket.0.close(None).await.unwrap();
    // Completes the closing handshake.
    while socket.next().await != Frame::Closed {}
    found
}

/// Repeats a run in which the client connects a second time with the same id, and then closes the first connection.
async fn reconnected(server: &Server, run: &Json) -> Vec<String> {
    let client = run["client_id"].as_str().unwrap();
    let real: Vec<&Json> = run["frames"].as_array().unwrap().iter().collect();
    let mut first = Socket::connect_raw(server, client).await;
    let mut frames = vec![first.next().await];
    let mut found = Vec::new();
    let id = post_prompt(server, &run["http"][0], &mut found).await;
    frames.extend(first.until(|frame| frame.kind() == "progress").await);
    let mut second = Socket::connect_raw(server, client).await;
    first.0.close(None).await.unwrap();
    // Frames that arrive on the first connection while it closes are dropped; the recording has only those of the
    // second.
    while first.next().await != Frame::Closed {}
    server.until(|server| server.clients().is_empty()).await;
    while let Some(frame) = second.next_within(Duration::from_secs(1)).await {
        frames.push(frame);
    }
    let events: Vec<&Json> = real.into_iter().filter(|frame| frame.get("text").is_some()).collect();
    found.extend(compare_frames(&events, &frames, &[]));
    server.idle().await;
    found.extend(ask(server, run, id.as_deref()).await);
    second.0.close(None).await.unwrap();
    while second.next().await != Frame::Closed {}
    found
}

/// Submits the prompt, and returns its id if it was accepted.
async fn post_prompt(server: &Server, exchange: &Json, found: &mut Vec<String>) -> Option<String> {
    let response = send(server, "POST", "/prompt", &[], exchange["request"].to_string().as_bytes()).await;
    found.extend(compare(exchange, &response));
    response.json()["prompt_id"].as_str().map(str::to_owned)
}

/// Sends the requests that the client sent after the run, and compares the responses.
async fn ask(server: &Server, run: &Json, id: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let exchanges = run["http"].as_array().unwrap();
    let real_id = exchanges[0]["json"]["prompt_id"].as_str().unwrap_or("none");
    for exchange in exchanges.iter().filter(|exchange| exchange["method"] == "GET") {
        let path = exchange["path"].as_str().unwrap().replace(real_id, id.unwrap_or_default());
        let differences = compare(exchange, &get(server, &path).await);
        found.extend(differences.into_iter().map(|difference| format!("{path}: {difference}")));
    }
    found
}

/// Returns the output nodes of a run. The order in which a real server visits them changes when its process is
/// restarted.
fn outputs_of(run: &Json) -> Vec<String> {
    let nodes = run["http"][0]["request"]["prompt"].as_object().unwrap();
    let is_output = |class: &Json| ["SaveImage", "PreviewImage", "PreviewAny"].iter().any(|output| class == output);
    nodes.iter().filter(|(_, node)| is_output(&node["class_type"])).map(|(id, _)| id.clone()).collect()
}

/// Returns the differences between the frames and the recorded ones. Two output nodes may be swapped.
fn compare_frames(real: &[&Json], ours: &[Frame], outputs: &[String]) -> Vec<String> {
    let real: Vec<Frame> = real.iter().filter(|frame| frame["dir"] == "recv").map(|frame| recorded(frame)).collect();
    let pairs = outputs.iter().flat_map(|a| outputs.iter().map(move |b| (a.as_str(), b.as_str())));
    let attempts = std::iter::once(("", "")).chain(pairs).map(|(a, b)| {
        let swapped: Vec<String> = ours.iter().map(|frame| describe(frame, a, b)).collect();
        let mut found = Vec::new();
        let theirs: Vec<String> = real.iter().map(|frame| describe(frame, "", "")).collect();
        if theirs != swapped {
            found.push(format!(
                "expected frames\n      {}\n    found\n      {}",
                theirs.join("\n      "),
                swapped.join("\n      ")
            ));
        }
        found
    });
    let mut found = attempts.min_by_key(Vec::len).unwrap_or_default();
    for (real, ours) in real.iter().zip(ours) {
        if let (Frame::Event(real), Frame::Event(ours)) = (real, ours)
            && found.is_empty()
        {
            let differences = differences(real, ours);
            found.extend(differences.iter().map(|difference| format!("{}: {difference}", real["type"])));
        }
    }
    found
}

fn recorded(frame: &Json) -> Frame {
    match frame["binary"].as_str() {
        Some(text) => Frame::Binary(base64(text)),
        None => Frame::Event(frame["text"].clone()),
    }
}

/// Returns the parts of a frame that must equal the recording: its type, its nodes and their progress, and the layout
/// of a preview. The nodes `a` and `b` are swapped.
fn describe(frame: &Frame, a: &str, b: &str) -> String {
    let swap = |id: &str| match id {
        id if id == a => b.to_owned(),
        id if id == b => a.to_owned(),
        id => id.to_owned(),
    };
    let kind = frame.kind();
    match frame {
        Frame::Closed => kind,
        Frame::Binary(bytes) if kind == "binary 4" => {
            let length = u32::from_be_bytes(bytes[4..8].try_into().unwrap()) as usize;
            let metadata: Json = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
            let keys: Vec<&String> = metadata.as_object().unwrap().keys().collect();
            let start = &bytes[8 + length..8 + length + 3];
            format!("{kind} {keys:?} {} {} {start:x?}", metadata["node_id"], metadata["image_type"])
        }
        Frame::Binary(bytes) => format!("{kind} {:x?}", &bytes[4..11]),
        Frame::Event(event) => {
            let data = &event["data"];
            let node = swap(data["node"].as_str().or(data["node_id"].as_str()).unwrap_or("-"));
            let states = data["nodes"].as_object().map(|nodes| {
                let mut states: Vec<String> = nodes
                    .iter()
                    .map(|(id, node)| format!("{} {} {}/{}", swap(id), node["state"], node["value"], node["max"]))
                    .collect();
                states.sort();
                states.join(" ")
            });
            let cached = data["nodes"].as_array().map(|nodes| format!("{nodes:?}"));
            let remaining = &data["status"]["exec_info"]["queue_remaining"];
            let step = format!("{}/{}", data["value"], data["max"]);
            format!("{kind} {node} {} {} {remaining} {step}", states.unwrap_or_default(), cached.unwrap_or_default())
        }
    }
}

/// Decodes a base64 string.
fn base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter_map(|byte| digits.iter().position(|&digit| digit == byte)) {
        bits = bits << 6 | u32::try_from(digit).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff).try_into().unwrap());
        }
    }
    bytes
}
