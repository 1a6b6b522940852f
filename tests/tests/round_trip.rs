//! A workflow that is read from API format is written back unchanged, whatever it contains.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use comfy_runtime::{Build, Graph, Workflow, unchecked_json, workflow};
use comfy_tests::nodes::{EmptyImage, EmptyLatentImage, PreviewAny};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

fn written(json: &str) -> String {
    let workflow: Workflow = serde_json::from_str(json).unwrap();
    workflow.to_json()
}

#[test]
fn odd_nodes_are_written_back_unchanged() {
    for json in [
        "{}",
        r#"{"3":{"inputs":{"seed":5,"steps":20,"model":["4",0]},"class_type":"KSampler","_meta":{"title":"KSampler"}}}"#,
        // Unknown keys, in any order.
        r#"{"1":{"is_changed":["abc"],"class_type":"X","extra":{"a":[{},[],null]},"inputs":{},"_meta":null}}"#,
        // Ids of every form: the server accepts any string, subgraphs number with colons.
        r#"{"":{"class_type":"A","inputs":{}},"12:7:3":{"class_type":"A","inputs":{"x":["",0]}},"输入 \"1\"\\":{"class_type":"B","inputs":{}}}"#,
        // Numbers that no Rust type holds.
        r#"{"1":{"class_type":"A","inputs":{"a":123456789012345678901234567890,"b":-0.0,"c":1e400,"d":0.1000000000000000055511151231257827,"e":1E+2}}}"#,
        // Escapes.
        r#"{"1":{"class_type":"A","inputs":{"a":"\u732b\/\ud83d\ude00\u0000","\u0062":1}}}"#,
        // Arrays that are not links, and nested arrays.
        r#"{"1":{"class_type":"A","inputs":{"a":["4",0,1],"b":[],"c":[["4",0],["5",1]],"d":{"__value__":["4",0]},"e":["4","0"]}}}"#,
        // Objects that are not nodes.
        r#"{"1":null,"2":[],"3":"text","4":5,"5":{"inputs":[]}}"#,
    ] {
        assert_eq!(written(json), json);
        let workflow: Workflow = serde_json::from_str(json).unwrap();
        assert!(same(&serde_json::to_string(&workflow).unwrap(), json), "by serde: {json}");
        assert!(same(&workflow.to_json_pretty(), json), "indented: {json}");
        assert_eq!(workflow.warnings(), []);
    }
}

#[test]
fn unpaired_surrogates_are_kept() {
    let json = r#"{"1":{"class_type":"A","inputs":{"a":"\ud83d"}}}"#;
    assert_eq!(written(json), json);
}

