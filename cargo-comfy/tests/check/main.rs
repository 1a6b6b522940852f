//! End-to-end tests of `cargo comfy check`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = "../schemas/comfyui-0.26.0.json";
const VALID: &str = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": "64", "batch_size": 1, "color": 0}},
"2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#;
const INVALID: &str = r#"{"2": {"class_type": "PreviewImage", "inputs": {}}}"#;

fn check(arguments: &[&str], stdin: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["comfy", "check", "--schema", SCHEMA]).args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The command may exit without reading its input.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn text_for_many_mistakes() {
    let output = check(&["tests/check/mistakes.json"], "");
    insta::assert_snapshot!(stdout(&output));
    // One output is valid, so the server would run it.
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn text_for_a_misspelt_class() {
    let output = check(&["-"], "{\n  \"1\": {\"class_type\": \"PreviewImag\", \"inputs\": {}}\n}");
    insta::assert_snapshot!(stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn text_for_cycles_and_exceptions() {
    let cycle = "{\n\"1\": {\"class_type\": \"ImageInvert\", \"inputs\": {\"image\": [\"1\", 0]}},\n\"2\": {\"class_type\": \"PreviewImage\", \"inputs\": {\"images\": [\"1\", 0]}}}";
    insta::assert_snapshot!(stdout(&check(&["-"], cycle)));
    insta::assert_snapshot!(stdout(&check(&["-"], r#"{"prompt": {"1": null}}"#)));
}

#[test]
fn exit_codes() {
    for (stdin, code) in [(VALID, 0), (INVALID, 1), ("{}", 1), ("", 2), ("[", 2)] {
        assert_eq!(check(&["-"], stdin).status.code(), Some(code), "{stdin}");
    }
    assert_eq!(check(&["no-such-file.json"], "").status.code(), Some(2));
    // A file that cannot be checked takes precedence over an invalid one, and the other files are still checked.
    let both = check(&["no-such-file.json", "-"], INVALID);
    assert_eq!(both.status.code(), Some(2));
    assert!(stdout(&both).contains("<stdin>: invalid"), "{}", stdout(&both));
    assert_eq!(check(&[], "").status.code(), Some(2));
}

#[test]
fn a_request_body_is_recognized() {
    let body = format!(r#"{{"prompt": {VALID}, "client_id": "x"}}"#);
    assert_eq!(check(&["-"], &body).status.code(), Some(0));
    let none = format!(r#"{{"prompt": {VALID}, "partial_execution_targets": []}}"#);
    assert_eq!(check(&["-"], &none).status.code(), Some(1));
    assert_eq!(check(&["-", "--targets", "2"], &none).status.code(), Some(0));
    assert_eq!(check(&["-", "--targets", "1"], VALID).status.code(), Some(1));
}

#[test]
fn a_workflow_in_ui_format_is_checked_as_the_editor_queues_it() {
    let editor = |width: i64| {
        format!(
            r#"{{"version": 0.4, "links": [[1, 1, 0, 2, 0, "IMAGE"]], "nodes": [
                {{"id": 1, "type": "EmptyImage", "outputs": [{{"name": "IMAGE", "type": "IMAGE", "links": [1]}}],
                    "widgets_values": [{width}, 64, 1, 0]}},
                {{"id": 2, "type": "SaveImage", "inputs": [{{"name": "images", "type": "IMAGE", "link": 1}}],
                    "widgets_values": ["a"]}}]}}"#
        )
    };
    let valid = check(&["-"], &editor(64));
    assert_eq!(valid.status.code(), Some(0), "{}{}", stdout(&valid), stderr(&valid));
    let invalid = check(&["-"], &editor(0));
    assert_eq!(invalid.status.code(), Some(1), "{}", stderr(&invalid));
    assert!(stdout(&invalid).contains("value_smaller_than_min"), "{}", stdout(&invalid));
}

#[test]
fn errors_tell_what_a_file_without_a_workflow_is() {
    for (input, word) in
        [("{\"nodes\": 1, \"a\": [", "not JSON"), ("\u{89}PNG\r\n\u{1a}\n", "not JSON"), ("<html>", "web page")]
    {
        let output = check(&["-"], input);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(word), "{input}: {}", stderr(&output));
    }
    let definitions = check(&[SCHEMA], "");
    assert!(stderr(&definitions).contains("give it as --schema"), "{}", stderr(&definitions));
}

#[test]
fn json_has_one_line_per_file() {
    let output = check(&["-", "--format", "json"], INVALID);
    insta::assert_snapshot!(stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn each_line_has_an_answer() {
    let (valid, invalid) = (VALID.replace('\n', " "), INVALID);
    let huge = format!(r#"{{"prompt": {valid}, "extra_data": {{"x": "{}"}}}}"#, "x".repeat(1 << 21));
    let input = format!(
        "{{\"prompt\": {valid}}}\r\n\n  \n{{\"prompt\": {invalid}, \"partial_execution_targets\": null}}\nnot json\n{huge}\n\
         {{\"prompt\": null}}\n{{}}\n\u{7}\n{{\"prompt\": {valid}}}"
    );
    let output = check(&["--jsonl", "-"], &input);
    insta::assert_snapshot!(stdout(&output));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(check(&["--jsonl", "-"], &format!("{{\"prompt\": {valid}}}\n")).status.code(), Some(0));
    assert_eq!(check(&["--jsonl", "-"], &format!("{{\"prompt\": {invalid}}}\n")).status.code(), Some(1));
    assert_eq!(check(&["--jsonl", "-"], "").status.code(), Some(0));
}

#[test]
fn files_in_given_folders_exist() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check-input");
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    std::fs::write(folder.join("sub/a.png"), "").unwrap();
    let prompt = |name: &str| {
        format!(
            r#"{{"1": {{"class_type": "LoadImage", "inputs": {{"image": "{name}"}}}},
                "2": {{"class_type": "PreviewImage", "inputs": {{"images": ["1", 0]}}}}}}"#
        )
    };
    let folder = folder.to_str().unwrap();
    assert_eq!(check(&["-", "--input-dir", folder], &prompt("sub/a.png")).status.code(), Some(0));
    assert_eq!(check(&["-", "--input-dir", folder], &prompt("sub/b.png")).status.code(), Some(1));
    let unknown = check(&["-"], &prompt("sub/b.png"));
    assert!(stdout(&unknown).contains("1 not verifiable"), "{}", stdout(&unknown));
    assert_eq!(check(&["-", "--input-dir", "no-such-folder"], VALID).status.code(), Some(2));
}

#[test]
fn help_describes_the_lines_of_jsonl() {
    let text = stdout(&check(&["--help"], ""));
    assert!(text.contains("\"node_errors\"") && text.contains("Exit codes:"), "{text}");
}
