//! The comparison with the recording `http_queue.json`: control of the queue, the history and the jobs during a run.

use comfy_mock::Server;
use serde_json::{Value as Json, json};

use crate::endpoints::compare;
use crate::report::Report;
use crate::setting::read;
use crate::support::{Response, get, post, send};

/// Sends all recorded requests in order, and compares the responses.
pub(crate) async fn play(server: &Server) -> Report {
    let before = prepare(server).await;
    // When the recording began, the cache of the recorded server was empty.
    server.forget_cache();
    let mut report = Report::default();
    // Pairs of a recorded prompt id and the one of the stand-in.
    let mut ids: Vec<(String, String)> = Vec::new();
    let recording = read("http_queue.json");
    for (at, exchange) in recording.as_array().unwrap().iter().enumerate() {
        let response = request(server, exchange, &ids).await;
        if exchange["path"] == "/prompt" && exchange["method"] == "POST" {
            let id = |response: &Json| response["prompt_id"].as_str().unwrap().to_owned();
            ids.push((id(&exchange["json"]), id(&response.json())));
            server.until(|server| server.running().is_some()).await;
        }
        let name = format!("{at} {} {} {}", exchange["method"], exchange["path"], exchange["request"]);
        report.add(&name, compare(exchange, &response));
        if exchange["request"] == json!({"clear": true}) {
            assert!(server.pending().is_empty() && server.finished() == before, "only the queue is cleared");
        }
        if at == 12 {
            // Before this exchange, the run had ended on the recorded server.
            server.idle().await;
        }
    }
    report
}

/// Executes the prompts that the recorded server had executed before, and returns the ids of the runs.
async fn prepare(server: &Server) -> Vec<String> {
    let runs = ["execution_error", "t2i_no_preview_partly_cached", "partial_targets", "own_prompt_id"];
    for run in runs.map(|run| format!("run_{run}.json")) {
        let body = &read(&run)["http"][0]["request"];
        assert_eq!(post(server, "/prompt", body).await.status, 200);
        server.idle().await;
    }
    let jobs = get(server, "/api/jobs").await.json();
    assert_eq!(jobs["pagination"]["total"], 4);
    server.finished()
}

/// Sends a recorded request, with the prompt ids of the stand-in.
async fn request(server: &Server, exchange: &Json, ids: &[(String, String)]) -> Response {
    let ours = |text: &str| ids.iter().fold(text.to_owned(), |text, (real, ours)| text.replace(real, ours));
    let path = ours(exchange["path"].as_str().unwrap());
    let body = match &exchange["request"] {
        Json::Null => String::new(),
        body => ours(&body.to_string()),
    };
    send(server, exchange["method"].as_str().unwrap(), &path, &[], body.as_bytes()).await
}
