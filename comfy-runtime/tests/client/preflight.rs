//! Tests of preflight checks against a running server.

use comfy_mock::Server;
use comfy_runtime::client::{Error, NodeErrorKind};
use comfy_runtime::{Graph, client};

use crate::support::{connect, text_to_image, workflow};

#[tokio::test(start_paused = true)]
async fn a_valid_workflow_passes_and_nothing_runs() {
    let server = Server::builder().models("checkpoints", ["sd15.safetensors"]).spawn().await.unwrap();
    let client = connect(&server).await;
    let preflight = client.preflight(&text_to_image(1, 2)).await.unwrap();
    assert!(preflight.is_ok(), "{preflight:?}");
    assert_eq!(preflight.outputs, ["cat"]);
    assert_eq!(server.count("POST /api/prompt"), 0);
    assert_eq!(server.count("GET /api/object_info"), 0, "only the classes of the workflow are requested");
}

#[tokio::test(start_paused = true)]
async fn a_missing_model_is_reported_with_its_node_and_line() {
    let server = Server::builder().models("checkpoints", ["other.safetensors"]).spawn().await.unwrap();
    let client = connect(&server).await;
    let graph = Graph::new();
    let line = line!() + 1;
    let ckpt = graph.raw("CheckpointLoaderSimple").with_id("ckpt").input("ckpt_name", "sd15.safetensors").add();
    let image = graph.raw("EmptyImage").input("width", 8).input("height", 8).input("batch_size", 1).input("color", 0);
    let image = image.add().any(0);
    let latent = graph.raw("VAEEncode").input("pixels", image).input("vae", ckpt.any(2)).add().any(0);
    graph.raw("SaveLatent").input("samples", latent).input("filename_prefix", "x").add();
    let wf = graph.finish(()).unwrap();
    let error = client.preflight(&wf).await.unwrap().into_result().unwrap_err();
    let Error::Rejected(rejection) = error else { panic!("{error}") };
    let node = &rejection.nodes[0];
    assert_eq!((node.node.id.as_str(), node.node.class.as_str()), ("ckpt", "CheckpointLoaderSimple"));
    assert_eq!(node.node.location.unwrap().line(), line);
    assert_eq!(node.problems[0].kind, NodeErrorKind::ValueNotInList);
    assert_eq!(node.problems[0].input.as_deref(), Some("ckpt_name"));
}

/// Returns a workflow that loads an image and saves it.
fn copy(name: &str) -> comfy_runtime::Workflow {
    workflow(&format!(
        r#"{{"load": {{"class_type": "LoadImage", "inputs": {{"image": "{name}"}}}},
            "save": {{"class_type": "SaveImage", "inputs": {{"images": ["load", 0], "filename_prefix": "copy"}}}}}}"#
    ))
}

#[tokio::test(start_paused = true)]
async fn input_files_in_subfolders_are_found() {
    let server = Server::builder().input_file("pets/cat.png", "x").output_file("dog.png", "x").assume_files(false);
    let server = server.spawn().await.unwrap();
    let client = connect(&server).await;
    for (name, exists) in
        [("pets/cat.png", true), ("dog.png [output]", true), ("dog.png", false), ("pets/dog.png", false)]
    {
        let preflight = client.preflight(&copy(name)).await.unwrap();
        assert_eq!(preflight.is_ok(), exists, "{name}: {preflight:?}");
        assert_eq!(client.run(&copy(name)).await.is_err_and(|error| matches!(error, Error::Rejected(_))), !exists);
    }
}

