//! Text of a schema never becomes code or markup: the parser that rustdoc uses decides.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
#[path = "common/docs.rs"]
mod docs;
#[path = "common/texts.rs"]
mod texts;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use comfy_codegen::Config;
use comfy_codegen::comfy_schema::shown::is_hidden;
use docs::{documentation, shapes};
use proptest::prelude::*;
use serde_json::{Value, json};
use texts::texts;

/// The names and types that the schema has besides the text.
const OWN: [&str; 9] = ["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "IMAGE", "MASK", "x", "other"];

/// Returns a schema with a text in every place that documentation shows.
fn schema(text: &str) -> Value {
    // A comma separates types, and a star is any type.
    let word = format!("T{}T", text.replace([',', '*'], ";"));
    // The name of an output is left out if it equals the type.
    let named = format!("{text} name");
    json!({
        "Texts": {
            "input": {"required": {
                "int": ["INT", {"default": text, "min": text, "max": 5, "step": text, "tooltip": text}],
                "string": ["STRING", {"default": text, "tooltip": text}],
                "options": [[text, "other"], {"default": text, "tooltip": text}],
                "many": ["COMBO", {"options": ["other", text, "third"], "multiselect": true, "tooltip": text}],
                "type": [word, {"tooltip": text}],
                "union": [format!("{word},MASK"), {"tooltip": text}],
                "grow": ["COMFY_AUTOGROW_V3", {"template":
                    {"input": {"required": {"e": [[text, "other"], {"tooltip": text}]}}, "prefix": text, "min": 0, "max": 3}
                }],
                "choice": ["COMFY_DYNAMICCOMBO_V3", {"tooltip": text, "options": [
                    {"key": text, "inputs": {"required": {"inner": ["INT", {"tooltip": text}], "same": [word, {}]}}},
                    {"key": "other", "inputs": {"required": {}}},
                ]}],
                "raw": [5, {"tooltip": text}],
                "rows": ["COMFY_DYNAMICGROUP_V3", {"template": {"required": {"a": ["INT", {"tooltip": text}]}, "max": 4}}],
            }},
            "output": [word, format!("{word},IMAGE"), "IMAGE"], "output_name": [named, named, named],
            "output_tooltips": [text, text, text], "output_is_list": [false, true, false],
            "display_name": text, "description": text, "category": text, "python_module": text,
            "search_aliases": [text, text], "deprecated": true, "experimental": true, "api_node": true,
        },
        (text): {
            "input": {"required": {
                (text): ["INT", {"default": 1, "tooltip": text}],
                (format!("{text}.c")): ["COMFY_DYNAMICCOMBO_V3", {"options": [
                    {"key": "k", "inputs": {"required": {(text): ["INT", {"tooltip": text}]}}},
                    {"key": "l", "inputs": {"required": {"n": ["COMFY_DYNAMICCOMBO_V3", {"options": [
                        {"key": text, "inputs": {"required": {(text): [word, {}]}}}
                    ]}]}}},
                ]}],
            }},
            "output": [word], "output_name": [named], "output_tooltips": [text], "deprecated": true,
        },
    })
}

/// Returns the text with a harmless word in place of every line that shows something.
fn harmless(text: &str) -> String {
    let is_blank = |c: char| c == '\t' || (c.is_whitespace() && !is_hidden(c));
    let line = |line: &str| if line.chars().all(is_blank) { "" } else { "x" };
    let lines = text.split('\n').map(|part| part.split('\r').map(line).collect::<Vec<_>>().join("\r"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the documentation of every item by the events that it consists of. The order of items depends on their
/// names, so it is not compared.
fn structure(case: &str, schema: &Value) -> BTreeMap<Vec<String>, Vec<String>> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("documentation-{case}.json"));
    fs::write(&path, schema.to_string()).unwrap();
    let config = Config::new().schema(&path).closed("Texts.options");
    let source = config.source().unwrap().source;
    let file = syn::parse_file(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for markdown in documentation(&file) {
        found.entry(shapes(&markdown)).or_default().push(markdown);
    }
    found
}

fn assert_harmless(case: &str, text: &str) {
    let (found, expected) = (structure(case, &schema(text)), structure(case, &schema(&harmless(text))));
    let number = |of: &BTreeMap<_, Vec<_>>, events| of.get(events).map_or(0, Vec::len);
    for events in found.keys().chain(expected.keys()) {
        let same = number(&found, events) == number(&expected, events);
        assert!(same, "{text:?}: {events:?}\n{:#?}\n{:#?}", found.get(events), expected.get(events));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documentation_with_any_text_has_the_structure_of_harmless_text(text in texts(1..8)) {
        prop_assume!(!OWN.contains(&text.trim()));
        assert_harmless("any", &text);
    }
}

#[test]
fn texts_that_became_code_are_text() {
    for text in [
        "Steps:\n\n1.      std::fs::write(\"x\", \"y\").unwrap();",
        "2)       code();",
        "A fine node.\n\n\u{200b}    code();",
        "\u{ad}     code();",
        "Tip.\n\n\u{1}     code();",
        "- a\n      code();",
        "> ```\n> code();\n> ```",
        "1) ```\ncode();\n```",
        "[^1]: a\n\n        code();",
        "a\n\n\u{b}\tcode();",
    ] {
        assert_harmless("known", text);
    }
}

#[test]
fn no_source_has_a_hidden_character() {
    let hidden: String = ('\0'..=char::MAX).filter(|&c| is_hidden(c)).collect();
    let path = common::file("hidden", "a\u{202e}\nb.json", schema(&hidden).to_string());
    for pretty in [false, true] {
        let source = Config::new().schema(&path).pretty(pretty).source().unwrap().source;
        let found = source.chars().find(|&c| c != '\n' && is_hidden(c));
        assert_eq!(found, None);
    }
}
