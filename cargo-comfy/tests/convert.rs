//! `cargo comfy convert` as people call it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
const WORKFLOW: &str = r#"{"version":0.4,"links":[],"nodes":[
    {"id":1,"type":"EmptyLatentImage","widgets_values":[640,480,1]}]}"#;
const PROMPT: &str = r#"{"1":{"inputs":{"width":640,"height":480,"batch_size":1},"class_type":"EmptyLatentImage","_meta":{"title":"Empty Latent Image"}}}"#;

/// An empty folder.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-comfy-convert").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn convert(input: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    // A folder without snapshots.
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.args(["comfy", "convert"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It may end without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn gives(output: &Output, code: i32, stdout: &str, stderr: &str) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), stdout);
    let errors = text(&output.stderr);
    assert!(if stderr.is_empty() { errors.is_empty() } else { errors.contains(stderr) }, "{errors}");
}

#[test]
fn standard_input_to_standard_output() {
    gives(&convert(WORKFLOW, &["-", "--schema", SCHEMA, "--format", "compact"]), 0, &format!("{PROMPT}\n"), "");
    let body = format!("{{\"prompt\":{PROMPT}}}\n");
    gives(&convert(WORKFLOW, &["-", "--schema", SCHEMA, "--format", "request"]), 0, &body, "");
    // API format needs no schema.
    gives(&convert(PROMPT, &["-", "--format", "compact"]), 0, &format!("{PROMPT}\n"), "");
}

#[test]
fn a_request_gives_what_was_queued_or_its_workflow() {
    let body = format!(
        r#"{{"prompt":{{"9":{{"class_type":"X","inputs":{{}}}}}},"extra_data":{{"extra_pnginfo":{{"workflow":{WORKFLOW}}}}}}}"#
    );
    gives(&convert(&body, &["-", "--format", "compact"]), 0, "{\"9\":{\"class_type\":\"X\",\"inputs\":{}}}\n", "");
    let arguments = ["-", "--format", "compact", "--from", "workflow", "--schema", SCHEMA];
    gives(&convert(&body, &arguments), 0, &format!("{PROMPT}\n"), "");
}

#[test]
fn warnings_can_be_denied() {
    let workflow = r#"{"nodes":[{"id":1,"type":"Nobody"}],"links":[]}"#;
    let prompt = "{\"1\":{\"inputs\":{},\"_meta\":{}}}\n";
    let warning = "warning: -: node 1 (Nobody): the schema does not have this class";
    gives(&convert(workflow, &["-", "--schema", SCHEMA, "--format", "compact"]), 0, prompt, warning);
    let arguments = ["-", "--schema", SCHEMA, "--format", "compact", "--deny-warnings"];
    gives(&convert(workflow, &arguments), 1, prompt, "1 warnings, which are denied");
}

#[test]
fn what_cannot_be_done_is_2_and_named() {
    gives(&convert("hello", &["-"]), 2, "", "error: -: this is not JSON: error at line 1, column 1; give");
    gives(&convert(WORKFLOW, &["-"]), 2, "", "give --schema FILE or --server URL");
    gives(&convert("", &["no such file.json"]), 2, "", "error: no such file.json: ");
    let broken = r#"{"nodes":[{"id":1,"type":"VAEDecode","inputs":[{"name":"vae","link":5}]}],"links":[]}"#;
    let message = "error: -: node 1 `VAEDecode`: input `vae` names link 5, which the file does not have";
    gives(&convert(broken, &["-", "--schema", SCHEMA]), 2, "", message);
    gives(&convert(WORKFLOW, &["-", "--server", "http://127.0.0.1:1"]), 2, "", "127.0.0.1:1");
}

#[test]
fn a_server_that_does_not_answer_is_replaced_by_the_file() {
    let arguments = ["-", "--format", "compact", "--schema", SCHEMA, "--server", "http://127.0.0.1:1"];
    gives(&convert(WORKFLOW, &arguments), 0, &format!("{PROMPT}\n"), "used ");
}

#[test]
fn several_files_go_into_a_folder_and_one_that_fails_does_not_stop_the_others() {
    let folder = folder("several");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("a.json"), "{}").unwrap();
    fs::write(path("b.json"), WORKFLOW).unwrap();
    let (a, b, out) = (path("a.json"), path("b.json"), path("out"));
    let output = convert("", &[&a, &b, "--schema", SCHEMA, "--out", &out, "--format", "compact"]);
    gives(&output, 2, "", "1 of 2 files could not be converted");
    assert_eq!(fs::read_to_string(folder.join("out/b.api.json")).unwrap(), format!("{PROMPT}\n"));
    assert!(!folder.join("out/a.api.json").exists());
    let twice = convert("", &[&b, &b, "--schema", SCHEMA, "--out", &out]);
    gives(&twice, 2, "", "two files would be written to");
}
