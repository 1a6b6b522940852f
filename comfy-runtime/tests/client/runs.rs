//! Tests of runs on a server without faults.

use std::time::Duration;

use comfy_mock::{HttpFault, Server, Timing};
use comfy_runtime::client::{Accepted, Ending, Error, Event, NodeErrorKind, RequestErrorKind};

use crate::support::{blank, connect, quick, text_to_image, word, words, workflow};

#[tokio::test(start_paused = true)]
async fn a_run_returns_its_image() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let done = client.run(&text_to_image(1, 2)).await.unwrap();
    let images = done.images("cat").unwrap();
    assert_eq!(images.len(), 1);
    let folder = tempfile::tempdir().unwrap();
    let path = images[0].save_to(folder.path()).await.unwrap();
    assert!(std::fs::read(&path).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(images[0].bytes().await.unwrap(), std::fs::read(&path).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(done.videos("cat").unwrap().is_empty());
    assert!(matches!(done.images("dog"), Err(Error::NoSuchNode(_))));
}

#[tokio::test(start_paused = true)]
async fn files_and_errors_have_the_titles_of_a_workflow_read_from_json() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let titled = workflow(
        r#"{"img": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
            "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "x"},
                "_meta": {"title": "Save the \"cat\""}}}"#,
    );
    let done = client.run(&titled).await.unwrap();
    let file = &done.images("save").unwrap()[0];
    assert_eq!(file.node.title.as_deref(), Some("Save the \"cat\""));
    assert_eq!(file.node.to_string(), r#"node `save` (SaveImage "Save the \"cat\"")"#);
    server.node("SaveImage").fail("no");
    // With another colour, nothing is cached.
    let other = workflow(&titled.to_json().replace("\"color\": 0", "\"color\": 1"));
    let error = client.run(&other).await.unwrap_err();
    assert!(error.to_string().starts_with("node `save` (SaveImage \"Save the"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn events_arrive_in_order_and_end_with_one_last_event() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let run = client.submit(&text_to_image(1, 2)).await.unwrap().complete().await.unwrap();
    let words = words(run.events()).await;
    let expected = [
        "started",
        "cached 0",
        "executing ckpt",
        "executing prompt",
        "executing samples",
        "samples 1/2",
        "samples 2/2",
        "executing decoded",
        "executing cat",
        "executed cat",
        "finished",
    ];
    let missing: Vec<_> = expected.iter().filter(|word| !words.iter().any(|heard| heard == *word)).collect();
    assert!(missing.is_empty(), "{missing:?} of {words:?}");
    assert_eq!(words.last().unwrap(), "finished");
}

#[tokio::test(start_paused = true)]
async fn a_cached_run_has_outputs() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let first = client.run(&blank(1)).await.unwrap();
    let second = client.run(&blank(1)).await.unwrap();
    assert_ne!(first.prompt_id(), second.prompt_id());
    assert_eq!(second.images("save").unwrap()[0].filename, first.images("save").unwrap()[0].filename);
}

#[tokio::test(start_paused = true)]
async fn a_failing_node_is_reported_with_its_exception() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").fail_with("torch.OutOfMemoryError", "no memory");
    let error = connect(&server).await.run(&text_to_image(1, 1)).await.unwrap_err();
    let Error::Execution(error) = error else { panic!("{error}") };
    assert_eq!((error.node.id.as_str(), error.exception_type.as_str()), ("decoded", "torch.OutOfMemoryError"));
    assert_eq!(error.to_string(), "node `decoded` (VAEDecode) failed: torch.OutOfMemoryError: no memory");
}

#[tokio::test(start_paused = true)]
async fn a_rejection_names_the_node_and_the_error() {
    let server = Server::spawn().await.unwrap();
    let wrong = workflow(
        r#"{"img": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 8, "batch_size": 1, "color": 0}},
            "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "x"}}}"#,
    );
    let error = connect(&server).await.run(&wrong).await.unwrap_err();
    let Error::Rejected(rejection) = error else { panic!("{error}") };
    assert_eq!(rejection.kind, RequestErrorKind::OutputsFailed);
    assert_eq!(rejection.nodes[0].node.id, "img");
    assert_eq!(rejection.nodes[0].problems[0].kind, NodeErrorKind::ValueSmallerThanMin);
    assert_eq!(rejection.nodes[0].problems[0].input.as_deref(), Some("width"));
    assert!(rejection.to_string().contains("node `img` (EmptyImage)"), "{rejection}");
}

#[tokio::test(start_paused = true)]
async fn dropped_outputs_are_an_error_unless_the_program_handles_them() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let half = workflow(
        r#"{"img": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
            "bad": {"class_type": "EmptyImage", "inputs": {"width": 0, "height": 8, "batch_size": 1, "color": 0}},
            "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "x"}},
            "lost": {"class_type": "SaveImage", "inputs": {"images": ["bad", 0], "filename_prefix": "x"}}}"#,
    );
    let error = client.run(&half).await.unwrap_err();
    let Error::Partial(dropped) = error else { panic!("{error}") };
    assert_eq!((dropped.nodes[0].node.id.as_str(), &dropped.cancel_error), ("bad", &None));
    assert!(dropped.to_string().starts_with("the server dropped outputs"), "{dropped}");
    let Accepted::Partial { run, .. } = client.submit(&half).await.unwrap() else { panic!("expected dropped outputs") };
    let done = run.finish().await.unwrap();
    assert_eq!(done.images("save").unwrap().len(), 1);
    assert!(matches!(done.images("lost"), Err(Error::NoResults(_))));
}

