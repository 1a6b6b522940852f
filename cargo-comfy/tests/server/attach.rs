//! `cargo comfy attach`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use super::place::{Place, WORKFLOW, expect};

#[tokio::test(flavor = "multi_thread")]
async fn the_results_of_a_run_that_has_ended_are_saved() {
    let place = Place::new().await;
    let id = place.submit(7, "someone").await;
    place.server.idle().await;
    let (out, err) = expect(&place.run(&["attach", &id, "--out", "pictures"]).await, 0);
    assert!(out.contains("cat_00001_.png"), "{out} {err}");
    assert_eq!(place.files("pictures"), ["cat_00001_.png"]);
    let (out, _) = expect(&place.run(&["attach", &id, "--no-save", "--json"]).await, 0);
    assert!(out.contains(r#""event":"finished""#), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_left_is_followed_with_its_progress() {
    let place = Place::new().await;
    let blocker = place.block().await;
    let mut first = place.start(&["run", "workflow.json", "--set", "samples.seed=2"]);
    place.until("the run waits", |server| server.pending().len() == 1).await;
    let id = place.server.pending()[0].clone();
    first.child().kill().unwrap();
    drop(first);
    place.until("the first process is gone", |server| server.clients().is_empty()).await;
    let mut second = place.start(&["attach", &id, "--json"]);
    second.until_printed(r#""event":"queued""#).await;
    expect(&place.run(&["cancel", &blocker]).await, 0);
    let (out, err) = expect(&second.output().await, 0);
    assert!(out.contains(r#""event":"progress""#) && out.contains(r#""event":"saved""#), "{out}");
    assert!(!err.contains("--take-over"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_progress_of_another_client_is_shown_only_if_it_is_taken_over() {
    for (arguments, is_shown) in [(&["--json", "--take-over"][..], true), (&["--json"], false)] {
        let place = Place::new().await;
        let blocker = place.block().await;
        let id = place.submit(2, "the\neditor").await;
        let mut attached = place.start(&[&["attach", &id], arguments].concat());
        attached.until_printed(r#""event":"queued""#).await;
        place.run(&["cancel", &blocker]).await;
        let (out, err) = expect(&attached.output().await, 0);
        assert_eq!(out.contains(r#""event":"progress""#), is_shown, "{out} {err}");
        assert_eq!(err.contains(r"the\neditor; --take-over"), !is_shown, "{err}");
        assert!(out.contains(r#""event":"finished""#) && out.contains(r#""event":"saved""#), "{out}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_run_is_an_error_that_says_what_to_do() {
    let place = Place::new().await;
    let (_, err) = expect(&place.run(&["attach", "nothing"]).await, 2);
    assert!(err.contains("nothing") && err.contains("cargo comfy queue"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workflow_must_be_the_one_of_the_run() {
    let place = Place::new().await;
    let id = place.submit(7, "someone").await;
    place.server.idle().await;
    std::fs::write(place.path("same.json"), WORKFLOW.replace("\"seed\": 1", "\"seed\": 7")).unwrap();
    expect(&place.run(&["attach", &id, "same.json"]).await, 0);
    let (_, err) = expect(&place.run(&["attach", &id, "workflow.json"]).await, 2);
    assert!(err.contains("samples") && err.contains("seed"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_run_has_the_exit_code_of_run() {
    let place = Place::new().await;
    place.server.node("VAEDecode").fail_with("torch.OutOfMemoryError", "no memory\u{1b}[2J");
    let id = place.submit(7, "someone").await;
    place.server.idle().await;
    let (_, err) = expect(&place.run(&["attach", &id]).await, 1);
    assert!(err.contains(r"torch.OutOfMemoryError: no memory\u{1b}[2J"), "{err}");
}

/// The history of a server with a run whose text and one of whose file names have half a character.
const HALVES: &str = r#"{"x": {"prompt": [0, "x", {}, {}, []], "outputs": {"1": {"text": ["cut \ud83d"], "images": [
    {"filename": "\ud83d.png", "subfolder": "", "type": "output"}]}},
    "status": {"status_str": "success", "completed": true, "messages": [["execution_success", {}]]}}}"#;

/// Answers each request by its route, and returns the URL.
fn serve_halves() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let lines: Vec<String> =
                stream.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
            let (status, body) = match lines.first().map_or("", String::as_str) {
                line if line.contains("/queue") => (200, r#"{"queue_running": [], "queue_pending": []}"#),
                line if line.contains("/history/x") => (200, HALVES),
                _ => (404, "{}"),
            };
            let head = format!("HTTP/1.1 {status} OK\r\nConnection: close\r\nContent-Type: application/json\r\n");
            write!(stream.get_mut(), "{head}Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_character_in_a_result_is_reported_with_its_place() {
    let place = Place::new().await;
    let (out, err) = expect(&place.run(&["attach", "x", "--server", &serve_halves()]).await, 5);
    assert_eq!(out, "1: cut \u{fffd}\n");
    for expected in ["outputs.1.text[0]", "outputs.1.images[0].filename"] {
        assert!(err.contains(&format!("warning: {expected} has half a character")), "{err}");
    }
}
