//! Tests of results: a node that cannot have any is an error that names both sides, never an empty list.

use comfy_mock::Server;
use comfy_runtime::client::{Accepted, Done, Error, NoResultsReason};
use comfy_runtime::workflow as build;

use crate::support::{blank, connect, workflow};

/// Two outputs, one of which shows a text.
const TWO: &str = r#"{
    "img": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 0}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["img", 0], "filename_prefix": "x"}},
    "show": {"class_type": "PreviewAny", "inputs": {"source": "a"}}}"#;

fn reason(done: &Done, node: &str) -> NoResultsReason {
    match done.files(node) {
        Err(Error::NoResults(error)) => error.reason,
        other => panic!("expected an error about {node}, found {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_saves_nothing_is_an_error_that_names_the_outputs() {
    let server = Server::spawn().await.unwrap();
    let done = connect(&server).await.run(&workflow(TWO)).await.unwrap();
    assert_eq!(reason(&done, "img"), NoResultsReason::NotRun);
    let error = done.images("img").unwrap_err().to_string();
    let id = done.prompt_id();
    let message = format!(
        "node `img` (EmptyImage) has no results in prompt {id}: the server did not run it as an output; the outputs of \
         the run are node `save` (SaveImage), node `show` (PreviewAny)"
    );
    assert_eq!(error, message);
    for result in [done.videos("img").err(), done.audio("img").err(), done.text("img").err(), done.raw("img").err()] {
        assert!(matches!(result, Some(Error::NoResults(_))), "{result:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_output_that_made_nothing_of_a_kind_is_no_error() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let done = client.run(&workflow(TWO)).await.unwrap();
    assert!(done.images("show").unwrap().is_empty() && done.text("save").unwrap().is_empty());
    server.node("PreviewAny").set_output(comfy_runtime::client::Value::Null);
    let other = TWO.replace("\"a\"", "\"b\"");
    let done = client.run(&workflow(&other)).await.unwrap();
    assert!(done.files("show").unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_output_that_was_not_selected_is_an_error() {
    let server = Server::spawn().await.unwrap();
    let done = connect(&server).await.submission(&workflow(TWO)).targets(["show"]).run().await.unwrap();
    assert_eq!(reason(&done, "save"), NoResultsReason::NotSelected);
    assert_eq!(done.text("show").unwrap(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn an_output_that_the_server_dropped_is_an_error() {
    let server = Server::spawn().await.unwrap();
    let half = workflow(&TWO.replace(r#""width": 8"#, r#""width": 0"#));
    let Accepted::Partial { run, .. } = connect(&server).await.submit(&half).await.unwrap() else {
        panic!("expected dropped outputs")
    };
    let done = run.finish().await.unwrap();
    assert_eq!(reason(&done, "save"), NoResultsReason::Dropped);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_id_is_an_error_that_names_the_nodes() {
    let server = Server::spawn().await.unwrap();
    let done = connect(&server).await.run(&blank(1)).await.unwrap();
    let error = done.images("sav\u{1b}").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"no node of the workflow has the id "sav\u{1b}"; the workflow has the nodes "img", "save""#
    );
}

#[tokio::test(start_paused = true)]
async fn a_handle_of_another_workflow_is_an_error_that_names_both() {
    let show = |text: &str| build!({ graph.raw("PreviewAny").input("source", text).add() }).unwrap();
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let (one, two) = (show("a"), show("b"));
    let done = client.run(&one).await.unwrap();
    assert_eq!(done.text(&one.outputs).unwrap(), ["a"]);
    let error = done.text(&two.outputs).unwrap_err().to_string();
    assert!(error.starts_with("the handle belongs to node 0 of graph "), "{error}");
    assert!(error.ends_with("; the workflow has the nodes \"preview_any\""), "{error}");
    let wrong_target = client.submission(&one).targets([&two.outputs]).submit().await;
    assert!(matches!(wrong_target, Err(Error::NoSuchNode(_))), "{wrong_target:?}");
    let done = client.run(&workflow(TWO)).await.unwrap();
    let error = done.text(&one.outputs).unwrap_err().to_string();
    assert!(error.contains("the workflow was read from JSON; name its nodes by id"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_outputs_of_a_failed_run_are_found_as_far_as_they_were_made() {
    let server = Server::spawn().await.unwrap();
    server.node("SaveImage").fail("no space");
    let error = connect(&server).await.run(&workflow(TWO)).await.unwrap_err();
    let Error::Execution(error) = error else { panic!("{error}") };
    let partial = error.partial.unwrap();
    // The output failed, so that it made nothing, but it could have.
    assert!(partial.images("save").unwrap().is_empty());
    assert_eq!(reason(&partial, "img"), NoResultsReason::NotRun);
}
