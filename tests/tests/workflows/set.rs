//! Changing values of finished workflows: `Workflow::set`.

use comfy_runtime::graph::ProblemKind;
use comfy_runtime::set::SetError;
use comfy_runtime::{Out, Workflow, types, unchecked, unchecked_json, workflow};
use comfy_tests::nodes::resize_image_mask_node::resize_type;
use comfy_tests::nodes::{EmptyImage, LoadImage, PreviewImage, ResizeImageMaskNode, SaveImage};
use serde_json::{Value, json};

use crate::image::text_to_image;

fn input<T>(workflow: &Workflow<T>, node: &str, input: &str) -> Value {
    let json: Value = serde_json::from_str(&workflow.to_json()).unwrap();
    json[node]["inputs"][input].clone()
}

fn problem(result: Result<impl Sized, SetError>) -> (ProblemKind, String) {
    match result {
        Err(SetError::Value(problem)) => (problem.kind(), problem.message().to_owned()),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("expected an error"),
    }
}

#[test]
fn a_value_replaces_a_literal_a_computed_value_and_a_default() {
    let mut workflow = text_to_image("a cat", 7).unwrap();
    let before = workflow.to_json();
    workflow.set("samples", "seed", 8).unwrap().set("samples", "steps", 30).unwrap();
    workflow.set("samples", "denoise", 0.5).unwrap().set("positive", "text", "a dog").unwrap();
    let changed = before
        .replace("\"seed\":7", "\"seed\":8")
        .replace("\"steps\":25", "\"steps\":30")
        .replace("\"denoise\":1.0", "\"denoise\":0.5")
        .replace("a cat", "a dog");
    assert_ne!(before, changed);
    assert_eq!(workflow.to_json(), changed);
    assert_eq!(serde_json::to_value(&workflow).unwrap(), serde_json::from_str::<Value>(&changed).unwrap());
}

#[test]
fn a_handle_names_the_node_in_the_whole_workflow() {
    let mut workflow = text_to_image("a cat", 7).unwrap();
    let saved = workflow.outputs;
    workflow.set(&saved, "filename_prefix", "dog").unwrap();
    assert_eq!(input(&workflow, "saved", "filename_prefix"), "dog");
    let mut other = text_to_image("a cat", 7).unwrap();
    let error = other.set(&saved, "filename_prefix", "dog").unwrap_err();
    assert!(matches!(error, SetError::NoSuchNode(_)), "{error}");
    let error = other.set("sampels", "seed", 1).unwrap_err().to_string();
    assert!(
        error.starts_with("no node of the workflow has the id \"sampels\"; the workflow has the nodes "),
        "{error}"
    );
}

