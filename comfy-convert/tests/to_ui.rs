//! The way to the editor and back: one small case per rule.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use comfy_convert::{BoxSize, Converter, UiDocument, UiWorkflow, to_ui_with};
use comfy_schema::{Map, Schema, Value};
use proptest::prelude::*;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
    Schema::from_slice(&std::fs::read(path).unwrap()).unwrap()
});

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

/// A layout with every node at the origin.
fn at_the_origin(_: &[BoxSize], _: &[(usize, usize)]) -> Vec<(f64, f64)> {
    Vec::new()
}

fn to_editor(prompt: &Value) -> UiDocument {
    to_ui_with(prompt, &SCHEMA, at_the_origin).unwrap()
}

/// Returns the prompt that the editor queues for the file.
fn back(document: &UiDocument) -> Value {
    let text = document.workflow.to_string();
    let workflow = UiWorkflow::from_value(&json(&text)).unwrap();
    Converter::new(&SCHEMA).convert(&workflow).unwrap().prompt
}

#[track_caller]
fn comes_back(prompt: &str) {
    let prompt = json(prompt);
    let document = to_editor(&prompt);
    assert_eq!(document.lost, []);
    assert_eq!(back(&document), prompt, "{}", back(&document));
}

/// Returns a member of the file's node with this id.
fn member(document: &UiDocument, id: &str, key: &str) -> Option<Value> {
    let nodes = document.workflow.as_object()?.get("nodes")?.as_array()?;
    let node = nodes.iter().find(|node| node.as_object().is_some_and(|node| node.get("id") == Some(&json(id))))?;
    node.as_object()?.get(key).cloned()
}

const SAMPLER: &str = r#"{
    "ground": {"inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255}, "class_type": "EmptyImage", "_meta": {"title": "Ground"}},
    "7": {"inputs": {"filename_prefix": "a", "images": ["ground", 0]}, "class_type": "SaveImage", "_meta": {"title": "Save Image"}}
}"#;

