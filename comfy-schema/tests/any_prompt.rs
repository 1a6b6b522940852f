//! Properties that the validator and the comparison of schemas have for any prompt.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::LazyLock;

use comfy_schema::drift::{Comparison, Level};
use comfy_schema::validate::{Files, Folder, Validator, Verdict};
use comfy_schema::{Map, Schema, Value};
use proptest::collection::vec;
use proptest::prelude::*;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::from_slice(include_bytes!("fixtures/rules.json")).unwrap());

/// Names and values of inputs in the small schema, which bring random prompts close to real ones.
const WORDS: &[&str] = &[
    "class_type",
    "inputs",
    "_meta",
    "title",
    "__value__",
    "is_changed",
    "images",
    "image",
    "a",
    "b",
    "int",
    "float",
    "string",
    "bool",
    "old",
    "new",
    "many",
    "floats",
    "union",
    "list.image0",
    "list.image1",
    "mode",
    "mode.width",
    "mode.inner",
    "mode.inner.y",
    "size",
    "deep",
    "x",
    "slot",
    "slot.child",
    "rows.0.name",
    "rows.1.on",
    "rows.9.name",
    "names.a",
    "model_file",
    "choice",
    "switch",
    "on_true",
    "device",
    "pan",
    "tilt",
    "aspect_ratio",
    "16:9",
    "a.png",
    "../x [output]",
    "original_model_task_id",
    "1",
    "2",
    "3",
    "Infinity",
    "1_0",
    "é",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![8 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => ".{0,6}"]
}

fn id() -> impl Strategy<Value = String> {
    prop::sample::select(&["1", "2", "3", "4", "5"][..]).prop_map(str::to_owned)
}

fn link() -> impl Strategy<Value = Value> {
    (id(), -2..4_i32).prop_map(|(id, slot)| Value::Array(vec![id.into(), slot.into()]))
}

fn json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i128..3).prop_map(Value::Int),
        any::<i128>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        "[1-9][0-9]{40,60}".prop_map(|digits| Value::BigInt(digits.into())),
        word().prop_map(Value::from),
        link(),
    ];
    scalar.prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((word(), inner), 0..4).prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

/// A node of an existing class, with inputs of which some exist.
fn node() -> impl Strategy<Value = Value> {
    let classes: Vec<String> = SCHEMA.classes().map(ToString::to_string).collect();
    let value = prop_oneof![3 => link(), 2 => json()];
    let inputs = vec((word(), value), 0..6).prop_map(|inputs| Value::Object(Map::from_iter(inputs)));
    let rest = vec((word(), json()), 0..2);
    (prop::sample::select(classes), inputs, rest).prop_map(|(class, inputs, rest)| {
        let own = [("class_type".to_owned(), Value::from(class)), ("inputs".to_owned(), inputs)];
        let rest = rest.into_iter().filter(|(key, _)| key != "class_type" && key != "inputs");
        Value::Object(own.into_iter().chain(rest).collect())
    })
}

fn prompt() -> impl Strategy<Value = Value> {
    let node = prop_oneof![12 => node(), 1 => json()];
    vec((id(), node), 0..6).prop_map(|nodes| Value::Object(Map::from_iter(nodes)))
}

/// Literals that convert to the declared types.
fn literals() -> impl Strategy<Value = Map> {
    let int = prop_oneof![
        any::<u64>().prop_map(Value::from),
        (0.0..1e18).prop_map(Value::Float),
        any::<bool>().prop_map(Value::from),
        " {0,2}\\+?[0-9]{1,18} ?".prop_map(Value::from),
    ];
    let float = prop_oneof![
        (0.0..1.0).prop_map(Value::Float),
        any::<bool>().prop_map(Value::from),
        Just(Value::Float(f64::NAN)),
        "0?\\.[0-9]{1,5}(e-[0-9])?".prop_map(Value::from),
    ];
    let free = || {
        json().prop_filter("neither link nor wrapper", |value| {
            value.as_array().is_none() && !value.as_object().is_some_and(|map| map.contains_key("__value__"))
        })
    };
    (int, float, free(), free(), free()).prop_map(|(int, float, string, bool, socket)| {
        Map::from_iter([("int", int), ("float", float), ("string", string), ("bool", bool), ("socket", socket)])
    })
}

/// A valid workflow.
const WORKFLOW: &str = r#"{"1": {"class_type": "Source", "inputs": {}}, "2": {"class_type": "Mid", "inputs": {"a": ["1", 0]}},
"3": {"class_type": "Dynamic", "inputs": {"list.image0": ["2", 0], "mode": "size", "mode.width": 5}},
"4": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}, "5": {"class_type": "Save", "inputs": {"images": ["2", 0]}}}"#;

