//! End-to-end tests of `cargo comfy import`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
const WORKFLOW: &str = r#"{"version":0.4,"nodes":[
    {"id":1,"type":"LoadImage","widgets_values":["cat.png","image"],"outputs":[{"type":"IMAGE","links":[1]}]},
    {"id":2,"type":"PreviewImage","inputs":[{"name":"images","type":"IMAGE","link":1}]}],
    "links":[[1,1,0,2,0,"IMAGE"]]}"#;
const PROMPT: &str = r#"{"2":{"class_type":"PreviewImage","inputs":{"images":["1",0]},"_meta":{"title":"Preview Image"}},
    "1":{"class_type":"LoadImage","inputs":{"image":"cat.png"},"_meta":{"title":"Load Image"},"is_changed":["x"]}}"#;
const SOURCE: &str = "\
use crate::nodes::{LoadImage, PreviewImage};
use comfy_runtime::Out;
use comfy_runtime::attr::workflow;
use comfy_runtime::types::IMAGE;

/// The workflow of `-`.
#[workflow(titles)]
pub fn stdin() -> Out<IMAGE> {
    PreviewImage {
        images: LoadImage { image: \"cat.png\" }.image,
    }
}
";

/// Creates an empty folder for a test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-comfy-import").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn import(input: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    // This folder has no snapshots.
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.args(["comfy", "import"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The command may exit without reading its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn fails(output: &Output, code: i32, message: &str) {
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{errors}");
    assert!(errors.contains(message), "{errors}");
}

#[test]
fn both_formats_give_the_same_source() {
    for input in [WORKFLOW, PROMPT] {
        let output = import(input, &["-", "--schema", SCHEMA]);
        assert_eq!(text(&output.stdout), SOURCE, "{}", text(&output.stderr));
    }
    let warned = import(PROMPT, &["-", "--schema", SCHEMA]);
    assert!(text(&warned.stderr).contains("is_changed"), "{}", text(&warned.stderr));
    let denied = import(PROMPT, &["-", "--schema", SCHEMA, "--deny-warnings"]);
    fails(&denied, 1, "warnings: 1; --deny-warnings makes this an error");
}

#[test]
fn all_options_together() {
    let folder = folder("settings");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("My Flow (2).ui.json"), WORKFLOW).unwrap();
    let (file, out) = (path("My Flow (2).ui.json"), path("out.rs"));
    let arguments = [
        &file,
        "--schema",
        SCHEMA,
        "--out",
        &out,
        "--params",
        "auto",
        "--ids",
        "keep",
        "--options",
        "enums",
        "--functions",
        "--tidy",
        "--nodes",
        "super::generated",
    ];
    let output = import("", &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let source = fs::read_to_string(out).unwrap();
    for part in [
        "use super::generated::{LoadImage, PreviewImage};\n",
        "/// The workflow of `My Flow (2).ui.json`.\n",
        "pub fn my_flow_2(image: &str) -> Out<IMAGE> {\n",
        "    #[id = \"1\"]\n    let images = LoadImage { image }.image;\n",
        "pub fn my_flow_2_as_saved()",
    ] {
        assert!(source.contains(part), "{part}\n{source}");
    }
}

#[test]
fn several_files_are_written_to_a_folder_and_one_that_fails_does_not_stop_the_others() {
    let folder = folder("several");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("a.json"), "{}").unwrap();
    fs::write(path("b.api.json"), PROMPT).unwrap();
    let (a, b, out) = (path("a.json"), path("b.api.json"), path("out"));
    fails(&import("", &[&a, &b, "--schema", SCHEMA, "--out", &out]), 2, "1 of 2 files could not be imported");
    assert!(fs::read_to_string(folder.join("out/b.rs")).unwrap().contains("pub fn b()"));
    assert!(!folder.join("out/a.rs").exists());
    fails(&import("", &[&b, &b, "--schema", SCHEMA, "--out", &out]), 2, "two files would be written to");
    fails(&import("", &[&a, &b, "--schema", SCHEMA, "--name", "x"]), 2, "--name names one function");
    let timed = import("", &[&b, &b, "--schema", SCHEMA, "--time"]);
    assert!(text(&timed.stdout).starts_with("2 files, 4 nodes: "), "{}", text(&timed.stdout));
}

#[test]
fn errors_name_the_file_and_exit_with_2() {
    fails(&import(PROMPT, &["-"]), 2, "give --schema FILE or --server URL");
    fails(&import("hello", &["-", "--schema", SCHEMA]), 2, "error: -: this is not JSON");
    fails(&import(PROMPT, &["-", "--schema", SCHEMA, "--params", "imag"]), 2, "did you mean `image`?");
    fails(&import(PROMPT, &["-", "--schema", SCHEMA, "--name", "a b"]), 2, "invalid function name `a b`");
    let cycle = r#"{"1":{"class_type":"A","inputs":{"x":["1",0]},"_meta":{"title":"Mine"}}}"#;
    fails(
        &import(cycle, &["-", "--schema", SCHEMA]),
        2,
        r#"the nodes form a cycle, which no server can run: node 1 (A, "Mine")"#,
    );
}
