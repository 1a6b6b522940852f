//! End-to-end tests of `cargo comfy diff`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn diff(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff"));
    command.args(["comfy", "diff"]).args(arguments).output().unwrap()
}

#[track_caller]
fn text(output: &Output, code: i32) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn all_changes() {
    insta::assert_snapshot!(text(&diff(&["old.json", "new.json"]), 1));
}

#[test]
fn changes_that_affect_a_workflow() {
    insta::assert_snapshot!(text(&diff(&["old.json", "new.json", "--uses", "portrait.json"]), 1));
}

#[test]
fn changes_that_affect_sources() {
    insta::assert_snapshot!(text(&diff(&["old.json", "new.json", "--uses", "sources.rs"]), 1));
}

#[test]
fn markdown_for_a_pull_request() {
    let arguments = ["old.json", "new.json", "--format", "markdown", "--uses", "portrait.json", "sources.rs"];
    insta::assert_snapshot!(text(&diff(&arguments), 1));
}

#[test]
fn json_for_programs() {
    let arguments = ["old.json", "new.json", "--format", "json", "--uses", "portrait.json"];
    insta::assert_snapshot!(text(&diff(&arguments), 1));
}

#[test]
fn exit_codes() {
    assert_eq!(text(&diff(&["old.json", "old.json"]), 0), "0 breaking, 0 defaulted, 0 additive\n");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("diff-defaulted");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("w.json");
    fs::write(&file, r#"{"1": {"class_type": "Load", "inputs": {"image": "b.png"}}, "2": {"class_type": "Save", "inputs": {"images": ["1", 0]}}}"#).unwrap();
    let folder = folder.to_str().unwrap();
    let output = text(&diff(&["old.json", "new.json", "--uses", folder]), 0);
    assert!(output.contains("added and required; its default is 90"), "{output}");
    text(&diff(&["old.json", "new.json", "--deny-defaulted", "--uses", folder]), 1);
    for wrong in [["old.json", "portrait.json"], ["absent.json", "new.json"]] {
        text(&diff(&wrong), 2);
    }
    let output = text(&diff(&["old.json", "new.json", "--uses", "main.rs", "new.json"]), 2);
    assert!(output.contains("new.json: "), "{output}");
    text(&diff(&["old.json", "http://127.0.0.1:1"]), 2);
}