#[test]
fn ids_titles_and_links_stay() {
    comes_back(SAMPLER);
    let document = to_editor(&json(SAMPLER));
    assert_eq!(member(&document, "\"ground\"", "title"), Some("Ground".into()));
    // A title that is the class's own is not written.
    assert_eq!(member(&document, "7", "title"), None);
    assert_eq!(
        document.workflow.as_object().unwrap().get("links"),
        Some(&json(r#"[[1, "ground", 0, 7, 0, "IMAGE"]]"#))
    );
    assert_eq!(to_editor(&json(SAMPLER)), document);
}

#[test]
fn nodes_stand_where_the_layout_puts_them() {
    let layout = |sizes: &[BoxSize], links: &[(usize, usize)]| {
        assert_eq!((sizes.len(), links), (2, &[(0, 1)][..]));
        vec![(0.0, 0.0), (1.0, 2.0)]
    };
    let document = to_ui_with(&json(SAMPLER), &SCHEMA, layout).unwrap();
    // The title bar is above the position.
    assert_eq!(member(&document, "7", "pos"), Some(json("[1.0, 32.0]")));
    assert_eq!(member(&document, "\"ground\"", "size"), Some(json("[270.0, 130.0]")));
    // Sources run first.
    assert_eq!(member(&document, "7", "order"), Some(1.into()));
}

#[test]
fn seeds_are_fixed_and_keep_53_bits() {
    let noise = |seed: &str| {
        json(&format!(
            r#"{{"1":{{"inputs":{{"noise_seed":{seed}}},"class_type":"RandomNoise","_meta":{{"title":"RandomNoise"}}}}}}"#
        ))
    };
    let document = to_editor(&noise("5"));
    assert_eq!(member(&document, "1", "widgets_values"), Some(json(r#"[5, "fixed"]"#)));
    assert_eq!(back(&document), noise("5"));
    let document = to_editor(&noise("18446744073709551615"));
    assert!(document.lost[0].to_string().contains("53 bits"), "{:?}", document.lost);
}

#[test]
fn texts_with_choices_and_comments_come_back() {
    for text in ["{a|b}", "see http://x.y // z", "/* x */", r"(a\) {b}"] {
        comes_back(&format!(
            r#"{{"1":{{"inputs":{{"text":{}}},"class_type":"CLIPTextEncode","_meta":{{"title":"X"}}}}}}"#,
            Value::from(text)
        ));
    }
}

#[test]
fn dynamic_inputs_and_lists_come_back() {
    comes_back(
        r#"{
        "1": {"inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}, "class_type": "EmptyImage", "_meta": {"title": "E"}},
        "2": {"inputs": {"resize_type": "scale dimensions", "resize_type.width": 8, "resize_type.height": 9,
            "resize_type.crop": "center", "scale_method": "area", "input": ["1", 0]}, "class_type": "ResizeImageMaskNode", "_meta": {"title": "R"}},
        "3": {"inputs": {"images.image0": ["1", 0], "images.image1": ["2", 0]}, "class_type": "BatchImagesNode", "_meta": {"title": "B"}}
    }"#,
    );
}

#[test]
fn a_linked_widget_is_a_slot() {
    let prompt = r#"{
        "1": {"inputs": {"value": 64}, "class_type": "PrimitiveInt", "_meta": {"title": "I"}},
        "2": {"inputs": {"width": ["1", 0], "height": 64, "batch_size": 1, "color": 0}, "class_type": "EmptyImage", "_meta": {"title": "E"}}
    }"#;
    comes_back(prompt);
    let inputs = member(&to_editor(&json(prompt)), "2", "inputs").unwrap();
    assert_eq!(inputs, json(r#"[{"name": "width", "type": "INT", "widget": {"name": "width"}, "link": 1}]"#));
}

#[test]
fn a_literal_on_a_socket_goes_into_a_subgraph() {
    let prompt = |id: &str| {
        format!(
            r#"{{"{id}": {{"inputs": {{"source": 1024}}, "class_type": "PreviewAny", "_meta": {{"title": "P"}}}},
                "5:4": {{"inputs": {{"source": "text"}}, "class_type": "PreviewAny", "_meta": {{"title": "Q"}}}},
                "9": {{"inputs": {{"string": ["{id}", 0], "find": "a", "replace": "b"}}, "class_type": "StringReplace", "_meta": {{"title": "S"}}}}}}"#
        )
    };
    comes_back(&prompt("5:3"));
    let document = to_editor(&json(&prompt("5:3")));
    assert_eq!(document.workflow.as_object().unwrap().get("nodes").unwrap().as_array().unwrap().len(), 2);
    assert!(document.workflow.as_object().unwrap().contains_key("definitions"));
    // A node whose id has no colon is in no subgraph.
    let document = to_editor(&json(&prompt("3")));
    assert_eq!(document.lost[0].to_string(), "node 3, input `source`: the socket has no widget");
}

/// Returns all objects in a value, at any depth.
fn objects(value: &Value) -> Vec<&Map> {
    match value {
        Value::Object(map) => std::iter::once(map).chain(map.iter().flat_map(|(_, value)| objects(value))).collect(),
        Value::Array(values) => values.iter().flat_map(objects).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn ids_with_colons_stand_in_subgraphs() {
    let prompt = r#"{
        "1": {"inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255}, "class_type": "EmptyImage", "_meta": {"title": "G"}},
        "9:2": {"inputs": {"image": ["1", 0]}, "class_type": "ImageInvert", "_meta": {"title": "I"}},
        "9:3:4": {"inputs": {"image": ["9:2", 0]}, "class_type": "ImageInvert", "_meta": {"title": "J"}},
        "5": {"inputs": {"filename_prefix": "a", "images": ["9:3:4", 0]}, "class_type": "SaveImage", "_meta": {"title": "S"}}
    }"#;
    comes_back(prompt);
    let document = to_editor(&json(prompt));
    let file = document.workflow.as_object().unwrap();
    assert_eq!(file.get("nodes").unwrap().as_array().unwrap().len(), 3);
    assert_eq!(file.get("last_node_id"), Some(&9.into()));
    let definitions = file.get("definitions").unwrap().as_object().unwrap().get("subgraphs").unwrap();
    let definitions: Vec<&Map> = definitions.as_array().unwrap().iter().map(|one| one.as_object().unwrap()).collect();
    assert_eq!(definitions.len(), 2);
    // The editor rejects a definition that lacks one of the four.
    let state = r#"{"lastGroupId": 0, "lastNodeId": 9, "lastLinkId": 7, "lastRerouteId": 0}"#;
    assert!(definitions.iter().all(|definition| definition.get("state") == Some(&json(state))), "{definitions:?}");
    // It also renumbers links whose ids occur twice.
    let inner = definitions.iter().flat_map(|one| one.get("links").unwrap().as_array().unwrap());
    let inner = inner.map(|link| link.as_object().unwrap().get("id").unwrap().to_string());
    let root =
        file.get("links").unwrap().as_array().unwrap().iter().map(|link| link.as_array().unwrap()[0].to_string());
    let ids: Vec<String> = root.chain(inner).collect();
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), ids.len(), "{ids:?}");
}

#[test]
fn matched_types_are_those_of_the_links() {
    let prompt = r#"{
        "1": {"inputs": {"ckpt_name": "a"}, "class_type": "CheckpointLoaderSimple", "_meta": {"title": "C"}},
        "2": {"inputs": {"switch": true, "on_false": ["1", 0], "on_true": ["1", 0]}, "class_type": "ComfySwitchNode", "_meta": {"title": "S"}},
        "3": {"inputs": {"shift": 3, "model": ["2", 0]}, "class_type": "ModelSamplingSD3", "_meta": {"title": "M"}}
    }"#;
    comes_back(prompt);
    let text = to_editor(&json(prompt)).workflow.to_string();
    assert!(!text.contains("COMFY_MATCHTYPE_V3") && text.contains(r#"[3,2,0,3,0,"MODEL"]"#), "{text}");
}

#[test]
fn slots_of_a_branch_stand_in_declared_order() {
    let prompt = r#"{
        "1": {"inputs": {"value": "a cat"}, "class_type": "PrimitiveString", "_meta": {"title": "P"}},
        "2": {"inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}, "class_type": "EmptyImage", "_meta": {"title": "E"}},
        "3": {"inputs": {"model": "Seedance 2.0", "model.prompt": ["1", 0], "model.reference_images.image_1": ["2", 0]},
            "class_type": "ByteDance2ReferenceNode"}
    }"#;
    let inputs = member(&to_editor(&json(prompt)), "3", "inputs").unwrap();
    let names: Vec<&str> =
        objects(&inputs).iter().filter_map(|input| input.get("link").and(input.get("name"))?.as_str()).collect();
    assert_eq!(names[..2], ["model.prompt", "model.reference_images.image_1"], "{names:?}");
}

#[test]
fn values_that_the_editor_adds_or_changes_are_reported() {
    let reported = |node: &str| {
        let document = to_editor(&json(&format!(r#"{{"1": {node}}}"#)));
        document.lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        reported(r#"{"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1}}"#),
        "node 1, input `color`: the prompt leaves it out; the editor sends 0"
    );
    let dated = r#"{"class_type": "SaveImage", "inputs": {"filename_prefix": "%date:yyyy%/a"}}"#;
    assert_eq!(reported(dated), r#"node 1, input `filename_prefix`: the editor sends "2000/a""#);
    // The server ignores inputs that a class does not declare, and 7.0 is 7 to it.
    assert_eq!(reported(r#"{"class_type": "ModelSamplingSD3", "inputs": {"shift": 7.0}}"#), "");
}

#[test]
fn nodes_are_as_large_as_the_editor_makes_them() {
    // Measured in front end 1.45.19.
    for (class, width, height) in [
        ("KSampler", 270.0, 262.0),
        ("CheckpointLoaderSimple", 270.0, 98.0),
        ("RandomNoise", 270.0, 82.0),
        ("VAEDecode", 140.0, 46.0),
        ("LoadAudio", 270.0, 136.0),
        ("Load3D", 300.0, 600.0),
        ("CustomCombo", 270.0, 102.0),
    ] {
        let prompt = json(&format!(r#"{{"1": {{"class_type": "{class}", "inputs": {{}}}}}}"#));
        let size = member(&to_editor(&prompt), "1", "size").unwrap();
        let [wide, high] = size.as_array().unwrap() else { panic!("{size}") };
        assert!(wide.as_f64().unwrap() >= width, "{class}: {wide}");
        assert_eq!(high.as_f64(), Some(height), "{class}");
    }
}

#[test]
fn values_without_a_place_are_reported() {
    let reported = |node: &str| {
        let document = to_editor(&json(&format!(r#"{{"1": {node}}}"#)));
        document.lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert!(reported(r#"{"class_type": "NoSuchNode", "inputs": {"a": 1}}"#).contains("definitions"));
    assert!(reported(r#"{"class_type": "VAEDecode", "inputs": {"samples": ["2", 0]}}"#).contains("does not exist"));
    assert!(reported(r#"{"class_type": "VAEDecode", "inputs": {"samples": ["1", 7]}}"#).contains("does not exist"));
    assert!(reported(r#"{"class_type": "VAEDecode", "inputs": {"extra": 1}}"#).contains("no widget of this name"));
    let encode = r#"{"class_type": "CLIPTextEncode", "inputs": {"text": "a\\"}}"#;
    assert!(reported(encode).contains("backslash"), "{}", reported(encode));
}

#[test]
fn a_node_without_a_class_comes_back() {
    comes_back(r#"{"1": {"inputs": {"UNKNOWN": "x"}, "_meta": {}}}"#);
}

#[test]
fn json_that_is_not_a_prompt_is_an_error() {
    for text in ["[]", "null", r#"{"1": 5}"#] {
        assert!(to_ui_with(&json(text), &SCHEMA, at_the_origin).is_err(), "{text}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}|[{}|\\\\/*]{0,8}".prop_map(Value::from),
        (0_usize..8, -1_i64..70).prop_map(|(id, slot)| Value::Array(vec![ID[id].into(), slot.into()])),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            inner.prop_map(|value| Map::from_iter([("__value__", value)]).into()),
        ]
    })
}

const ID: [&str; 8] = ["1", "a", "5:3", "5:a", "5:7:2", "5:7", "6:1", ":"];
const CLASS: [&str; 6] =
    ["KSampler", "PreviewAny", "ResizeImageMaskNode", "BatchImagesNode", "CustomCombo", "NoSuchNode"];
const INPUT: [&str; 10] = [
    "seed",
    "source",
    "resize_type",
    "resize_type.width",
    "images.image0",
    "images.image7",
    "choice",
    "option1",
    "model",
    "x",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_prompt_gives_a_workflow(
        nodes in prop::collection::vec(
            (0_usize..8, 0_usize..6, prop::collection::vec((0_usize..10, any_value()), 0..6)),
            0..8,
        ),
    ) {
        let node = |(id, class, inputs): (usize, usize, Vec<(usize, Value)>)| {
            let inputs: Map = inputs.into_iter().map(|(name, value)| (INPUT[name], value)).collect();
            (ID[id], Map::from_iter([("class_type", Value::from(CLASS[class])), ("inputs", inputs.into())]))
        };
        let prompt = Value::Object(nodes.into_iter().map(node).collect());
        let document = to_ui_with(&prompt, &SCHEMA, at_the_origin).unwrap();
        let workflow = UiWorkflow::from_value(&json(&document.workflow.to_string())).unwrap();
        // The editor may queue something else for it, or fail (a prefix that is not a text); nothing panics.
        let _ = Converter::new(&SCHEMA).convert(&workflow);
    }
}

#[test]
fn a_node_of_an_unknown_class_gets_a_limited_number_of_outputs() {
    let lost = |output: usize| {
        let prompt = format!(
            r#"{{"1": {{"class_type": "Unknown", "inputs": {{}}}},
                 "2": {{"class_type": "Other", "inputs": {{"a": ["1", {output}]}}}}}}"#
        );
        to_editor(&json(&prompt)).lost
    };
    assert_eq!(lost(63), []);
    assert_ne!(lost(64), []);
}
