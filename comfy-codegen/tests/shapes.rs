//! Tests of the generated code for a node of every shape.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;

use comfy_codegen::{Config, Generated};
use common::{SHAPES, body, file, folder};

fn shapes() -> Config {
    Config::new().schema(SHAPES).out_file("nodes.rs").pretty(true)
}

#[test]
fn everything() {
    let source = shapes().source().unwrap().source;
    insta::assert_snapshot!(body(&source));
}

#[test]
fn without_builders_and_documentation() {
    let nodes = ["KSampler", "Sockets", "MatchedTwice", "Growing", "Dynamic", "Grouped"];
    let source = shapes().nodes(nodes).builders(false).docs(false).source().unwrap().source;
    insta::assert_snapshot!(body(&source));
}

#[test]
fn the_report() {
    let report = shapes().source().unwrap().report;
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn unformatted_source_is_the_same_code() {
    let written = Config::new().schema(SHAPES).source().unwrap().source;
    let formatted = shapes().source().unwrap().source;
    let reformatted = prettyplease::unparse(&syn::parse_file(&written).unwrap());
    assert_eq!(reformatted.trim(), body(&formatted).trim());
}

/// The fixture has one node a line, so that its lines can be reordered.
#[test]
fn the_order_of_nodes_does_not_matter() {
    let text = fs::read_to_string(SHAPES).unwrap();
    let inner = text.trim().trim_start_matches("{\n").trim_end_matches("\n}");
    let mut nodes: Vec<&str> = inner.split(",\n").collect();
    let expected = shapes().source().unwrap().source;
    for turn in 0..5 {
        nodes.reverse();
        nodes.rotate_left(7 * turn + 1);
        let shuffled = file("order", "shuffled.json", format!("{{\n{}\n}}", nodes.join(",\n")));
        let source = Config::new().schema(shuffled).out_file("nodes.rs").pretty(true).source().unwrap().source;
        assert_eq!(body(&source), body(&expected), "turn {turn}");
    }
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(shapes().source().unwrap().source, shapes().source().unwrap().source);
}

#[test]
fn a_selection_keeps_the_names_of_the_whole() {
    let Generated { source, report, .. } = shapes().nodes(["Image Flip", "StringNode"]).source().unwrap();
    assert_eq!(report.nodes, 2);
    assert!(source.contains("pub struct ImageFlip2 {") && source.contains("pub struct StringNode {"));
    assert!(!source.contains("pub struct ImageFlip {"));
}

#[test]
fn only_what_sources_use() {
    let sources = folder("used");
    fs::create_dir(sources.join("deep")).unwrap();
    fs::write(sources.join("main.rs"), "fn f() { workflow! { let x = KSampler { model, } } }").unwrap();
    fs::write(sources.join("deep/half.rs"), "use nodes::dynamic::resize_type as r; let KSamplerBuilderOutputs { ")
        .unwrap();
    fs::write(sources.join("notes.txt"), "Sockets").unwrap();
    shapes().out_file(sources.join("nodes.rs")).generate().unwrap();

    let Generated { source, report, .. } = shapes().used_in(&sources).source().unwrap();
    assert_eq!(report.nodes, 2, "the file that was generated does not count");
    assert!(source.contains("pub struct KSampler {") && source.contains("pub struct Dynamic {"));
    assert!(source.contains("pub enum SamplerName {") && !source.contains("pub enum Symbols {"));
}

#[test]
fn combos_can_be_closed_and_opened() {
    let with = |config: Config| config.nodes(["OpenCombos", "KSampler"]).source().unwrap().source;
    let plain = with(shapes());
    assert!(plain.contains("pub ckpt_name: Combo<AnyOption, Array>"));
    assert!(plain.contains("pub scheduler: Combo<options::Scheduler, Array>"));
    let changed = with(shapes().closed("OpenCombos.ckpt_name").open("KSampler.scheduler"));
    assert!(changed.contains("pub ckpt_name: Combo<options::CkptName, Array>"));
    assert!(changed.contains("pub scheduler: Combo<AnyOption, Array>"));
    let exact = with(shapes().exact(true));
    assert!(exact.contains("pub vae_name: Combo<options::VaeName, Array>"));
    assert!(exact.contains("pub empty: Combo<AnyOption, Array>"), "a list without options stays open");
}

#[test]
fn the_file_of_the_project_has_all_its_inputs() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/comfyui-0.26.0.json");
    let report = Config::new().schema(schema).source().unwrap().report;
    assert_eq!((report.nodes, report.inputs, report.raw_inputs.len()), (792, 4075, 0));
}
