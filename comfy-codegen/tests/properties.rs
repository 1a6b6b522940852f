//! Property tests: for any definitions, the source parses and no name is defined twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use comfy_codegen::Config;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Names that are hard to turn into identifiers.
const NAMES: [&str; 48] = [
    "a",
    "A",
    "a.b",
    "a_b",
    "a b",
    "a-b",
    "A B",
    "AB",
    "Ab",
    "image",
    "IMAGE",
    "Image",
    "ImageFlip",
    "ImageFlip+",
    "Image Flip",
    "+ve",
    "-ve",
    "*",
    "输入",
    "type",
    "if",
    "self",
    "Self",
    "crate",
    "super",
    "_",
    "__",
    "",
    " ",
    "r#type",
    "String",
    "Option",
    "Vec",
    "Some",
    "Node",
    "Input",
    "Branches",
    "Row",
    "T",
    "T2",
    "new",
    "build",
    "options",
    "types",
    "unions",
    "prelude",
    "1",
    "KSamplerBuilder",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(&NAMES[..]).prop_map(str::to_owned), 1 => "\\PC{0,6}", 1 => any::<String>()]
}

/// Generates objects of a few members.
fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec((name(), value), 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()))
}

fn literal() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        name().prop_map(Value::from),
        Just(json!(["a", 1])),
        Just(json!({"x": 0})),
    ]
}

/// Generates specifications without inputs of their own.
fn plain_spec() -> impl Strategy<Value = Value> {
    let options = || {
        object(literal()).prop_flat_map(|more| (literal(), Just(more))).prop_map(|(default, mut more)| {
            more["default"] = default;
            more
        })
    };
    let values = || prop::collection::vec(literal(), 0..5);
    let word = prop_oneof![
        4 => select(&["INT", "FLOAT", "STRING", "BOOLEAN", "IMAGE", "*", "COLOR", "IMAGE,MASK", "A,*", "MASK,IMAGE"][..])
            .prop_map(str::to_owned),
        1 => name(),
    ];
    prop_oneof![
        (word, options()).prop_map(|(word, options)| json!([word, options])),
        (values(), options()).prop_map(|(values, options)| json!([values, options])),
        (values(), any::<bool>()).prop_map(|(values, many)| json!(["COMBO", {"options": values, "multiselect": many}])),
        (name(), select(&["*", "IMAGE", "IMAGE,MASK"][..])).prop_map(
            |(id, types)| json!(["COMFY_MATCHTYPE_V3", {"template": {"template_id": id, "allowed_types": types}}])
        ),
        literal(),
    ]
}

fn spec() -> impl Strategy<Value = Value> {
    plain_spec().prop_recursive(3, 24, 4, |inner| {
        let inputs = || object(inner.clone());
        prop_oneof![
            (inner.clone(), 0..3_u32).prop_map(|(element, min)| json!(["COMFY_AUTOGROW_V3", {
                "template": {"input": {"required": {"e": element}}, "prefix": "e", "min": min, "max": 3}
            }])),
            prop::collection::vec((name(), inputs()), 0..4).prop_map(|branches| {
                let branches: Vec<Value> = branches
                    .into_iter()
                    .map(|(key, inputs)| json!({"key": key, "inputs": {"required": inputs}}))
                    .collect();
                json!(["COMFY_DYNAMICCOMBO_V3", {"options": branches}])
            }),
            inputs().prop_map(|inputs| json!(["COMFY_DYNAMICGROUP_V3", {"template": {"required": inputs}, "max": 4}])),
            inputs().prop_map(
                |inputs| json!(["COMFY_DYNAMICSLOT_V3", {"slotType": "IMAGE", "inputs": {"required": inputs}}])
            ),
        ]
    })
}

