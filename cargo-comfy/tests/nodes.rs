//! End-to-end tests of `cargo comfy nodes`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::{Command, Output};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");

fn run(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.current_dir(folder).args(["comfy", "nodes"]).args(arguments).output().unwrap()
}

#[track_caller]
fn nodes(arguments: &[&str], code: i32) -> String {
    let output = run(&[arguments, &["--schema", SCHEMA]].concat(), Path::new("."));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert_eq!(output.status.code(), Some(code));
    text(output.stdout) + &text(output.stderr)
}

#[test]
fn one_node_in_detail() {
    insta::assert_snapshot!(nodes(&["KSampler"], 0));
}

#[test]
fn a_node_with_dynamic_inputs() {
    insta::assert_snapshot!(nodes(&["ResizeImageMaskNode"], 0));
    insta::assert_snapshot!(nodes(&["BatchImagesNode"], 0));
}

#[test]
fn nodes_are_found_by_words() {
    insta::assert_snapshot!(nodes(&["upscale", "image"], 0));
}

#[test]
fn nodes_are_found_by_socket_types() {
    let found = nodes(&["what", "takes", "a", "MASK", "and", "gives", "an", "IMAGE", "--limit", "5"], 0);
    assert_eq!(found, nodes(&["--takes", "MASK", "--gives", "IMAGE", "--limit", "5"], 0));
    insta::assert_snapshot!(found);
}

#[test]
fn json_has_one_line_per_node() {
    insta::assert_snapshot!(nodes(&["takes", "MASK", "gives", "IMAGE", "--limit", "2", "--format", "json"], 0));
    assert_eq!(nodes(&["--limit", "0", "--format", "json"], 0).lines().count(), 792);
}

#[test]
fn no_match_exits_with_1() {
    assert_eq!(nodes(&["KSampelr"], 1), "no node matches; did you mean `KSampler`?\n");
    assert_eq!(nodes(&["takes", "NOTHING"], 1), "no node matches\n");
}

#[test]
fn the_only_snapshot_is_the_default() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert_eq!(run(&["VAEDecode"], &workspace).status.code(), Some(0));
    let output = run(&["VAEDecode"], Path::new(env!("CARGO_TARGET_TMPDIR")));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--schema FILE"));
}