#[tokio::test(start_paused = true)]
async fn dropped_outputs_are_reported_even_if_the_rest_cannot_be_cancelled() {
    let server = Server::spawn().await.unwrap();
    let client = quick(&server).retries(0).connect().await.unwrap();
    server.faults().http("/jobs/*", HttpFault::status(500).always());
    let half = workflow(
        r#"{"good": {"class_type": "PreviewAny", "inputs": {"source": "x"}},
            "bad": {"class_type": "PreviewAny", "inputs": {}}}"#,
    );
    let error = client.run(&half).await.unwrap_err();
    let Error::Partial(dropped) = &error else { panic!("{error}") };
    assert_eq!(dropped.nodes[0].node.id, "bad");
    assert!(dropped.cancel_error.as_ref().is_some_and(|reason| reason.contains("500")), "{dropped:?}");
    let id = dropped.prompt_id.as_ref().unwrap();
    assert!(error.to_string().contains(&format!("the other outputs may still run as prompt {id}")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn outputs_are_found_by_the_node_id_of_an_event() {
    let server = Server::spawn().await.unwrap();
    let run = connect(&server).await.submit(&blank(1)).await.unwrap().into_run();
    let mut events = run.events();
    let mut executed = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::Executed { node, .. } = event {
            executed.push(node);
        }
    }
    let done = run.finish().await.unwrap();
    assert_eq!(done.images(&executed[0]).unwrap().len(), 1);
    let error = done.images("nobody").unwrap_err();
    let remedy = "no node of the workflow has the id \"nobody\"; the workflow has the nodes \"img\", \"save\"";
    assert!(error.to_string().contains(remedy), "{error}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_affects_exactly_one_run() {
    let timing = Timing::instant().step(Duration::from_millis(20));
    let server = Server::builder().timing(timing).spawn().await.unwrap();
    let client = connect(&server).await;
    let running = client.submit(&text_to_image(1, 1000)).await.unwrap().into_run();
    let waiting = client.submit(&text_to_image(2, 1000)).await.unwrap().into_run();
    let last = client.submit(&blank(3)).await.unwrap().into_run();
    let mut events = running.events();
    while word(&events.next().await.unwrap()) != "executing samples" {}
    assert!(waiting.cancel().await.unwrap());
    assert!(matches!(waiting.finish().await, Err(Error::Deleted { .. })));
    assert!(running.ending().is_none());
    assert!(running.cancel().await.unwrap());
    let Err(Error::Interrupted(interruption)) = running.finish().await else { panic!("expected an interruption") };
    assert_eq!(interruption.node.unwrap().id, "samples");
    last.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_goes_on_unless_cancel_on_drop_is_set() {
    let timing = Timing::instant().step(Duration::from_millis(5));
    let server = Server::builder().timing(timing).spawn().await.unwrap();
    let client = connect(&server).await;
    let kept = client.submit(&text_to_image(1, 20)).await.unwrap().into_run();
    let id = kept.prompt_id().to_owned();
    drop(kept);
    server.idle().await;
    assert_eq!(server.finished(), [id]);
    drop(client.submission(&text_to_image(2, 10_000)).cancel_on_drop().submit().await.unwrap());
    server.idle().await;
}

#[tokio::test(start_paused = true)]
async fn positions_in_the_queue_are_reported() {
    let timing = Timing::instant().step(Duration::from_millis(10));
    let server = Server::builder().timing(timing).spawn().await.unwrap();
    let client = connect(&server).await;
    let runs = [1, 2, 3].map(|seed| text_to_image(seed, 30));
    let mut accepted = Vec::new();
    for workflow in &runs {
        accepted.push(client.submit(workflow).await.unwrap().into_run());
    }
    let words = words(accepted[2].events()).await;
    assert_eq!(words[..2], ["queued 2", "queued 1"]);
    assert!(words.contains(&"started".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_node_stalls_the_run() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let client = quick(&server).stalled_after(Duration::from_millis(600)).connect().await.unwrap();
    let mut run = client.submit(&text_to_image(1, 1)).await.unwrap().into_run();
    let Ending::Stalled(stalled) = run.ended().await else { panic!("{run:?}") };
    assert_eq!(stalled.last_node.unwrap().id, "decoded");
}

#[tokio::test(start_paused = true)]
async fn connecting_without_a_server_is_an_error() {
    let error = comfy_runtime::Client::connect("http://127.0.0.1:1").await.unwrap_err();
    assert!(matches!(error, Error::Socket { .. }), "{error}");
    assert!(error.to_string().ends_with("; is the server running, and is this its address?"), "{error}");
    for url in ["127.0.0.1:8188", "ftp://x", "http://x/?token=y", ""] {
        assert!(matches!(comfy_runtime::Client::connect(url).await, Err(Error::Setup { .. })), "{url}");
    }
}