fn node() -> impl Strategy<Value = Value> {
    let texts = || (name(), name(), prop::option::of(name()));
    let output = prop_oneof![3 => name().prop_map(Value::from), 1 => Just(json!("COMFY_MATCHTYPE_V3")),
        1 => Just(json!("IMAGE,MASK")), 1 => prop::collection::vec(literal(), 0..3).prop_map(Value::from)];
    let outputs = prop::collection::vec((output, name(), name()), 0..4);
    (object(spec()), object(spec()), outputs, texts(), any::<[bool; 4]>()).prop_map(
        |(required, optional, outputs, (description, category, title), flags)| {
            let column = |part: fn(&(Value, String, String)) -> Value| outputs.iter().map(part).collect::<Vec<_>>();
            json!({
                "input": {"required": required, "optional": optional},
                "output": column(|output| output.0.clone()),
                "output_name": column(|output| output.1.clone().into()),
                "output_matchtypes": column(|output| output.2.clone().into()),
                "description": description, "category": category, "display_name": title, "price_badge": null,
                "output_node": flags[0], "deprecated": flags[1], "experimental": flags[2], "api_node": flags[3],
            })
        },
    )
}

fn schema() -> impl Strategy<Value = Value> {
    prop::collection::vec((name(), node()), 1..6)
        .prop_map(|nodes| Value::Object(nodes.into_iter().collect::<Map<_, _>>()))
}

/// Checks that the names in a module and in its items are distinct. Methods are compared within their type.
fn assert_distinct(items: &[syn::Item], path: &str) {
    let mut types = HashSet::new();
    let mut methods = HashSet::new();
    let mut unique = |name: String| assert!(types.insert(name.clone()), "`{name}` is in {path} twice");
    for item in items {
        match item {
            syn::Item::Struct(item) => {
                unique(item.ident.to_string());
                assert_fields(item);
            }
            syn::Item::Enum(item) => {
                unique(item.ident.to_string());
                let variants: HashSet<String> = item.variants.iter().map(|variant| variant.ident.to_string()).collect();
                assert_eq!(variants.len(), item.variants.len(), "{} has a variant twice", item.ident);
            }
            syn::Item::Mod(item) => {
                unique(item.ident.to_string());
                if let Some((_, items)) = &item.content {
                    assert_distinct(items, &format!("{path}::{}", item.ident));
                }
            }
            syn::Item::Impl(item) if item.trait_.is_none() => {
                let syn::Type::Path(this) = &*item.self_ty else { panic!("an impl for {:?}", item.self_ty) };
                let this = &this.path.segments.last().unwrap().ident;
                for method in &item.items {
                    let syn::ImplItem::Fn(method) = method else { continue };
                    assert!(methods.insert(format!("{this}::{}", method.sig.ident)), "{path}: {}", method.sig.ident);
                }
            }
            _ => {}
        }
    }
}

fn assert_fields(item: &syn::ItemStruct) {
    let names: HashSet<String> =
        item.fields.iter().filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect();
    let expected = item.fields.iter().filter(|field| field.ident.is_some()).count();
    assert_eq!(names.len(), expected, "{} has a field twice", item.ident);
}

/// Counts the declared inputs of all nodes.
fn declared(schema: &Value) -> usize {
    let names = |node: &Value| {
        let sections = ["required", "optional"].iter().filter_map(|section| node["input"][section].as_object());
        sections.flat_map(Map::keys).cloned().collect::<HashSet<_>>().len()
    };
    schema.as_object().unwrap().values().map(names).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_schema_gives_source_that_parses(schema in schema()) {
        // One file is enough, because cases run one after the other.
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("any_schema.json");
        fs::write(&path, schema.to_string()).unwrap();
        let generated = Config::new().schema(&path).source().unwrap();
        let (source, report) = (generated.source, generated.report);
        let file = syn::parse_file(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
        assert_distinct(&file.items, "nodes");
        prop_assert_eq!(report.inputs, declared(&schema));
        prop_assert_eq!(report.nodes, schema.as_object().unwrap().len());
    }
}