#[test]
fn the_last_of_several_nodes_with_the_same_id_counts() {
    let json =
        r#"{"1":{"class_type":"A","inputs":{}},"2":{"class_type":"B","inputs":{}},"1":{"class_type":"C","inputs":{}}}"#;
    assert_eq!(written(json), r#"{"1":{"class_type":"C","inputs":{}},"2":{"class_type":"B","inputs":{}}}"#);
}

#[test]
fn whitespace_is_removed_between_nodes_only() {
    let json = "{\n  \"1\" : { \"class_type\" :\t\"A\",\r\n \"inputs\": { \"a\" : [ 1 , 2 ] } }\n}\n";
    assert!(same(&written(json), json));
}

#[test]
fn other_json_is_refused() {
    for (json, reason) in [
        ("[]", "expected an object of node ids and nodes"),
        ("\"text\"", "expected an object of node ids and nodes"),
        ("{\"1\":", "EOF while parsing"),
        ("", "EOF while parsing"),
    ] {
        let error = serde_json::from_str::<Workflow>(json).unwrap_err().to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
}

#[test]
fn nodes_that_were_read_have_class_and_title() {
    let json = r#"{"7":{"class_type":"KSampler","inputs":{}},"8":{"inputs":{}}}"#;
    let workflow: Workflow = serde_json::from_str(json).unwrap();
    let seen: Vec<_> = workflow.nodes().map(|node| (node.id().to_owned(), node.class().into_owned())).collect();
    assert_eq!(seen, [("7".to_owned(), "KSampler".to_owned()), ("8".to_owned(), String::new())]);
    assert_eq!(workflow.node("7").unwrap().location(), None);
    assert_eq!(workflow.clone().with_numeric_ids().to_json(), json, "links are not parsed");
}

#[test]
fn titles_are_those_that_are_sent() {
    let json = r#"{"1":{"_meta":{"title":"A \"cat\" 1\u00b2"},"inputs":{"x":1e999},"class_type":"Any"},
        "2":{"class_type":"Any","_meta":{"title":""}},"3":{"class_type":"Any","_meta":5},"4":{"class_type":"Any"}}"#;
    let read = Workflow::from_json(json).unwrap();
    let titles: Vec<_> = read.nodes().map(|node| node.title().map(Cow::into_owned)).collect();
    assert_eq!(titles, [Some("A \"cat\" 1²".to_owned()), None, None, None]);
    assert_eq!(read.node("1").unwrap().class(), "Any");

    let built = workflow! {
        graph.raw("PreviewAny").with_title("replaced").meta(unchecked_json(r#"{"title": "sent"}"#)).add();
        graph.raw("PreviewAny").with_title("own").add();
        EmptyImage {}
    };
    let built = built.unwrap().with_titles();
    let titles: Vec<_> = built.nodes().map(|node| node.title().map(Cow::into_owned).unwrap_or_default()).collect();
    assert_eq!(titles, ["sent", "own", "Empty Image"]);
}

/// Generates any JSON, including integers beyond 64 bits.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i128>().prop_map(|value| value.to_string()),
        any::<f64>()
            .prop_filter("JSON has no such number", |value| value.is_finite())
            .prop_map(|value| format!("{value:?}")),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            vec((any::<String>(), inner), 0..6).prop_map(|members| object(&members)),
        ]
    })
}

/// Generates an object with distinct keys.
fn object(members: &[(String, String)]) -> String {
    let mut seen = HashSet::new();
    let members = members.iter().filter(|(key, _)| seen.insert(key.as_str()));
    let members: Vec<String> = members.map(|(key, json)| format!("{}:{json}", Value::from(key.as_str()))).collect();
    format!("{{{}}}", members.join(","))
}

/// The names of a node of a generated graph.
#[derive(Debug, Clone)]
enum Naming {
    Class,
    Raw(String),
    Chosen(String),
}