#[test]
fn the_workflow_to_damage_is_valid() {
    let verdict = Validator::new(&SCHEMA).check(&Value::parse(WORKFLOW.as_bytes()).unwrap(), None);
    assert_eq!(verdict.outputs(), ["3", "4", "5"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn without_a_change_there_is_no_drift(prompt in prompt()) {
        let comparison = Comparison::new(&SCHEMA, &SCHEMA);
        prop_assert_eq!(comparison.workflow(&prompt).unwrap_or_default(), []);
    }

    #[test]
    fn drift_is_judged_and_filled_in_for_any_prompt(prompt in prompt(), gone in any::<u64>()) {
        // Every other class is gone, and inputs of the rest are, by the bits of a number.
        let keep = |at: usize| gone >> (at % 64) & 1 == 0;
        let mut nodes = SCHEMA.nodes.clone();
        let mut at = 0;
        nodes.retain(|_| { at += 1; keep(at) });
        for (at, node) in nodes.iter_mut().enumerate() {
            if keep(at) {
                node.inputs.pop();
            }
        }
        let other = Schema::new(nodes);
        for (old, new) in [(&*SCHEMA, &other), (&other, &*SCHEMA)] {
            let comparison = Comparison::new(old, new);
            let Ok(findings) = comparison.workflow(&prompt) else { continue };
            let mut filled = prompt.clone();
            let added = comparison.fill(&mut filled).unwrap();
            let defaulted = findings.iter().filter(|finding| finding.change.level == Level::Defaulted).count();
            prop_assert!(added.len() <= defaulted);
            prop_assert!(!added.is_empty() || filled == prompt);
        }
    }

    #[test]
    fn any_json_is_judged(prompt in json(), targets in prop::option::of(json())) {
        let verdict = Validator::new(&SCHEMA).check(&prompt, targets.as_ref());
        prop_assert_eq!(verdict.is_valid(), !verdict.outputs().is_empty());
        let _ = verdict.to_response().to_string();
        let _ = Validator::new(&SCHEMA).check_body(&prompt).to_response();
    }

    #[test]
    fn the_response_reads_back_as_json(prompt in prompt(), targets in prop::option::of(json())) {
        let verdict = Validator::new(&SCHEMA).check(&prompt, targets.as_ref());
        let response = verdict.to_response();
        prop_assert_eq!(Value::parse(response.to_string().as_bytes()).unwrap(), response);
    }

    /// Validating a queued prompt again changes nothing. Wrapped arrays are left out: without the wrapper, which is removed
    /// the first time, an array is a link.
    #[test]
    fn a_queued_prompt_is_valid_again(inputs in literals()) {
        let validator = Validator::new(&SCHEMA);
        let node = Map::from_iter([("class_type", Value::from("Literals")), ("inputs", inputs.into())]);
        let verdict = validator.check(&Map::from_iter([("1", node)]).into(), None);
        prop_assert!(verdict.is_valid(), "{}", verdict.to_response());
        let again = validator.check(&verdict.report().prompt, None);
        prop_assert!(again.is_valid());
        prop_assert_eq!(again.outputs(), verdict.outputs());
        prop_assert_eq!(&again.report().prompt, &verdict.report().prompt);
    }

    /// Validates a workflow in which one byte or one value has changed.
    #[test]
    fn a_damaged_workflow_is_judged(at in any::<prop::sample::Index>(), byte in any::<u8>(), key in word(), value in json()) {
        let mut bytes = WORKFLOW.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(prompt) = Value::parse(&bytes) {
            let _ = Validator::new(&SCHEMA).check(&prompt, None).to_response();
        }
        let replaced = WORKFLOW.replacen("\"mode\": \"size\"", &format!("{}: {value}", Value::from(key)), 1);
        let prompt = Value::parse(replaced.as_bytes()).unwrap();
        let _ = Validator::new(&SCHEMA).check(&prompt, None).to_response();
    }

    /// The order of validation changes neither the outcome nor the good outputs.
    #[test]
    fn no_order_changes_the_verdict(prompt in prompt(), seed in any::<u64>()) {
        let one = Validator::new(&SCHEMA).check(&prompt, None);
        let other = Validator::new(&SCHEMA).shuffled(seed).check(&prompt, None);
        prop_assert_eq!(one.is_valid(), other.is_valid());
        let sorted = |verdict: &Verdict| { let mut outputs = verdict.outputs().to_vec(); outputs.sort(); outputs };
        prop_assert_eq!(sorted(&one), sorted(&other));
        prop_assert_eq!(one.error().map(|error| &error.kind), other.error().map(|error| &error.kind));
    }

    #[test]
    fn any_file_name_is_looked_up(name in "[a./\\[\\]outpu ]{0,20}") {
        let files = Files::new().with(Folder::Input, ["a", "a/o/t"]).with(Folder::Output, ["p"]);
        let node = Map::from_iter([("class_type", Value::from("LoadImage")), ("inputs", Map::from_iter([("image", name)]).into())]);
        let _ = Validator::new(&SCHEMA).files(&files).check(&Map::from_iter([("1", node)]).into(), None);
    }
}
