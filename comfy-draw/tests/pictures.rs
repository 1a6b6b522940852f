//! Pictures of small workflows, of hostile ones, and of real ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

use comfy_convert::{Converter, UiWorkflow};
use comfy_draw::{DrawError, Drawing};
use comfy_schema::{Map, Schema, Value};
use proptest::prelude::*;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
const WORKFLOW: &str = r#"{
    "bg": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
    "turned": {"class_type": "ImageRotate", "inputs": {"image": ["bg", 0], "rotation": "sideways"}, "_meta": {"title": "Turn it"}},
    "out": {"class_type": "SaveImage", "inputs": {"images": ["turned", 0], "filename_prefix": "a"}},
    "lost": {"class_type": "SaveImage", "inputs": {"images": ["nowhere", 0], "filename_prefix": "b"}}
}"#;
/// A title that would change the document's title if it became markup.
const HOSTILE: &str =
    "</title></text></svg><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";

fn schema() -> Schema {
    Schema::from_slice(&std::fs::read(SCHEMA).unwrap()).unwrap()
}

fn parse(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_small_workflow_as_svg() {
    let drawing = Drawing::new(&parse(WORKFLOW), Some(&schema())).unwrap();
    assert_eq!(drawing.error_count(), 2);
    insta::assert_snapshot!(drawing.svg());
}

#[test]
fn a_small_workflow_as_mermaid() {
    insta::assert_snapshot!(Drawing::new(&parse(WORKFLOW), Some(&schema())).unwrap().mermaid());
    insta::assert_snapshot!(Drawing::new(&parse(WORKFLOW), None).unwrap().mermaid());
}

const INACTIVE: &str = r#"{"links": [[1, 1, 0, 2, 0, "IMAGE"], [2, 2, 0, 3, 0, "IMAGE"], [3, 1, 0, 4, 0, "IMAGE"]], "nodes": [
    {"id": 1, "type": "EmptyImage"},
    {"id": 2, "type": "ImageInvert", "mode": 4, "inputs": [{"name": "image", "type": "IMAGE", "link": 1}]},
    {"id": 3, "type": "SaveImage", "inputs": [{"name": "images", "type": "IMAGE", "link": 2}]},
    {"id": 4, "type": "PreviewImage", "mode": 2, "title": "Look", "inputs": [{"name": "images", "type": "IMAGE", "link": 3}]}
]}"#;

#[test]
fn muted_and_bypassed_nodes_are_drawn_dashed_and_pale() {
    let schema = schema();
    let workflow = UiWorkflow::from_value(&parse(INACTIVE)).unwrap();
    let converted = Converter::new(&schema).list_inactive().convert(&workflow).unwrap();
    let drawing = Drawing::with_inactive(&converted.prompt, &converted.inactive, Some(&schema)).unwrap();
    assert_eq!(drawing.error_count(), 0);
    insta::assert_snapshot!(drawing.mermaid());
    insta::assert_snapshot!(drawing.svg());
    // Without the inactive nodes, the picture is that of the prompt.
    assert!(!Drawing::new(&converted.prompt, Some(&schema)).unwrap().svg().contains("muted"));
}

