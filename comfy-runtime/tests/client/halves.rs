//! Tests that half a character (a lone surrogate) in an output of a run is an error with its place for this output, and
//! hides no other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use comfy_runtime::Client;
use comfy_runtime::client::{Done, Error};
use serde_json::json;
use tempfile::tempdir;

use crate::scripted::{Reply, Scripted};
use crate::support::blank;

/// What the node `1` outputs: four files, of which two have names that can be read, and texts.
const OUTPUT: &str = r#"{
    "images": [
        {"filename": "a.png", "subfolder": "", "type": "output"},
        {"filename": "\ud83d.png", "subfolder": "", "type": "output"},
        {"filename": "c.png", "subfolder": "x\udce9", "type": "output"},
        {"filename": "d.png", "subfolder": "", "type": "output", "note": "\ud83d"}
    ],
    "text": ["cut \ud83d"]
}"#;

/// A server that has these entries in its history, for the id of the run.
async fn serving(outputs: Option<String>, id: &Arc<Mutex<String>>) -> Scripted {
    let (id, broken) = (Arc::clone(id), AtomicBool::new(false));
    Scripted::start(move |call| match call.route.as_str() {
        "POST /prompt" => {
            let body: serde_json::Value = serde_json::from_str(&call.body).unwrap();
            body["prompt_id"].as_str().unwrap().clone_into(&mut id.lock().unwrap());
            Reply::json(json!({"prompt_id": body["prompt_id"], "number": 0, "node_errors": {}}))
        }
        "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
        "GET /view" => Reply::new(200, "\u{89}PNG\r\n\u{1a}\n\0").header("content-type", "image/png"),
        route if route.starts_with("GET /history") => match &outputs {
            Some(outputs) => {
                let entry = format!(
                    r#"{{"{}": {{"prompt": [], "outputs": {outputs}, "status": {{"messages": [["execution_success", {{}}]]}}}}}}"#,
                    id.lock().unwrap()
                );
                let length = entry.len();
                let reply = Reply::json(entry);
                // The first response breaks off, so that it is read again.
                if broken.swap(true, Ordering::Relaxed) { reply } else { reply.cut(length - 1) }
            }
            None => Reply::json("{}"),
        },
        _ => Reply::json("{}"),
    })
    .await
}

/// Checks what a run with [`OUTPUT`] gives, which this response reported.
async fn check(done: &Done, source: &str) {
    let folder = tempdir().unwrap();
    let report = done.save_all(folder.path()).await;
    let saved: Vec<_> = report.saved.iter().map(|(file, _)| file.filename.as_str()).collect();
    assert_eq!(saved, ["a.png", "d.png"]);
    let failed: Vec<_> = report.failed.iter().map(|(_, error)| error.to_string()).collect();
    let place = |place: &str| format!("{source}: invalid response: half a character (a lone surrogate) in `{place}`");
    assert_eq!(failed, [place("outputs.1.images[1].filename"), place("outputs.1.images[2].subfolder")]);
    assert!(matches!(done.all_files()[1].bytes().await, Err(Error::InvalidResponse { .. })));
    assert_eq!(done.text("1").unwrap_err().to_string(), place("outputs.1.text[0]"));
    assert!(done.raw("1").is_err());
    assert_eq!(done.half_characters().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn half_a_character_in_an_output_is_an_error_with_its_place_and_hides_no_other() {
    let server = serving(Some(format!(r#"{{"1": {OUTPUT}, "2": {{"text": ["whole"]}}}}"#)), &Arc::default()).await;
    let client = Client::connect(server.url()).await.unwrap();
    let done = client.run(&blank(1)).await.unwrap();
    check(&done, "GET /history").await;
    assert_eq!(done.text("2").unwrap(), ["whole"]);
    assert!(done.raw("2").unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn half_a_character_in_an_event_is_one_too_if_the_history_is_lost() {
    let id = Arc::default();
    let server = serving(None, &id).await;
    let client = Client::connect(server.url()).await.unwrap();
    let mut run = client.submit(&blank(1)).await.unwrap().complete().await.unwrap();
    let id = id.lock().unwrap().clone();
    server
        .event(format!(r#"{{"type": "executed", "data": {{"prompt_id": "{id}", "node": "1", "output": {OUTPUT}}}}}"#));
    server.event(json!({"type": "execution_success", "data": {"prompt_id": id}}));
    check(&run.ended().await.into_result().unwrap(), "WebSocket").await;
}

#[tokio::test(start_paused = true)]
async fn half_a_character_in_a_key_spoils_what_it_names() {
    let outputs = r#"{"1": {"images\ud83d": [{"filename": "a.png"}], "text": ["b"]}, "3\ud83d": {"text": ["c"]}}"#;
    let server = serving(Some(outputs.to_owned()), &Arc::default()).await;
    let client = Client::connect(server.url()).await.unwrap();
    let done = client.run(&blank(1)).await.unwrap();
    assert_eq!(done.text("1").unwrap(), ["b"]);
    assert_eq!(done.half_characters(), ["outputs.1.images\u{fffd}", "outputs.3\u{fffd}"]);
    assert!(done.files("1").unwrap()[0].bytes().await.is_err());
    assert!(done.text("3\u{fffd}").is_err());
}

#[tokio::test(start_paused = true)]
async fn more_half_characters_than_are_kept_spoil_all_outputs() {
    let texts = vec![r#""\ud83d""#; 50_000].join(",");
    let outputs = format!(r#"{{"1": {{"text": [{texts}]}}, "2": {{"text": ["whole"]}}}}"#);
    let server = serving(Some(outputs), &Arc::default()).await;
    let client = Client::connect(server.url()).await.unwrap();
    let done = client.run(&blank(1)).await.unwrap();
    assert!(done.text("2").unwrap_err().to_string().ends_with("in `outputs`"));
}
