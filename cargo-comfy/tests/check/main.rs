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
    // One output is valid, so the server would run it and drop the other.
    assert_eq!(output.status.code(), Some(1));
}

/// A prompt with a valid output and one whose input is missing.
const PARTIAL: &str = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
"2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}, "3": {"class_type": "PreviewImage", "inputs": {}}}"#;

#[test]
fn dropped_outputs_are_counted_and_refused_unless_they_are_allowed() {
    let refused = check(&["-"], PARTIAL);
    assert_eq!(refused.status.code(), Some(1));
    let summary =
        "<stdin>: partial: the server would run 1 output and drop 1 (3), 1 error; --partial allows dropped outputs\n";
    assert!(stdout(&refused).ends_with(summary), "{}", stdout(&refused));
    let allowed = check(&["-", "--partial"], PARTIAL);
    assert_eq!(allowed.status.code(), Some(0));
    assert!(stdout(&allowed).ends_with("and drop 1 (3), 1 error\n"), "{}", stdout(&allowed));
    // A prompt that is rejected as a whole stays invalid.
    assert_eq!(check(&["-", "--partial"], INVALID).status.code(), Some(1));
    // The members of the JSON tell the same; `valid` is the server's own answer.
    let json = stdout(&check(&["-", "--format", "json"], PARTIAL));
    assert!(json.contains(r#""valid":true"#) && json.contains(r#""dropped_outputs":["3"]"#), "{json}");
    let line = format!("{{\"prompt\": {}}}\n", PARTIAL.replace('\n', " "));
    assert_eq!(check(&["--jsonl", "-"], &line).status.code(), Some(1));
    assert_eq!(check(&["--jsonl", "-", "--partial"], &line).status.code(), Some(0));
}

#[test]
fn github_gets_an_annotation_for_each_finding() {
    let output = check(&["tests/check/mistakes.json", "no-such-file.json", "--format", "github"], "");
    insta::assert_snapshot!(stdout(&output));
    assert_eq!(output.status.code(), Some(2));
    // A hostile file stays within its annotation.
    let hostile = r#"{"1": {"class_type": "a\n::error::b%", "inputs": {}}}"#;
    let text = stdout(&check(&["-", "--format", "github"], hostile));
    assert!(text.lines().all(|line| line.starts_with("::error title=")), "{text}");
    assert!(text.contains("unknown node class `a\\n::error::b%25`"), "{text}");
}

#[test]
fn paths_of_annotations_begin_at_the_root_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("GITHUB_WORKSPACE", root);
    let output =
        command.args(["check", "--schema", SCHEMA, "tests/check/mistakes.json", "--format", "github"]).output();
    let text = stdout(&output.unwrap());
    assert!(
        text.contains("::error file=cargo-comfy/tests/check/mistakes.json,line=4,col=29,endColumn=55,title="),
        "{text}"
    );
}

#[test]
fn an_empty_prompt_is_refused_with_the_reason() {
    let muted = r#"{"version": 0.4, "links": [], "nodes": [{"id": 1, "type": "PreviewImage", "mode": 2}]}"#;
    for format in ["text", "github"] {
        let output = check(&["-", "--format", format], muted);
        assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(1), ""), "{format}");
        assert!(stdout(&output).contains("the prompt is empty, because its only node is muted"), "{}", stdout(&output));
    }
    for empty in ["{}", r#"{"prompt": {}}"#] {
        let output = check(&["-"], empty);
        assert_eq!(output.status.code(), Some(1));
        assert!(stdout(&output).contains("the prompt is empty"), "{}", stdout(&output));
    }
}

/// A server ignores the members of a body that it does not know.
#[test]
fn a_body_with_nodes_is_no_workflow_in_ui_format() {
    let body = |prompt: &str| format!(r#"{{"nodes": [{{"id": 1, "type": "X"}}], "prompt": {prompt}}}"#);
    let valid = check(&["-"], &body(VALID));
    assert_eq!(valid.status.code(), Some(0), "{}{}", stdout(&valid), stderr(&valid));
    for prompt in ["{}", r#"{"1": null}"#, INVALID] {
        let output = check(&["-"], &body(prompt));
        assert_eq!(output.status.code(), Some(1), "{prompt}: {}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn marks_stay_below_their_value_when_characters_are_escaped() {
    let text = "{\n\"1\": {\"class_type\": \"EmptyImage\", \"inputs\": {\"a\u{202e}b\": 1, \"width\": \"x\u{9b}\"}},\n\"2\": \
                {\"class_type\": \"PreviewImage\", \"inputs\": {\"images\": [\"1\", 0]}}}";
    let shown = stdout(&check(&["-"], text));
    let mut lines = shown.lines().skip_while(|line| !line.contains(r#""width": "x\u{9b}""#));
    let (line, mark) = (lines.next().unwrap(), lines.next().unwrap());
    let value = line.find(r#""x\u{9b}""#).unwrap();
    assert_eq!((mark.find('^'), mark.trim_end().len()), (Some(value), value + r#""x\u{9b}""#.len()), "{shown}");
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