#[test]
fn a_wrong_value_is_refused_as_when_the_graph_is_finished() {
    let mut workflow = text_to_image("a cat", 7).unwrap();
    let before = workflow.to_json();
    let mut wrong = |input: &str, value: Value| match value {
        Value::String(text) => problem(workflow.set("samples", input, text)),
        Value::Bool(value) => problem(workflow.set("samples", input, value)),
        value => problem(workflow.set("samples", input, value.as_f64().unwrap())),
    };
    assert_eq!(wrong("steps", json!(2.5)).1, "`KSampler.steps` is an INT, and 2.5 is not a whole number");
    assert_eq!(wrong("cfg", json!("high")).1, "`KSampler.cfg` is a FLOAT, not \"high\"");
    assert!(wrong("cfg", json!(900.0)).1.starts_with("`KSampler.cfg` must be in "));
    assert!(wrong("sampler_name", json!("eulr")).1.contains("did you mean \"euler\""));
    assert!(wrong("model", json!("sd15")).1.contains("takes a link of type MODEL"));
    assert_eq!(problem(workflow.set("samples", "cfg", f64::NAN)).0, ProblemKind::Value);
    assert_eq!(problem(workflow.set("samples", "seed", -1)).0, ProblemKind::Value);
    assert_eq!(problem(workflow.set("samples", "steps", unchecked_json("1 2"))).0, ProblemKind::Value);
    assert_eq!(problem(workflow.set("samples", "model", None::<&str>)).0, ProblemKind::Missing);
    let error = workflow.set("samples", "sed", 1).unwrap_err().to_string();
    assert!(
        error.starts_with(r#"node "samples" (KSampler) has no input "sed"; its inputs are "model", "seed""#),
        "{error}"
    );
    assert_eq!(workflow.to_json(), before, "a refused value changes nothing");
}

#[test]
fn json_is_not_checked_and_none_restores_the_default() {
    let mut workflow = text_to_image("a cat", 7).unwrap();
    workflow.set("samples", "sampler_name", unchecked("of a node pack")).unwrap();
    assert_eq!(input(&workflow, "samples", "sampler_name"), "of a node pack");
    workflow.set("samples", "denoise", 0.5).unwrap().set("samples", "denoise", None::<f64>).unwrap();
    assert_eq!(input(&workflow, "samples", "denoise"), 1.0);
}

#[test]
fn a_node_keeps_its_title_its_links_and_its_neighbours() {
    let mut workflow = workflow! {
        #[title = "the first"]
        let one = EmptyImage { width: 64, height: 64 };
        let two = EmptyImage { width: 128 };
        PreviewImage { images: one };
        PreviewImage { images: two };
    }
    .unwrap();
    let before: Value = serde_json::from_str(&workflow.to_json()).unwrap();
    workflow.set("one", "color", 5).unwrap().set("two", "height", 32).unwrap();
    let mut expected = before;
    expected["one"]["inputs"]["color"] = 5.into();
    expected["two"]["inputs"]["height"] = 32.into();
    let after: Value = serde_json::from_str(&workflow.to_json()).unwrap();
    assert_eq!(after, expected);
    assert_eq!(after["one"]["_meta"]["title"], "the first");
    assert_eq!(workflow.warnings(), []);
}

#[test]
fn an_input_of_a_branch_has_a_dotted_name() {
    let mut workflow = workflow! {
        let photo = LoadImage { image: "photo.png" }.image;
        let fitted = ResizeImageMaskNode {
            input: photo,
            resize_type: resize_type::ScaleLongerDimension { longer_size: 2048 },
            scale_method: "lanczos",
        };
        PreviewImage { images: fitted.cast::<types::IMAGE>() };
    }
    .unwrap();
    workflow.set("fitted", "resize_type.longer_size", 1024).unwrap();
    assert_eq!(input(&workflow, "fitted", "resize_type.longer_size"), 1024);
    assert_eq!(input(&workflow, "fitted", "resize_type"), "scale longer dimension");
    let (kind, message) = problem(workflow.set("fitted", "resize_type.longer_size", -1));
    assert_eq!((kind, message.contains("longer_size")), (ProblemKind::Value, true), "{message}");
    assert!(matches!(workflow.set("fitted", "resize_type.width", 1), Err(SetError::NoSuchInput { .. })));
}

#[test]
fn links_are_given_when_the_graph_is_built() {
    let mut workflow = workflow! {
        let one = EmptyImage { width: 64 };
        SaveImage { images: one, filename_prefix: "x" };
        one
    }
    .unwrap();
    let one: Out<types::IMAGE> = workflow.outputs;
    let error = workflow.set("save_image", "images", one).unwrap_err();
    assert!(matches!(error, SetError::NotAValue { .. }), "{error}");
}

#[test]
fn a_workflow_that_was_read_keeps_everything_else() {
    let text = r#"{"3": {"class_type": "KSampler", "extra": 1e400, "inputs": {"seed": 1, "big": 123456789012345678901234567890,
        "text": "a \" b", "model": ["4", 0]}, "_meta": {"title": "mine"}}}"#;
    let mut workflow = Workflow::from_json(text).unwrap();
    workflow.set("3", "seed", u64::MAX).unwrap().set("3", "text", "c\n").unwrap();
    workflow.set("3", "model", json!([1, 2])).unwrap();
    let json = workflow.to_json();
    for kept in
        ["1e400", "123456789012345678901234567890", "18446744073709551615", r#""c\n""#, r#"{"__value__":[1,2]}"#]
    {
        assert!(json.contains(kept), "{kept} is missing in {json}");
    }
    assert_eq!(workflow.node("3").unwrap().title().as_deref(), Some("mine"));
    workflow.set("3", "text", None::<&str>).unwrap();
    assert!(!workflow.to_json().contains("\"text\""));
    let error = workflow.set("3", "sed", 1).unwrap_err().to_string();
    assert_eq!(error, r#"node "3" (KSampler) has no input "sed"; its inputs are "seed", "big", "model""#);
    assert_eq!(problem(workflow.set("3", "seed", f64::INFINITY)).0, ProblemKind::Value);
}

#[test]
fn a_raw_node_is_set_by_the_names_of_its_inputs() {
    let mut workflow = workflow!({ graph.raw("PreviewAny").input("source", "a").add() }).unwrap();
    let node = workflow.outputs;
    workflow.set(&node, "source", "b").unwrap();
    assert_eq!(input(&workflow, "preview_any", "source"), "b");
    assert!(matches!(workflow.set(&node, "sorce", "b"), Err(SetError::NoSuchInput { .. })));
}
