//! Ctrl-C and SIGTERM in every phase, and standard output that is closed.

use std::io::{BufRead as _, BufReader, pipe};
use std::time::Duration;

use comfy_mock::{HttpFault, Server};

use super::place::{Place, Running, WORKFLOW, expect, texts};
use super::uploads::{PNG, copy};

/// The route of the request that cancels a run, for faults.
const CANCEL: &str = "POST /jobs/*";

/// The route of uploads.
const UPLOAD: &str = "POST /upload/image";

/// A workflow that loads two pictures.
const TWO: &str = r#"{
    "a": {"class_type": "LoadImage", "inputs": {"image": "x"}},
    "b": {"class_type": "LoadImage", "inputs": {"image": "x"}},
    "show_a": {"class_type": "PreviewImage", "inputs": {"images": ["a", 0]}},
    "show_b": {"class_type": "PreviewImage", "inputs": {"images": ["b", 0]}}
}"#;

fn cancellations(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let paths = requests.iter().filter(|request| request.method == "POST" && request.path.starts_with("/api/jobs/"));
    paths.map(|request| request.path.split('/').nth(3).unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_submitted_when_the_command_is_stopped_before() {
    for (route, path, arguments) in [
        ("GET /ws", "GET /api/ws", &["run", "workflow.json"][..]),
        ("GET /object_info", "GET /api/object_info", &["run", "workflow.json", "--editable"]),
    ] {
        for signal in ["-INT", "-TERM"] {
            let place = Place::new().await;
            place.server.faults().http(route, HttpFault::hang().always());
            let mut running = place.start(arguments);
            place.until_called(path).await;
            running.signal(signal);
            let (_, err) = expect(&running.output().await, 130);
            assert!(err.contains("nothing was submitted"), "{route}: {err}");
            assert_eq!(place.server.count("POST /api/prompt"), 0, "{route}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_preflight_leaves_nothing() {
    let (known, file) = ("load.image=sub/dog.png", "load.image=@pets/cat.png");
    for (route, value) in [
        ("GET /features", file),
        ("GET /object_info/LoadImage", file),
        ("GET /node_replacements", file),
        ("HEAD /view", known),
    ] {
        let place = copy(Server::builder().input_file("sub/dog.png", PNG)).await;
        place.server.faults().http(route, HttpFault::hang().always());
        let mut running = place.start(&["run", "copy.json", "--preflight", "--set", value]);
        place.until_called(route).await;
        running.signal("-INT");
        let (_, err) = expect(&running.output().await, 130);
        assert!(err.contains("stopped; nothing was submitted"), "{route}: {err}");
        assert_eq!(place.server.count("POST /*"), 0, "{route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_upload_submits_nothing_and_says_what_was_uploaded() {
    for signal in ["-INT", "-TERM"] {
        let place = copy(Server::builder()).await;
        std::fs::write(place.path("pets/dog.png"), [PNG, b"dog"].concat()).unwrap();
        std::fs::write(place.path("two.json"), TWO).unwrap();
        let faults = place.server.faults();
        faults.http(UPLOAD, HttpFault::delay(Duration::ZERO)).http(UPLOAD, HttpFault::hang().always());
        let files = ["--set", "a.image=@pets/cat.png", "--set", "b.image=@pets/dog.png"];
        let mut running = place.start(&[&["run", "two.json"][..], &files].concat());
        place.until("the second upload", |server| server.count(UPLOAD) == 2).await;
        running.signal(signal);
        let (_, err) = expect(&running.output().await, 130);
        assert!(err.contains("a.image: uploaded pets/cat.png as cat.png"), "{err}");
        assert!(err.contains("stopped; nothing was submitted; 1 of 2 files were uploaded"), "{err}");
        assert_eq!(place.server.count("POST /prompt"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_whose_submission_was_not_answered_is_cancelled_by_its_id() {
    let place = Place::new().await;
    place.server.node("KSampler").hang();
    place.server.faults().http("POST /prompt", HttpFault::hang_after());
    let mut running = place.start(&["run", "workflow.json"]);
    let id = place.until_running().await;
    running.signal("-INT");
    let (_, err) = expect(&running.output().await, 130);
    assert!(err.contains(&format!("prompt {id}: cancelled")), "{err}");
    place.until("the run ends", |server| server.history(&id).is_some()).await;
    assert!(place.was_interrupted(&id));
    assert_eq!(place.server.count("POST /api/prompt"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_signal_leaves_while_the_submission_is_not_answered() {
    let place = Place::new().await;
    place.server.faults().http("POST /prompt", HttpFault::hang());
    let mut running = place.start(&["run", "workflow.json"]);
    place.until_called("POST /api/prompt").await;
    running.signal("-INT");
    // The server does not know the prompt, so the command asks again.
    place.until("two attempts to cancel", |server| cancellations(server).len() >= 2).await;
    running.signal("-INT");
    let (_, err) = expect(&running.output().await, 130);
    let ids = cancellations(&place.server);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(err.contains(&format!("cargo comfy attach {} --server {}", ids[0], place.server.url())), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_attempt_to_submit_begins_after_the_signal() {
    for status in [429, 503] {
        let place = Place::new().await;
        let busy = HttpFault::status(status).retry_after(Duration::from_secs(20));
        place.server.faults().http("POST /prompt", busy);
        let mut running = place.start(&["run", "workflow.json"]);
        place.until_called("POST /api/prompt").await;
        running.signal("-INT");
        let (_, err) = expect(&running.output().await, 130);
        assert!(err.contains("the server did not accept the workflow; nothing runs"), "{status}: {err}");
        assert!(!err.contains("cargo comfy attach"), "{status}: {err}");
        assert_eq!(place.server.count("POST /api/prompt"), 1, "{status}");
    }
}

/// Reads from a pipe until it has sent a text, and nothing more.
async fn until_begun(mut from: impl std::io::Read + Send + 'static, text: &'static [u8]) -> impl Sized {
    let reading = tokio::task::spawn_blocking(move || {
        let (mut all, mut byte) = (Vec::new(), [0]);
        while !all.ends_with(text) {
            assert!(from.read(&mut byte).unwrap() > 0, "{}", String::from_utf8_lossy(&all));
            all.extend(byte);
        }
        from
    });
    reading.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_cancelled_although_nobody_reads_standard_error() {
    let place = Place::new().await;
    place.server.node("KSampler").hang();
    // The line about this node is longer than what a pipe holds.
    let id = "q".repeat(300_000);
    let long = WORKFLOW.replace("\"samples\": {", &format!("\"{id}\": {{"));
    std::fs::write(place.path("long.json"), long.replace("[\"samples\", 0]", &format!("[\"{id}\", 0]"))).unwrap();
    let mut command = place.command(&["run", "long.json"]);
    let (reader, writer) = pipe().unwrap();
    command.stderr(writer);
    let mut running = Running::of(command.spawn().unwrap());
    // The command holds an end of the pipe.
    drop(command);
    let _unread = until_begun(reader, b"qqqqqqqq").await;
    let prompt = place.until_running().await;
    running.signal("-INT");
    expect(&running.output().await, 130);
    place.until("the run ends", |server| server.history(&prompt).is_some()).await;
    assert!(place.was_interrupted(&prompt));
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_stops_although_nobody_reads_standard_output() {
    let place = Place::new().await;
    // The paths are together longer than what a pipe holds, which are 16 of them on Linux.
    let out = vec!["o".repeat(200); 15].join("/");
    let arguments = ["run", "workflow.json", "--set", "latent.batch_size=64", "--out", &out];
    let mut running = place.start(&arguments);
    let unread = running.child().stdout.take().unwrap();
    let saved = || place.files(&out).iter().filter(|name| name.starts_with("cat")).count();
    place.until("more files than fit", |_| saved() > 16).await;
    running.signal("-INT");
    let (_, err) = expect(&running.output().await, 130);
    assert!(err.contains("of 64 files were saved"), "{err}");
    drop(unread);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_is_removed_from_the_queue_and_no_other() {
    let place = Place::new().await;
    place.server.node("KSampler").hang();
    let other = place.submit(7, "someone").await;
    place.until_running().await;
    let mut running = place.start(&["run", "workflow.json"]);
    place.until("our prompt waits", |server| server.pending().len() == 1).await;
    let id = place.server.pending()[0].clone();
    running.until_told("in the queue").await;
    running.signal("-INT");
    let (_, err) = expect(&running.output().await, 130);
    assert!(err.contains(&format!("prompt {id}: cancelled")), "{err}");
    assert!(place.server.pending().is_empty());
    assert_eq!(place.server.running(), Some(other));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_runs_is_interrupted() {
    for signal in ["-INT", "-TERM"] {
        for arguments in [&["run", "workflow.json"][..], &["run", "workflow.json", "--json"]] {
            let place = Place::new().await;
            place.server.node("KSampler").hang();
            let mut running = place.start(arguments);
            let id = place.until_running().await;
            running.signal(signal);
            let (out, err) = expect(&running.output().await, 130);
            assert!(err.contains(&format!("prompt {id}: cancelled")), "{err}");
            assert!(place.was_interrupted(&id));
            assert_eq!(out.contains(r#""event":"interrupted""#), arguments.contains(&"--json"), "{out}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_signal_leaves_a_run_and_names_the_command_to_attach() {
    let place = Place::new().await;
    place.server.node("KSampler").hang();
    place.server.faults().http(CANCEL, HttpFault::hang().always());
    let server = place.server.url().replace("http://", "http://me:s3cret@");
    let mut running = place.start(&["run", "workflow.json", "--server", &server, "--token", "s3cret"]);
    let id = place.until_running().await;
    running.signal("-TERM");
    place.until("an attempt to cancel", |server| !cancellations(server).is_empty()).await;
    running.signal("-INT");
    let (out, err) = expect(&running.output().await, 130);
    assert!(err.contains(&format!("cargo comfy attach {id} --server {}", place.server.url())), "{err}");
    assert!(!err.contains("s3cret") && !out.contains("s3cret"), "{err}");
    assert_eq!(place.server.running(), Some(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_stops_without_half_files() {
    let place = Place::new().await;
    // The connection breaks in the middle of the file, and the rest never arrives.
    place.server.faults().http("GET /view", HttpFault::cut_body(1000)).http("GET /view", HttpFault::hang().always());
    let size = ["--set", "latent.width=1024", "--set", "latent.height=1024"];
    let mut running = place.start(&[&["run", "workflow.json"][..], &size].concat());
    place.until("the rest is requested", |server| server.count("GET /api/view") == 2).await;
    assert_eq!(place.files("out").len(), 1, "a part of the file");
    running.signal("-INT");
    let (_, err) = expect(&running.output().await, 130);
    assert!(err.contains("0 of 1 files were saved"), "{err}");
    assert!(err.contains("cargo comfy attach"), "{err}");
    assert_eq!(place.files("out"), [""; 0]);
    assert!(cancellations(&place.server).is_empty(), "nothing is left to cancel");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_standard_output_cancels_the_run() {
    let place = Place::new().await;
    let arguments = ["run", "workflow.json", "--json", "--set", "samples.steps=10000"];
    let mut running = place.start(&arguments);
    let out = running.child().stdout.take().unwrap();
    let first = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).unwrap();
        line
    });
    assert!(first.await.unwrap().contains(r#""event":"#));
    let (_, err) = expect(&running.output().await, 141);
    assert!(!err.contains("panicked"), "{err}");
    place.server.idle().await;
    let id = place.server.finished()[0].clone();
    assert!(place.was_interrupted(&id), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_standard_output_ends_every_command_that_asks_a_server_with_141() {
    let place = Place::new().await;
    let done = place.submit(7, "someone").await;
    place.server.idle().await;
    place.server.node("KSampler").hang();
    let running = place.submit(8, "someone").await;
    place.until_running().await;
    for arguments in [
        &["attach", &done][..],
        &["attach", &done, "--no-save", "--json"],
        &["cancel", &running],
        &["check", "workflow.json"],
        &["doctor"],
        &["doctor", "--json"],
        &["queue"],
        &["snapshot", "--out", "a.json"],
        &["snapshot", "--out", "a.json", "--check"],
    ] {
        let mut command = place.command(arguments);
        command.stdout(pipe().unwrap().1);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let (_, err) = expect(&output, 141);
        assert!(!err.contains("panicked"), "{arguments:?} {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attach_cancels_the_run_unless_it_is_to_keep_it() {
    for (arguments, is_cancelled) in [(&[][..], true), (&["--keep"], false)] {
        let place = Place::new().await;
        place.server.node("KSampler").hang();
        let id = place.submit(7, "someone").await;
        place.until_running().await;
        let mut running = place.start(&[&["attach", &id], arguments].concat());
        running.until_told("prompt ").await;
        running.signal("-INT");
        let (_, err) = expect(&running.output().await, 130);
        assert_eq!(place.was_interrupted(&id), is_cancelled, "{err}");
        assert_eq!(err.contains("cargo comfy attach"), !is_cancelled, "{err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_that_asks_a_server_stops() {
    for (route, path, arguments) in [
        ("GET /object_info", "GET /api/object_info", &["snapshot", "--out", "a.json"][..]),
        ("GET /system_stats", "GET /api/system_stats", &["doctor"]),
        ("GET /queue", "GET /api/queue", &["queue"]),
        ("GET /queue", "GET /api/queue", &["attach", "a"]),
        (CANCEL, "POST /api/jobs/a/cancel", &["cancel", "a"]),
        ("GET /object_info", "GET /api/object_info", &["check", "workflow.json"]),
        ("GET /object_info", "GET /api/object_info", &["nodes"]),
        ("GET /object_info", "GET /api/object_info", &["init", "new"]),
    ] {
        let place = Place::new().await;
        place.server.faults().http(route, HttpFault::hang().always());
        let mut running = place.start(arguments);
        place.until(path, |server| server.count(route) > 0).await;
        running.signal(if path.starts_with("GET") { "-INT" } else { "-TERM" });
        let output = running.output().await;
        assert_eq!(output.status.code(), Some(130), "{arguments:?} {:?}", texts(&output));
        assert_eq!(place.files("."), ["workflow.json"], "{arguments:?}");
    }
}
