//! What a real server said to a client, said to this one: `run_*.json` below `COMFY_DATA/recordings`.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "tests")]

mod player;

use std::path::PathBuf;
use std::time::Duration;

use comfy_runtime::client::{Accepted, Ending, Error, Event, Value};
use comfy_runtime::{Client, Workflow};
use player::{Player, get};

/// The recordings; none without `COMFY_DATA`.
fn recordings() -> Vec<PathBuf> {
    let Some(data) = std::env::var_os("COMFY_DATA") else {
        eprintln!("skipped: COMFY_DATA is not set");
        return Vec::new();
    };
    let files = std::fs::read_dir(PathBuf::from(data).join("recordings")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with("run_"));
    files.sort();
    assert!(files.len() > 10, "{files:?}");
    files
}

/// What the recorded history says of the end.
fn recorded_end(entry: &Value) -> &'static str {
    let messages = get(get(entry, "status").unwrap(), "messages").unwrap().as_array().unwrap();
    match messages.last().unwrap().as_array().unwrap()[0].as_str().unwrap() {
        "execution_success" => "finished",
        "execution_interrupted" => "interrupted",
        _ => "failed",
    }
}

/// The kinds of events that a run must tell of, because they were sent over a connection that was open.
fn kind(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::Started => "execution_start",
        Event::Cached { .. } => "execution_cached",
        Event::Executing { .. } => "executing",
        Event::Progress { .. } => "progress",
        Event::Executed { .. } => "executed",
        _ => return None,
    })
}

async fn play(path: &std::path::Path) {
    let recording = Value::parse(&std::fs::read(path).unwrap()).unwrap();
    let player = Player::start(&recording).await;
    let client = Client::builder(player.url())
        .poll_interval(Duration::from_millis(200))
        .stalled_after(Duration::from_secs(20))
        .connect()
        .await
        .unwrap();
    let workflow: Workflow = match serde_json::from_str(&player.prompt()) {
        Ok(workflow) => workflow,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    let name = path.display();
    let accepted = match client.submit(&workflow).await {
        Ok(accepted) => accepted,
        Err(Error::Rejected(rejection)) => {
            assert_eq!(player.status(), 400, "{name}");
            assert_eq!(Some(rejection.kind.as_str()), player.error_type().as_deref(), "{name}");
            assert_eq!(rejection.nodes.len(), player.node_errors(), "{name}");
            return;
        }
        Err(error) => panic!("{name}: {error}"),
    };
    assert_eq!(matches!(accepted, Accepted::Partial { .. }), player.node_errors() > 0, "{name}");
    let mut run = accepted.any();
    let mut events = run.events();
    let mut heard = Vec::new();
    while let Some(event) = events.next().await {
        heard.extend(kind(&event));
    }
    let ending = run.ended().await;
    let entry = player.history().unwrap_or_else(|| panic!("{name}: no history"));
    assert_eq!(ending.as_str(), recorded_end(&entry), "{name}: {ending:?}");
    for (sent, times) in player.sent_kinds() {
        let count = heard.iter().filter(|heard| **heard == sent).count();
        assert!(count >= times, "{name}: {count} of {times} {sent}");
    }
    if let Ending::Finished(done) = ending {
        for (node, output) in get(&entry, "outputs").unwrap().as_object().unwrap() {
            assert_eq!(done.raw(node.as_str()).unwrap(), Some(output), "{name}");
            let images = get(output, "images").and_then(Value::as_array).map_or(0, <[Value]>::len);
            assert_eq!(done.images(node.as_str()).unwrap().len(), images, "{name}");
        }
    }
}

#[tokio::test]
async fn every_recorded_run_ends_as_it_did() {
    for path in recordings() {
        let long = Duration::from_secs(25);
        tokio::time::timeout(long, play(&path)).await.unwrap_or_else(|_| panic!("{} hangs", path.display()));
    }
}
