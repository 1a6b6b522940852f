//! End-to-end tests of `cargo comfy graph` and `cargo comfy export`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
const PROMPT: &str = r#"{"bg":{"inputs":{"width":64,"height":64,"batch_size":1,"color":0},"class_type":"EmptyImage","_meta":{"title":"Ground"}},"out":{"inputs":{"filename_prefix":"a","images":["bg",0]},"class_type":"SaveImage","_meta":{"title":"Save Image"}}}"#;

/// Creates an empty folder for a test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-comfy-graph").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.current_dir(folder).arg("comfy").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command may exit without reading its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn stdout(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_extension_selects_the_format() {
    let folder = folder("extension");
    for (name, start) in [
        ("a.svg", &b"<svg xmlns"[..]),
        ("a.html", b"<!DOCTYPE html>"),
        ("a.mmd", b"flowchart LR"),
        #[cfg(feature = "png")]
        ("a.png", b"\x89PNG\r\n\x1a\n"),
    ] {
        stdout(&run(&folder, &["graph", "-", "--schema", SCHEMA, "--out", name], PROMPT), 0);
        assert!(fs::read(folder.join(name)).unwrap().starts_with(start), "{name}");
    }
    let output = run(&folder, &["graph", "-", "--out", "a.gif"], PROMPT);
    stdout(&output, 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("svg, html, mmd or png"));
}

#[test]
fn standard_output_is_svg_and_definitions_are_optional() {
    let folder = folder("stdout");
    let svg = stdout(&run(&folder, &["graph", "-"], PROMPT), 0);
    assert!(svg.starts_with("<svg") && svg.contains(">Ground<"));
    // With definitions, links have the colour of their type.
    assert_eq!(stdout(&run(&folder, &["graph", "-", "--out", "-"], PROMPT), 0), svg);
    assert!(!folder.join("-").exists());
    let typed = stdout(&run(&folder, &["graph", "-", "--schema", SCHEMA], PROMPT), 0);
    assert!(typed.contains("#64b5f6") && !svg.contains("#64b5f6"));
}

#[test]
fn errors_name_the_cause() {
    let folder = folder("errors");
    for (arguments, input, word) in [
        (&["graph", "absent.json"][..], "", "absent.json"),
        (&["graph", "-"], "[]", "an array"),
        (&["graph", "-"], r#"{"version":0.4,"nodes":[],"links":[]}"#, "--schema"),
        (&["graph", "-", "--schema", "absent.json"], PROMPT, "absent.json"),
        (&["export", "-"], PROMPT, "--schema"),
        (&["export", "absent.json", "--schema", SCHEMA], PROMPT, "absent.json"),
    ] {
        let output = run(&folder, arguments, input);
        stdout(&output, 2);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    }
}

#[test]
fn an_exported_workflow_converts_back() {
    let folder = folder("export");
    let ui = stdout(&run(&folder, &["export", "-", "--schema", SCHEMA, "--deny-lost"], PROMPT), 0);
    insta::assert_snapshot!(ui);
    let back = stdout(&run(&folder, &["convert", "-", "--schema", SCHEMA, "--format", "compact"], &ui), 0);
    assert_eq!(back.trim_end(), PROMPT);
}

#[test]
fn lost_values_are_reported() {
    let folder = folder("lost");
    let prompt = r#"{"1": {"class_type": "RandomNoise", "inputs": {"noise_seed": 18446744073709551615}}}"#;
    let output = run(&folder, &["export", "-", "--schema", SCHEMA], prompt);
    stdout(&output, 0);
    assert!(String::from_utf8(output.stderr).unwrap().contains("noise_seed"));
    stdout(&run(&folder, &["export", "-", "--schema", SCHEMA, "--deny-lost"], prompt), 1);
}

#[test]
fn definitions_that_cannot_be_read_are_told() {
    let folder = folder("definitions");
    let warning = |folder: &Path| {
        let output = run(folder, &["graph", "-"], PROMPT);
        assert!(stdout(&output, 0).starts_with("<svg"));
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(warning(&folder), "");
    fs::create_dir(folder.join("schemas")).unwrap();
    fs::write(folder.join("schemas/a.json"), "{").unwrap();
    assert!(warning(&folder).starts_with("warning: drawing without node definitions: "), "{}", warning(&folder));
    assert!(warning(&folder).contains("a.json"));
    fs::copy(SCHEMA, folder.join("schemas/b.json")).unwrap();
    assert!(warning(&folder).contains("several snapshots in ./schemas"), "{}", warning(&folder));
}
