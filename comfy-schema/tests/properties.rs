//! Properties that the parser has for any input.

use comfy_schema::{Issue, Map, Schema, Value};
use proptest::collection::vec;
use proptest::prelude::*;

/// Words with a meaning, which bring random documents close to real ones.
const WORDS: &[&str] = &[
    "input",
    "required",
    "optional",
    "hidden",
    "input_order",
    "output",
    "output_name",
    "output_is_list",
    "output_tooltips",
    "output_matchtypes",
    "name",
    "display_name",
    "deprecated",
    "search_aliases",
    "price_badge",
    "options",
    "default",
    "min",
    "max",
    "multiselect",
    "template",
    "template_id",
    "allowed_types",
    "prefix",
    "names",
    "key",
    "inputs",
    "slotType",
    "INT",
    "FLOAT",
    "STRING",
    "BOOLEAN",
    "COMBO",
    "COMFY_MATCHTYPE_V3",
    "COMFY_AUTOGROW_V3",
    "COMFY_DYNAMICCOMBO_V3",
    "COMFY_DYNAMICSLOT_V3",
    "COMFY_DYNAMICGROUP_V3",
    "A,B",
    "A, B",
    "*",
    "COLOR",
    "",
    "class_type",
    "error",
    "nodes",
    "links",
    "a.png",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => ".{0,8}"]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i128..3).prop_map(Value::Int),
        any::<i128>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        "[1-9][0-9]{40,60}".prop_map(|digits| Value::BigInt(digits.into())),
        word().prop_map(Value::from),
        word().prop_map(Value::from),
    ]
}

fn json() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(8, 120, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::Array),
            vec((word(), inner), 0..6).prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

/// Dynamic types, primitives, combos and other types, with random options around the keys that they need.
fn spec() -> impl Strategy<Value = Value> {
    let options = vec((word(), json()), 0..5).prop_map(|entries| Value::Object(Map::from_iter(entries))).boxed();
    let plain = (word(), options.clone()).prop_map(|(word, options)| Value::Array(vec![word.into(), options]));
    let combo = (vec(scalar(), 0..4), options).prop_map(|(values, options)| Value::Array(vec![values.into(), options]));
    prop_oneof![4 => plain, 2 => combo, 1 => json()].prop_recursive(4, 40, 4, |inner| {
        let section = vec((word(), inner), 0..3).prop_map(|entries| Value::Object(Map::from_iter(entries))).boxed();
        let sections = (section.clone(), section)
            .prop_map(|(required, optional)| Map::from_iter([("required", required), ("optional", optional)]))
            .boxed();
        prop_oneof![
            vec((word(), sections.clone()), 0..3).prop_map(|branches| {
                let options: Value = branches
                    .into_iter()
                    .map(|(key, inputs)| Map::from_iter([("key", Value::from(key)), ("inputs", Value::Object(inputs))]))
                    .collect();
                dynamic("COMFY_DYNAMICCOMBO_V3", Map::from_iter([("options", options)]))
            }),
            (sections.clone(), word(), -1i32..200).prop_map(|(input, prefix, max)| {
                let template = [("input", Value::Object(input)), ("prefix", prefix.into()), ("max", max.into())];
                dynamic("COMFY_AUTOGROW_V3", Map::from_iter([("template", Map::from_iter(template))]))
            }),
            (sections.clone(), word()).prop_map(|(inputs, slot)| {
                let options = [("slotType", Value::from(slot)), ("inputs", Value::Object(inputs))];
                dynamic("COMFY_DYNAMICSLOT_V3", Map::from_iter(options))
            }),
            sections.prop_map(|template| dynamic("COMFY_DYNAMICGROUP_V3", Map::from_iter([("template", template)]))),
        ]
    })
}

fn dynamic(word: &str, options: Map) -> Value {
    Value::Array(vec![word.into(), Value::Object(options)])
}

/// Definitions with the right keys, and often with the right values.
fn definition() -> impl Strategy<Value = Value> {
    let section = || vec((word(), spec()), 0..4).prop_map(|entries| Value::Object(Map::from_iter(entries)));
    let input = (section(), section(), json(), 0..4usize).prop_map(|(required, optional, hidden, which)| {
        let sections = [("required", required), ("optional", optional), ("hidden", hidden)];
        Value::Object(sections.into_iter().skip(which).collect())
    });
    let words = || prop_oneof![3 => vec(prop_oneof![word().prop_map(Value::from), scalar()], 0..4).prop_map(Value::Array), 1 => json()];
    let rest = vec((word(), json()), 0..6);
    (input, words(), words(), words(), rest).prop_map(|(input, output, names, matchtypes, rest)| {
        let mut definition = Map::from_iter(rest);
        definition.insert("input", input);
        definition.insert("output", output);
        definition.insert("output_name", names);
        definition.insert("output_matchtypes", matchtypes);
        Value::Object(definition)
    })
}

/// Checks that a document is written as it was read, and that the written document reads as the same schema.
fn check(text: &str) -> Result<(), TestCaseError> {
    let document = Value::parse(text.as_bytes()).map_err(failed)?;
    prop_assert_eq!(document.to_string(), text);
    if let Ok(schema) = Schema::from_slice(text.as_bytes()) {
        let written = schema.to_json();
        let rewritten = Value::parse(written.as_bytes()).map_err(failed)?;
        prop_assert!(rewritten == document, "written: {}", written);
        let again = Schema::from_slice(written.as_bytes()).map_err(failed)?;
        prop_assert!(again.nodes == schema.nodes, "reads differently");
        // In the written document, malformed parts stand after the others, so the order of the issues may differ.
        prop_assert_eq!(sorted(again.issues), sorted(schema.issues));
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

fn sorted(mut issues: Vec<Issue>) -> Vec<Issue> {
    issues.sort();
    issues
}

// Documents are made as text, so that a failure shows text.
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Schema::from_slice(&bytes);
        let _ = Value::parse(&bytes);
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        let _ = Schema::from_slice(text.as_bytes());
    }

    #[test]
    fn any_json(text in json().prop_map(|value| value.to_string())) {
        check(&text)?;
    }

    #[test]
    fn any_definitions(
        text in vec((word(), definition()), 1..4).prop_map(|nodes| Map::from_iter(nodes).to_string())
    ) {
        check(&text)?;
    }

    #[test]
    fn any_damage(
        text in definition().prop_map(|definition| Map::from_iter([("A", definition)]).to_string()),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(schema) = Schema::from_slice(&bytes) {
            let again = Schema::from_slice(schema.to_json().as_bytes()).unwrap();
            prop_assert_eq!(again.nodes.len(), schema.nodes.len());
        }
        let _ = Schema::from_slice(&bytes[..at]);
    }
}
