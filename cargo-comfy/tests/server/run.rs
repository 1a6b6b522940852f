//! `cargo comfy run`.

use std::path::Path;

use super::place::{Place, expect};

fn is_png(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG"))
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_saved_and_their_paths_printed() {
    let place = Place::new().await;
    let arguments = ["run", "workflow.json", "--set", "samples.seed=7", "--set", "prompt.text=a dog"];
    let (out, err) = expect(&place.run(&arguments).await, 0);
    assert_eq!(out.trim(), Path::new("out").join("cat_00001_.png").display().to_string());
    assert!(is_png(&place.path("out/cat_00001_.png")));
    assert!(err.contains("samples (KSampler)"), "{err}");
    let history = place.server.history(&place.server.finished()[0]).unwrap().to_string();
    assert!(history.contains("a dog") && history.contains(r#""seed":7"#), "{history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workflow_of_a_picture_runs_again() {
    let place = Place::new().await;
    place.run(&["run", "workflow.json"]).await;
    expect(&place.run(&["run", "out/cat_00001_.png", "--out", "again"]).await, 0);
    assert!(is_png(&place.path("again/cat_00001_.png")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_hold_a_workflow_for_the_editor_with_editable() {
    let place = Place::new().await;
    expect(&place.run(&["run", "workflow.json", "--editable", "--set", "samples.seed=7"]).await, 0);
    let picture = std::fs::read(place.path("out/cat_00001_.png")).unwrap();
    let document = comfy_convert::read(&picture).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
    let schema = comfy_schema::Schema::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let queued = comfy_convert::Converter::new(&schema).convert(document.ui().unwrap()).unwrap().prompt;
    let seed = |prompt: &comfy_schema::Value| prompt.to_string().contains(r#""seed":7"#);
    assert!(seed(&queued) && seed(document.api().unwrap()), "{queued}");
    // Without the flag the picture holds only the prompt.
    place.run(&["run", "workflow.json", "--out", "plain"]).await;
    let plain = comfy_convert::read(&std::fs::read(place.path("plain/cat_00002_.png")).unwrap()).unwrap();
    assert!(plain.ui().is_none() && plain.api().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_lines_of_json_with_json() {
    let place = Place::new().await;
    let (out, _) = expect(&place.run(&["run", "workflow.json", "--json"]).await, 0);
    let events: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names.last(), Some(&"saved"));
    assert_eq!(names.iter().filter(|name| **name == "finished").count(), 1);
    assert!(names.contains(&"progress") && names.contains(&"executed"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lines_of_a_text_do_not_look_like_paths() {
    let place = Place::new().await;
    place.server.node("SaveImage").set_output(comfy_schema::Value::parse(br#"{"text": ["a\nout/b.png"]}"#).unwrap());
    let (out, _) = expect(&place.run(&["run", "workflow.json"]).await, 0);
    assert_eq!(out, "save: a\n  out/b.png\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_exits_with_1_and_its_reason() {
    let place = Place::new().await;
    let (_, err) = expect(&place.run(&["run", "workflow.json", "--set", "samples.steps=0"]).await, 1);
    assert!(err.contains("node `samples` (KSampler)") && err.contains("value_smaller_than_min"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_node_exits_with_1() {
    let place = Place::new().await;
    place.server.node("VAEDecode").fail_with("torch.OutOfMemoryError", "no memory\nFORGED");
    let (_, err) = expect(&place.run(&["run", "workflow.json"]).await, 1);
    assert!(err.contains(r"node `decoded` (VAEDecode) failed: torch.OutOfMemoryError: no memory\nFORGED"), "{err}");
    // The traceback has the line too.
    assert!(err.contains("\n  FORGED") && !err.contains("\nFORGED"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_input_is_reported_before_anything_is_sent() {
    let place = Place::new().await;
    let (_, err) = expect(&place.run(&["run", "workflow.json", "--set", "samples.stps=3"]).await, 2);
    assert!(err.contains("did you mean `steps`?"), "{err}");
    assert_eq!(place.server.count("POST /prompt"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_exits_with_2() {
    let place = Place::new().await;
    expect(&place.run(&["run", "workflow.json", "--server", "http://127.0.0.1:1"]).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_prompt_is_refused_with_the_reason() {
    let place = Place::new().await;
    let muted = r#"{"version": 0.4, "links": [], "nodes": [{"id": 1, "type": "PreviewImage", "mode": 2}]}"#;
    std::fs::write(place.path("muted.json"), muted).unwrap();
    let (_, errors) = expect(&place.run(&["run", "muted.json"]).await, 1);
    assert!(errors.contains("error: muted.json: the prompt is empty, because its only node is muted"), "{errors}");
    assert!(place.server.finished().is_empty());
}