#[test]
fn inactive_nodes_are_left_out_if_they_make_the_picture_too_large() {
    let schema = Schema::default();
    let muted: Vec<String> = (0..10_001).map(|id| format!(r#"{{"id":{id},"type":"A","mode":2}}"#)).collect();
    let workflow = Value::parse(format!(r#"{{"nodes":[{}],"links":[]}}"#, muted.join(",")).as_bytes()).unwrap();
    let workflow = UiWorkflow::from_value(&workflow).unwrap();
    let inactive = Converter::new(&schema).list_inactive().convert(&workflow).unwrap().inactive;
    assert_eq!(inactive.len(), 10_001);
    let prompt = Value::parse(br#"{"x": {"class_type": "B", "inputs": {}}}"#).unwrap();
    let drawing = Drawing::with_inactive(&prompt, &inactive, None).unwrap();
    assert_eq!(drawing.svg(), Drawing::new(&prompt, None).unwrap().svg());
}

#[test]
fn a_node_that_the_prompt_has_is_not_inactive() {
    let schema = schema();
    let workflow = UiWorkflow::from_value(&parse(INACTIVE)).unwrap();
    let inactive = Converter::new(&schema).list_inactive().convert(&workflow).unwrap().inactive;
    let prompt = parse(
        r#"{"2": {"class_type": "ImageInvert", "inputs": {}}, "4": {"class_type": "PreviewImage", "inputs": {}}}"#,
    );
    assert_eq!(
        Drawing::with_inactive(&prompt, &inactive, None).unwrap().svg(),
        Drawing::new(&prompt, None).unwrap().svg()
    );
}

#[test]
fn a_tooltip_shows_the_beginning_of_a_long_value() {
    let prompt = parse(&format!(r#"{{"1": {{"class_type": "A", "inputs": {{"text": "{}"}}}}}}"#, "x".repeat(5_000)));
    let svg = Drawing::new(&prompt, None).unwrap().svg();
    // The quote of the value counts.
    assert!(svg.contains(&"x".repeat(1_999)) && !svg.contains(&"x".repeat(2_001)));
}

#[test]
fn json_that_is_not_a_prompt_and_large_prompts_are_errors() {
    assert!(matches!(Drawing::new(&Value::Null, None), Err(DrawError::NotAPrompt { .. })));
    let node = |at: usize| (at.to_string(), Value::Object(Map::new()));
    let many = |count: usize| Value::Object((0..count).map(node).collect());
    assert!(Drawing::new(&many(10_000), None).is_ok());
    assert!(matches!(Drawing::new(&many(10_001), None), Err(DrawError::TooManyNodes { .. })));
    let links: Map = (0..20_001).map(|at| (at.to_string(), Value::Array(vec!["1".into(), at.into()]))).collect();
    let prompt = Map::from_iter([("1", Map::from_iter([("inputs", Value::Object(links))]))]);
    assert!(matches!(Drawing::new(&prompt.into(), None), Err(DrawError::TooManyLinks { .. })));
}

#[test]
fn odd_prompts_are_drawn_as_far_as_they_go() {
    for odd in [
        "{}",
        r#"{"1": 5, "2": null, "3": {"inputs": []}}"#,
        r#"{"1": {"class_type": 7, "inputs": {"a": ["1", 99999999999], "b": ["1", -1], "c": [], "d": [[], {}]}}}"#,
        r#"{"1": {"class_type": "A", "inputs": {"a": ["2", 0]}}, "2": {"class_type": "A", "inputs": {"a": ["1", 0]}}}"#,
    ] {
        for schema in [None, Some(&schema())] {
            let drawing = Drawing::new(&parse(odd), schema).unwrap();
            assert!(drawing.svg().ends_with("</svg>\n") && drawing.mermaid().starts_with("flowchart"));
        }
    }
}

fn with_title(title: &str) -> Value {
    let node = Map::from_iter([
        ("class_type", Value::from(title)),
        ("inputs", Map::from_iter([(title, Value::from(title))]).into()),
        ("_meta", Map::from_iter([("title", Value::from(title))]).into()),
    ]);
    Map::from_iter([(title, node)]).into()
}

proptest! {
    #[test]
    fn no_text_becomes_markup(title in "\\PC{0,40}|[<>&\"'\\]\\[{};#-]{0,20}") {
        let drawing = Drawing::new(&with_title(&title), None).unwrap();
        for line in drawing.svg().lines() {
            let known = ["<svg", "</svg", "<rect", "<g", "</g", "<path", "<text", "</text", "<title", "</title", "<circle"];
            for (at, _) in line.match_indices('<') {
                prop_assert!(known.iter().any(|tag| line[at..].starts_with(tag)), "{line}");
            }
        }
    }
}

/// Opens the page in a real browser: its script runs under its policy, and nothing else does.
#[test]
fn the_page_searches_and_is_safe_in_chromium() {
    let Some(chromium) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()))
    else {
        eprintln!("skipped: there is no Chromium");
        return;
    };
    let mut prompt = parse(WORKFLOW);
    if let (Value::Object(map), Value::Object(hostile)) = (&mut prompt, with_title(HOSTILE)) {
        hostile.into_iter().for_each(|(id, node)| _ = map.insert(id, node));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("page.html");
    std::fs::write(&file, Drawing::new(&prompt, Some(&schema())).unwrap().html(HOSTILE)).unwrap();
    let address = format!("file://{}#save", file.display());
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,800", "--dump-dom"])
        // The page's timers run on a simulated clock, so that the result does not depend on the machine's load.
        .arg("--virtual-time-budget=10000")
        // Nothing is fetched, not even what a browser fetches for itself.
        .args(["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(address)
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    assert!(dom.contains("1 of 2"), "the search ran: {dom}");
    assert_eq!(dom.matches(" hit\" data-id").count() + dom.matches(" hit current\" data-id").count(), 2);
    // The validator, like the server, reports no more once a class is missing.
    assert!(dom.contains("2 with errors"));
    assert!(!dom.contains("<title>owned") && !dom.contains("<img") && dom.matches("<script").count() == 1);
    assert!(dom.contains("transform=\"translate("), "it was fitted");
}

#[test]
fn every_template_is_drawn() {
    let Some(root) = std::env::var_os("COMFY_DATA") else {
        eprintln!("skipped: COMFY_DATA does not name the folder with the data");
        return;
    };
    let schema = schema();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root).join("templates");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with(".api.json") {
            continue;
        }
        let prompt = Value::parse(&std::fs::read(&path).unwrap()).unwrap();
        let drawing = Drawing::new(&prompt, Some(&schema)).unwrap();
        let svg = drawing.svg();
        assert_eq!(svg.matches("class=\"node").count(), prompt.as_object().unwrap().len(), "{}", path.display());
        assert!(!svg.contains("=\"NaN") && !svg.contains("=\"inf"), "{}", path.display());
        count += 1;
    }
    assert!(count > 100);
}
