//! End-to-end tests of `cargo comfy convert`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
const WORKFLOW: &str = r#"{"version":0.4,"links":[],"nodes":[
    {"id":1,"type":"EmptyLatentImage","widgets_values":[640,480,1]}]}"#;
const PROMPT: &str = r#"{"1":{"inputs":{"width":640,"height":480,"batch_size":1},"class_type":"EmptyLatentImage","_meta":{"title":"Empty Latent Image"}}}"#;

/// Creates an empty folder for a test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-comfy-convert").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn convert(input: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    // This folder has no snapshots.
    command.current_dir(env!("CARGO_TARGET_TMPDIR"));
    command.args(["comfy", "convert"]).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The command may exit without reading its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn assert_output(output: &Output, code: i32, stdout: &str, stderr: &str) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), stdout);
    let errors = text(&output.stderr);
    assert!(if stderr.is_empty() { errors.is_empty() } else { errors.contains(stderr) }, "{errors}");
}

#[test]
fn standard_input_is_converted_to_standard_output() {
    assert_output(&convert(WORKFLOW, &["-", "--schema", SCHEMA, "--format", "compact"]), 0, &format!("{PROMPT}\n"), "");
    let body = format!("{{\"prompt\":{PROMPT}}}\n");
    assert_output(&convert(WORKFLOW, &["-", "--schema", SCHEMA, "--format", "request"]), 0, &body, "");
    // A prompt in API format needs no schema.
    assert_output(&convert(PROMPT, &["-", "--format", "compact"]), 0, &format!("{PROMPT}\n"), "");
}

#[test]
fn a_request_body_is_read_as_its_prompt_or_its_workflow() {
    let body = format!(
        r#"{{"prompt":{{"9":{{"class_type":"X","inputs":{{}}}}}},"extra_data":{{"extra_pnginfo":{{"workflow":{WORKFLOW}}}}}}}"#
    );
    assert_output(
        &convert(&body, &["-", "--format", "compact"]),
        0,
        "{\"9\":{\"class_type\":\"X\",\"inputs\":{}}}\n",
        "",
    );
    let arguments = ["-", "--format", "compact", "--from", "workflow", "--schema", SCHEMA];
    assert_output(&convert(&body, &arguments), 0, &format!("{PROMPT}\n"), "");
}

#[test]
fn warnings_can_be_denied() {
    let workflow = r#"{"nodes":[{"id":1,"type":"Nobody"}],"links":[]}"#;
    let prompt = "{\"1\":{\"inputs\":{},\"_meta\":{}}}\n";
    let warning = "warning: -: node 1 (Nobody): the schema does not have this class";
    assert_output(&convert(workflow, &["-", "--schema", SCHEMA, "--format", "compact"]), 0, prompt, warning);
    let arguments = ["-", "--schema", SCHEMA, "--format", "compact", "--deny-warnings"];
    assert_output(&convert(workflow, &arguments), 1, prompt, "warnings: 1; --deny-warnings makes this an error");
}

#[test]
fn errors_name_the_file_and_exit_with_2() {
    assert_output(&convert("hello", &["-"]), 2, "", "error: -: this is not JSON: error at line 1, column 1; give");
    assert_output(&convert(WORKFLOW, &["-"]), 2, "", "give --schema FILE or --server URL");
    assert_output(&convert("", &["no such file.json"]), 2, "", "error: no such file.json: ");
    let broken = r#"{"nodes":[{"id":1,"type":"VAEDecode","inputs":[{"name":"vae","link":5}]}],"links":[]}"#;
    let message = "error: -: node 1 (VAEDecode): input `vae` refers to link 5, which the file does not have";
    assert_output(&convert(broken, &["-", "--schema", SCHEMA]), 2, "", message);
    assert_output(&convert(WORKFLOW, &["-", "--server", "http://127.0.0.1:1"]), 2, "", "127.0.0.1:1");
}

#[test]
fn the_file_is_the_fallback_for_a_server_that_does_not_answer() {
    let arguments = ["-", "--format", "compact", "--schema", SCHEMA, "--server", "http://127.0.0.1:1"];
    assert_output(&convert(WORKFLOW, &arguments), 0, &format!("{PROMPT}\n"), "used ");
}

#[test]
fn several_files_are_written_to_a_folder_and_one_that_fails_does_not_stop_the_others() {
    let folder = folder("several");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("a.json"), "{}").unwrap();
    fs::write(path("b.json"), WORKFLOW).unwrap();
    let (a, b, out) = (path("a.json"), path("b.json"), path("out"));
    let output = convert("", &[&a, &b, "--schema", SCHEMA, "--out", &out, "--format", "compact"]);
    assert_output(&output, 2, "", "1 of 2 files could not be converted");
    assert_eq!(fs::read_to_string(folder.join("out/b.api.json")).unwrap(), format!("{PROMPT}\n"));
    assert!(!folder.join("out/a.api.json").exists());
    let twice = convert("", &[&b, &b, "--schema", SCHEMA, "--out", &out]);
    assert_output(&twice, 2, "", "two files would be written to");
}

#[test]
fn an_empty_prompt_comes_with_the_reason() {
    let muted = WORKFLOW.replace(r#""id":1"#, r#""id":1,"mode":2"#);
    let reason = "warning: -: the prompt is empty, because its only node is muted; the server will reject it";
    let arguments = ["-", "--schema", SCHEMA, "--format", "compact"];
    assert_output(&convert(&muted, &arguments), 0, "{}\n", reason);
    assert_eq!(convert(&muted, &[&arguments[..], &["--deny-warnings"]].concat()).status.code(), Some(1));
}