fn naming() -> impl Strategy<Value = Naming> {
    prop_oneof![
        2 => Just(Naming::Class),
        2 => "[A-C*]{1,2}( |_)?[1-3]?".prop_map(Naming::Raw),
        1 => "(empty_image|empty_image_[1-4]|preview_any|image|a_2|a|[0-9])".prop_map(Naming::Chosen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_nodes_come_back(nodes in vec((any::<String>(), any_json()), 0..6)) {
        let json = object(&nodes);
        prop_assert_eq!(written(&json), json.clone());
        let workflow: Workflow = serde_json::from_str(&json).unwrap();
        prop_assert!(same(&serde_json::to_string(&workflow).unwrap(), &json));
    }

    #[test]
    fn ids_are_distinct(nodes in vec(naming(), 1..40), bound in 0_usize..4) {
        let graph = Graph::new();
        let mut chosen = HashSet::new();
        for _ in 0..bound {
            let graph = &graph;
            let image = part(graph);
            let _ = image;
        }
        for naming in nodes {
            match naming {
                Naming::Chosen(id) if chosen.insert(id.clone()) => {
                    graph.add(EmptyImage::new().with_id(id));
                }
                Naming::Raw(class) => {
                    graph.raw(class).add();
                }
                Naming::Class | Naming::Chosen(_) => {
                    graph.add(EmptyImage::new());
                }
            }
        }
        graph.add(PreviewAny::new("end"));
        let workflow = graph.finish(()).unwrap();
        let ids: Vec<&str> = workflow.nodes().map(comfy_runtime::graph::NodeView::id).collect();
        prop_assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{:?}", ids);
        prop_assert!(ids.iter().all(|id| !id.is_empty()));
        prop_assert!(chosen.iter().all(|id| ids.contains(&id.as_str())));
    }
}

#[test]
fn names_with_numbers_are_kept() {
    let workflow = comfy_runtime::workflow! {
        let image = EmptyImage {};
        PreviewAny { source: image };
        let image_1 = EmptyImage {};
        let image_2 = EmptyImage {};
        PreviewAny { source: image_2 };
        let image = EmptyImage {};
        PreviewAny { source: [image, image_1].len() };
        let other_01 = EmptyImage {};
        PreviewAny { source: other_01 };
        graph.add(PreviewAny::new(image).with_id("preview_any_0"))
    };
    let workflow = workflow.unwrap();
    let ids: Vec<&str> = workflow.nodes().map(comfy_runtime::graph::NodeView::id).collect();
    assert_eq!(
        ids,
        [
            "image",
            "preview_any",
            "image_1",
            "image_2",
            "preview_any_2",
            "image_3",
            "preview_any_3",
            "other_01",
            "preview_any_4",
            "preview_any_0",
        ]
    );
}

/// Nodes are bound to names that look like numbered ones.
#[comfy_runtime::attr::workflow]
fn part(graph: &Graph) -> comfy_runtime::Out<comfy_runtime::types::IMAGE> {
    let a = EmptyImage {};
    let a_2 = EmptyImage {};
    let empty_image = EmptyImage {};
    let empty_image_3 = EmptyLatentImage {};
    PreviewAny { source: a_2 };
    PreviewAny { source: empty_image };
    PreviewAny { source: empty_image_3 };
    a
}

#[test]
fn real_workflows_are_written_back_unchanged() {
    let Some(data) = comfy_tests::data() else {
        eprintln!("skipped: COMFY_DATA is not set");
        return;
    };
    let files: Vec<PathBuf> = ["templates", "wild_workflows"].iter().flat_map(|f| api_files(&data.join(f))).collect();
    assert!(!files.is_empty(), "no *.api.json under {}", data.display());
    let (mut nodes, mut exact) = (0, 0);
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let workflow: Workflow =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(same(&workflow.to_json(), &text), "{}", file.display());
        assert!(same(&serde_json::to_string(&workflow).unwrap(), &text), "by serde: {}", file.display());
        nodes += workflow.nodes().count();
        exact += usize::from(workflow.to_json() == text.trim());
    }
    println!("{} real workflows with {nodes} nodes are equal, {exact} of them byte for byte", files.len());
}

fn api_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".api.json"));
    files.sort();
    files
}

/// Returns whether two JSON texts are equal, with numbers compared digit by digit and not as floats.
fn same(left: &str, right: &str) -> bool {
    tree(left) == tree(right)
}

/// JSON in which numbers that `f64` does not hold keep their text, so that 1e2 equals 100.0.
#[derive(Debug, PartialEq)]
enum Tree {
    Object(Vec<(String, Tree)>),
    Array(Vec<Tree>),
    /// The text of an integer, or of a number that `f64` does not hold.
    Whole(String),
    Float(u64),
    Other(Value),
}

fn tree(json: &str) -> Tree {
    let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
    let text = raw.get();
    match text.as_bytes()[0] {
        b'{' => {
            let members: Members = serde_json::from_str(text).unwrap();
            Tree::Object(members.0.into_iter().map(|(key, value)| (key, tree(value.get()))).collect())
        }
        b'[' => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap();
            Tree::Array(items.iter().map(|item| tree(item.get())).collect())
        }
        b'-' | b'0'..=b'9' if text.bytes().all(|b| b == b'-' || b.is_ascii_digit()) => Tree::Whole(text.to_owned()),
        b'-' | b'0'..=b'9' => match text.parse::<f64>().unwrap() {
            float if float.is_finite() => Tree::Float(float.to_bits()),
            _ => Tree::Whole(text.to_owned()),
        },
        _ => Tree::Other(serde_json::from_str(text).unwrap()),
    }
}

/// The members of an object in order.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}