#[tokio::test(start_paused = true)]
async fn with_assumed_files_nothing_is_refused_because_of_a_file() {
    let server = Server::builder().assume_files(false).spawn().await.unwrap();
    let client = connect(&server).await;
    for (workflow, node, input) in [
        (text_to_image(1, 2), "ckpt", "ckpt_name"),
        (copy("cat.png"), "load", "image"),
        (copy("a/b.png"), "load", "image"),
    ] {
        assert!(!client.preflight(&workflow).await.unwrap().is_ok());
        let views = server.count("GET /view");
        let preflight = client.preflight(&workflow).assume_files().await.unwrap();
        assert!(preflight.is_ok(), "{preflight:?}");
        let assumed: Vec<_> =
            preflight.unverifiable.iter().map(|fact| (fact.node.as_str(), fact.input.as_deref())).collect();
        assert_eq!(assumed, [(node, Some(input))]);
        assert_eq!(server.count("GET /view"), views, "the server is not asked for files");
    }
    let wrong = workflow(r#"{"show": {"class_type": "PreviewAny", "inputs": {}}}"#);
    assert!(!client.preflight(&wrong).assume_files().await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_uploaded_later_is_the_only_one_that_is_assumed_to_exist() {
    let server = Server::builder().input_file("b.png", "x").assume_files(false).spawn().await.unwrap();
    let client = connect(&server).await;
    let wf = |second: &str| {
        workflow(&format!(
            r#"{{"a": {{"class_type": "LoadImage", "inputs": {{"image": "pets/a.png"}}}},
                "b": {{"class_type": "LoadImage", "inputs": {{"image": "{second}"}}}},
                "show_a": {{"class_type": "PreviewImage", "inputs": {{"images": ["a", 0]}}}},
                "show_b": {{"class_type": "PreviewImage", "inputs": {{"images": ["b", 0]}}}}}}"#
        ))
    };
    for (second, is_ok) in [("b.png", true), ("c.png", false), ("pets/a.png", true)] {
        let preflight = client.preflight(&wf(second)).assume_file("a", "image").await.unwrap();
        assert_eq!(preflight.is_ok(), is_ok, "{second}: {preflight:?}");
        assert!(preflight.unverifiable.is_empty(), "{preflight:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_targets_are_checked() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let wf = workflow(
        r#"{"good": {"class_type": "PreviewAny", "inputs": {"source": "x"}},
            "bad": {"class_type": "PreviewAny", "inputs": {}}}"#,
    );
    let preflight = client.preflight(&wf).targets(["good"]).await.unwrap();
    assert!(preflight.is_ok() && preflight.outputs == ["good"], "{preflight:?}");
    assert!(client.preflight(&wf).targets(["bad"]).await.unwrap().rejection.is_some());
    assert!(matches!(client.preflight(&wf).targets(["god"]).await, Err(Error::NoSuchNode(_))));
}

#[tokio::test(start_paused = true)]
async fn a_missing_class_is_reported() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let wf = workflow(r#"{"mine": {"class_type": "NoSuchNode", "inputs": {}}}"#);
    let rejection = client.preflight(&wf).await.unwrap().rejection.unwrap();
    assert_eq!((rejection.kind.as_str(), rejection.node.unwrap().id.as_str()), ("missing_node_type", "mine"));
}

#[tokio::test(start_paused = true)]
async fn outputs_that_would_be_dropped_and_ignored_inputs_are_reported() {
    let server = Server::spawn().await.unwrap();
    let client = connect(&server).await;
    let wf = workflow(
        r#"{"good": {"class_type": "PreviewAny", "inputs": {"source": "x", "colour": 5}},
            "bad": {"class_type": "PreviewAny", "inputs": {}}}"#,
    );
    let preflight = client.preflight(&wf).await.unwrap();
    assert_eq!(preflight.outputs, ["good"]);
    assert_eq!(preflight.dropped[0].node.id, "bad");
    let warning = &preflight.warnings[0];
    assert_eq!(
        (warning.node.id.as_str(), warning.input.as_deref(), warning.kind),
        ("good", Some("colour"), "unknown_input")
    );
    let Err(client::Error::Partial(dropped)) = preflight.into_result() else { panic!("expected dropped outputs") };
    assert_eq!(dropped.prompt_id, None, "nothing ran");
    assert!(dropped.to_string().starts_with("the server would drop outputs"), "{dropped}");
}

#[tokio::test(start_paused = true)]
async fn a_class_that_the_server_replaces_is_valid() {
    let replaced = br#"{"OldPreview": [{"new_node_id": "PreviewAny", "old_node_id": "OldPreview",
        "old_widget_ids": null, "input_mapping": [{"new_id": "source", "old_id": "text"}], "output_mapping": null}]}"#;
    let replaced = client::Value::parse(replaced).unwrap();
    let server = Server::builder().replacements(replaced).spawn().await.unwrap();
    let client = connect(&server).await;
    let wf = workflow(r#"{"show": {"class_type": "OldPreview", "inputs": {"text": "x"}, "_meta": {"title": "x"}}}"#);
    let preflight = client.preflight(&wf).await.unwrap();
    assert!(preflight.is_ok(), "{preflight:?}");
    assert_eq!(client.run(&wf).await.unwrap().text("show").unwrap(), ["x"]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_the_definitions_list_is_known_beside_one_that_was_looked_up() {
    let server = Server::builder()
        .input_file("a.png", "x")
        .input_file("sub/b.png", "x")
        .options("LoadImage", "image", ["a.png"])
        .spawn()
        .await
        .unwrap();
    let client = connect(&server).await;
    let wf = workflow(
        r#"{"a": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
            "b": {"class_type": "LoadImage", "inputs": {"image": "sub/b.png"}},
            "show_a": {"class_type": "PreviewImage", "inputs": {"images": ["a", 0]}},
            "show_b": {"class_type": "PreviewImage", "inputs": {"images": ["b", 0]}}}"#,
    );
    let preflight = client.preflight(&wf).await.unwrap();
    assert!(preflight.is_ok() && preflight.unverifiable.is_empty(), "{preflight:?}");
}
