//! Properties of any input: nothing panics, and the result of a conversion is a prompt.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

use comfy_convert::{Converter, Format, UiWorkflow, read};
use comfy_schema::{Map, Schema, Value};
use proptest::prelude::*;

const CLASSES: &str = include_str!("rules/classes.json");
const WORKFLOW: &str = include_str!("fixtures/everything.json");

/// Generates any JSON with the words and numbers of workflows in it.
fn json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Make",
        "Choice",
        "Grow",
        "Match",
        "Reroute",
        "PrimitiveNode",
        "SaveImage",
        "S",
        "O",
        "workflow>G",
        "mode.n",
        "image",
        "%M.n%",
        "{a|{b}",
        "-10",
        "-20",
        "1",
        "5",
        "",
    ]);
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-21i64..40).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i128>().prop_map(Value::from),
        word.prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "nodes",
        "links",
        "id",
        "type",
        "inputs",
        "outputs",
        "link",
        "name",
        "widget",
        "widgets_values",
        "mode",
        "definitions",
        "subgraphs",
        "extra",
        "groupNodes",
        "linkIds",
        "class_type",
        "prompt",
        "origin_id",
        "x",
    ]);
    scalar.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map>())),
        ]
    })
}

/// Returns the number of values in a value, including itself.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(count).sum(),
        Value::Object(map) => map.iter().map(|(_, value)| count(value)).sum::<usize>(),
        _ => 0,
    }
}

/// Returns the value with the one at this position replaced.
fn replaced(value: &Value, place: &mut usize, new: &Value) -> Value {
    if *place == 0 {
        *place = usize::MAX;
        return new.clone();
    }
    *place = place.saturating_sub(1);
    match value {
        Value::Array(values) => Value::Array(values.iter().map(|value| replaced(value, place, new)).collect()),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, value)| (key.clone(), replaced(value, place, new))).collect::<Map>())
        }
        other => other.clone(),
    }
}

fn check(value: &Value) {
    let Ok(workflow) = UiWorkflow::from_value(value) else {
        return;
    };
    let schema = Schema::from_slice(CLASSES.as_bytes()).expect("it is a schema");
    for converter in [Converter::new(&schema), Converter::new(&schema).seed(1).follow_get_set().list_inactive()] {
        let Ok(converted) = converter.convert(&workflow) else {
            continue;
        };
        // The prompt is read back as it is, and its numbers are valid JSON.
        let text = converted.prompt.to_string();
        assert_eq!(Value::parse(text.as_bytes()).expect("it is JSON"), converted.prompt);
        assert!(!text.contains(":NaN") && !text.contains(":Infinity"));
        if text.contains("\"class_type\":\"") {
            let again = read(text.as_bytes()).expect("it is a prompt");
            assert_eq!((again.format(), again.api()), (Format::Api, Some(&converted.prompt)));
        }
    }
}

#[test]
fn the_fixture_itself_is_converted() {
    let schema = Schema::from_slice(CLASSES.as_bytes()).expect("it is a schema");
    let workflow =
        UiWorkflow::from_value(&Value::parse(WORKFLOW.as_bytes()).expect("it is JSON")).expect("it is a workflow");
    let converted = Converter::new(&schema).convert(&workflow).expect("it is converted");
    insta::assert_snapshot!(converted.prompt.to_string().replace("},\"", "},\n\""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_json(value in json()) {
        let _ = read(value.to_string().as_bytes());
        check(&value);
    }

    #[test]
    fn changed_workflows(changes in prop::collection::vec((any::<prop::sample::Index>(), json()), 1..6)) {
        let mut value = Value::parse(WORKFLOW.as_bytes()).expect("it is JSON");
        for (place, new) in changes {
            // The root is not replaced.
            let mut place = 1 + place.index(count(&value).max(2) - 1);
            value = replaced(&value, &mut place, &new);
        }
        check(&value);
    }

    #[test]
    fn changed_pictures(
        head in prop::sample::select(vec![
            &b"\x89PNG\r\n\x1a\n"[..], b"RIFF\0\0\0\0WEBP", b"fLaC", b"OggS", b"ID3\x04\0\0", b"\0\0\0\x08ftyp", b"\x1A\x45\xDF\xA3",
        ]),
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select(vec![
                &b"\0\0\0\x20"[..], b"tEXt", b"zTXt", b"iTXt", b"EXIF", b"II*\0\x08\0\0\0\x02\0", b"\x84\0\0\x20", b"moov", b"udta", b"meta",
                b"keys", b"ilst", b"data", b"\x18\x53\x80\x67\xFF", b"\x12\x54\xC3\x67\xFF", b"\x73\x73\x88", b"\x67\xC8\xA0", b"workflow\0", b"TXXX", b"OpusTags",
                b"x\x9c", b"\xFF\xFF\xFF\xFF",
            ]).prop_map(<[u8]>::to_vec),
            prop::collection::vec(any::<u8>(), 0..12),
        ], 0..20),
    ) {
        let _ = read(&[head, &parts.concat()].concat());
    }
}
