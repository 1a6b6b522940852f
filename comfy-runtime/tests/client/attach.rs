//! Tests of attaching to runs that were submitted before, and of the comparison of workflows.

use comfy_mock::Server;
use comfy_runtime::client::{Accepted, DifferenceKind, Ending, Error};
use comfy_runtime::{Client, Workflow, workflow as build};
use serde_json::json;
use uuid::Uuid;

use crate::scripted::{Reply, Scripted};
use crate::support::{blank, connect, quick, text_to_image, words, workflow};

/// Returns a workflow with handles: an image that is saved.
fn built(color: i64) -> Workflow<comfy_runtime::NodeRef> {
    build!({
        let img =
            graph.raw("EmptyImage").input("width", 8).input("height", 8).input("batch_size", 1).input("color", color);
        let img = img.add();
        graph.raw("SaveImage").input("images", img.any(0)).input("filename_prefix", "built").add()
    })
    .unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_ended_run_gives_its_outputs_by_the_handles_of_the_workflow() {
    let server = Server::spawn().await.unwrap();
    let id = connect(&server).await.run(&built(1)).await.unwrap().prompt_id().to_owned();
    let workflow = built(1);
    let client = connect(&server).await;
    let done = client.attach(&workflow, &id).await.unwrap().finish().await.unwrap();
    assert_eq!(done.images(&workflow.outputs).unwrap().len(), 1);
    let untyped = client.attach_id(&id).await.unwrap().finish().await.unwrap();
    let images = untyped.images("save_image").unwrap();
    assert_eq!((images.len(), images[0].node.class.as_str()), (1, "SaveImage"));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_goes_on_is_followed_to_its_end() {
    let server = Server::spawn().await.unwrap();
    server.node("VAEDecode").hang();
    let first = connect(&server).await;
    let id = first.submit(&text_to_image(1, 2)).await.unwrap().into_run().prompt_id().to_owned();
    let waiting = first.submit(&text_to_image(2, 2)).await.unwrap().into_run().prompt_id().to_owned();
    server.until(|server| server.running().as_deref() == Some(&id)).await;
    drop(first);
    let client = connect(&server).await;
    let run = client.attach(&text_to_image(1, 2), &id).await.unwrap();
    let second = client.attach_id(&waiting).await.unwrap();
    assert!(run.ending().is_none());
    assert!(run.cancel().await.unwrap());
    assert!(matches!(run.finish().await, Err(Error::Interrupted(_))));
    assert!(second.cancel().await.unwrap());
    assert!(matches!(second.finish().await, Err(Error::Interrupted(_) | Error::Deleted(_))));
}

#[tokio::test(start_paused = true)]
async fn a_run_of_the_same_client_id_sends_its_events() {
    let server = Server::spawn().await.unwrap();
    server.node("EmptyLatentImage").hang();
    let first = quick(&server).client_id("me").connect().await.unwrap();
    let id = first.submit(&text_to_image(1, 3)).await.unwrap().into_run().prompt_id().to_owned();
    server.until(|server| server.running().is_some()).await;
    drop(first);
    server.until(|server| server.clients().is_empty()).await;
    let client = quick(&server).client_id("me").connect().await.unwrap();
    let run = client.attach_id(&id).await.unwrap();
    let events = run.events();
    let cancelling = async { run.cancel().await.unwrap() };
    let (words, _) = tokio::join!(words(events), cancelling);
    assert_eq!(words.last().unwrap(), "interrupted");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_is_an_error() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let error = client.attach_id("nobody\u{1b}[2J").await.unwrap_err();
    assert!(matches!(error, Error::UnknownRun { .. }), "{error}");
    assert!(error.to_string().starts_with(r"the server does not know prompt nobody\u{1b}[2J;"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn another_workflow_is_an_error_that_names_the_first_difference() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let id = client.run(&blank(1)).await.unwrap().prompt_id().to_owned();
    let error = client.attach(&blank(2), &id).await.unwrap_err();
    let message = format!(
        "prompt {id} was made from another workflow: node `img` (EmptyImage): `color` is 2 here, and 1 in the server's prompt"
    );
    assert_eq!(error.to_string(), message);
    let Error::Different(difference) = error else { panic!("{error}") };
    assert_eq!((difference.node.id.as_str(), &difference.prompt_id), ("img", &id));

    let fewer = workflow(
        r#"{"img": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 1}}}"#,
    );
    let error = client.attach(&fewer, &id).await.unwrap_err().to_string();
    assert!(error.ends_with("node `save` (SaveImage) is only in the server's prompt"), "{error}");

    let other_class = workflow(&blank(1).to_json().replace("SaveImage", "PreviewImage"));
    let error = client.attach(&other_class, &id).await.unwrap_err().to_string();
    assert!(error.ends_with("node `save` (PreviewImage) has the class SaveImage in the server's prompt"), "{error}");

    let more = workflow(&blank(1).to_json().replacen('{', r#"{"n": {"class_type": "PreviewAny", "inputs": {}}, "#, 1));
    let error = client.attach(&more, &id).await.unwrap_err().to_string();
    assert!(error.ends_with("node `n` (PreviewAny) is not in the server's prompt"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn values_that_the_server_converts_are_no_difference() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let as_text = workflow(
        r#"{
        "img": {"class_type": "EmptyImage", "_meta": {"title": "mine"},
                "inputs": {"width": "8", "height": 8.9, "batch_size": true, "color": 1}},
        "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": 7}},
        "unused": {"class_type": "EmptyImage", "inputs": {"width": "8", "height": 8, "batch_size": 1, "color": 1}}}"#,
    );
    let id = client.run(&as_text).await.unwrap().prompt_id().to_owned();
    client.attach(&as_text, &id).await.unwrap().finish().await.unwrap();
    let retitled = workflow(&as_text.to_json().replace("mine", "yours"));
    client.attach(&retitled, &id).await.unwrap().finish().await.unwrap();
    let plain = workflow(&as_text.to_json().replace(r#""8", "height": 8.9"#, r#"8, "height": 8"#));
    client.attach(&plain, &id).await.unwrap().finish().await.unwrap();
    let other = workflow(&as_text.to_json().replace("8.9", "9.9"));
    let Err(Error::Different(difference)) = client.attach(&other, &id).await else { panic!("expected a difference") };
    assert!(matches!(&difference.kind, DifferenceKind::InputValue { name, .. } if name == "height"), "{difference}");
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_the_server_does_not_show_is_only_attached_without_a_workflow() {
    let server = Scripted::start(|call| match call.route.as_str() {
        "GET /queue" => Reply::json(r#"{"queue_running": [], "queue_pending": []}"#),
        _ => Reply::json(json!({"a": {"outputs": {"9": {"text": ["x"]}}, "status": {"status_str": "success"}}})),
    })
    .await;
    let client = Client::connect(server.url()).await.unwrap();
    let error = client.attach(&blank(1), "a").await.unwrap_err();
    assert!(error.to_string().contains("`attach_id`"), "{error}");
    let mut run = client.attach_id("a").await.unwrap();
    assert!(matches!(run.ended().await, Ending::Finished(_)));
}

#[tokio::test(start_paused = true)]
async fn a_program_that_starts_again_attaches_and_does_not_submit_twice() {
    let server = Server::spawn().await.unwrap();
    let id = Uuid::new_v4();
    for _ in 0..3 {
        let client = connect(&server).await;
        let workflow = built(3);
        let accepted = client.submission(&workflow).prompt_id(id).attach_or_submit().await.unwrap();
        let done = accepted.complete().await.unwrap().finish().await.unwrap();
        assert_eq!(done.images(&workflow.outputs).unwrap().len(), 1);
    }
    assert_eq!(server.count("POST /api/prompt"), 1);
    let client = connect(&server).await;
    let error = client.submission(&built(4)).prompt_id(id).attach_or_submit().await.unwrap_err();
    assert!(matches!(error, Error::Different(_)), "{error}");
    // Without an id there is nothing to attach to.
    _ = client.submission(&built(3)).attach_or_submit().await.unwrap();
    assert_eq!(server.count("POST /api/prompt"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_prompt_that_moves_to_the_queue_between_two_requests_is_found() {
    // The history is asked after the queue, and the prompt is in the queue only after that.
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let server = Scripted::start(move |call| match call.route.as_str() {
        "GET /queue" if asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 1 => {
            Reply::json(r#"{"queue_running": [], "queue_pending": []}"#)
        }
        "GET /queue" => Reply::json(json!({"queue_running": [[0, "a", {}, {}, []]], "queue_pending": []})),
        _ => Reply::json("{}"),
    })
    .await;
    let client = Client::connect_lazy(server.url()).unwrap();
    let run = client.attach_id("a").await.unwrap();
    assert_eq!(run.number(), Some(0.0));
}

#[tokio::test(start_paused = true)]
async fn outputs_that_were_dropped_when_the_run_was_accepted_are_told_again() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let half = workflow(
        r#"{"good": {"class_type": "PreviewAny", "inputs": {"source": "x"}},
            "bad": {"class_type": "PreviewAny", "inputs": {}}}"#,
    );
    let id = Uuid::new_v4();
    let Accepted::Partial { run, .. } = client.submission(&half).prompt_id(id).submit().await.unwrap() else {
        panic!("expected dropped outputs")
    };
    run.finish().await.unwrap();
    let Accepted::Partial { run, dropped, .. } =
        client.submission(&half).prompt_id(id).attach_or_submit().await.unwrap()
    else {
        panic!("expected dropped outputs")
    };
    assert_eq!(dropped.nodes[0].node.id, "bad");
    run.finish().await.unwrap();
}
