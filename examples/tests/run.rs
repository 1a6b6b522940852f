//! Runs every example as a program, on a stand-in server.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use comfy_convert::Converter;
use comfy_schema::{Schema, Text, Value};
use tempfile::TempDir;

/// Runs a program in an empty folder. Returns the folder and the standard output.
#[track_caller]
fn run(program: &str, arguments: &[&str]) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let output =
        Command::new(program).args(arguments).current_dir(folder.path()).env_remove("COMFY_URL").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (folder, String::from_utf8(output.stdout).unwrap())
}

/// Returns the number of pictures in `out` whose names begin with the prefix.
fn pictures(folder: &Path, prefix: &str) -> usize {
    let files = fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap());
    let named = files.filter(|file| file.file_name().to_string_lossy().starts_with(prefix));
    named.filter(|file| fs::read(file.path()).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG"))).count()
}

#[test]
fn text_to_image_saves_a_picture() {
    let (folder, _) = run(env!("CARGO_BIN_EXE_text_to_image"), &["a dog", "7"]);
    assert_eq!(pictures(folder.path(), "cat"), 1);
}

#[test]
fn image_to_image_uploads_a_picture_from_disk() {
    let (made, _) = run(env!("CARGO_BIN_EXE_text_to_image"), &[]);
    let picture = made.path().join("out/cat_00001_.png");
    let (folder, _) = run(env!("CARGO_BIN_EXE_image_to_image"), &[picture.to_str().unwrap()]);
    assert_eq!(pictures(folder.path(), "repainted"), 1);
}

#[test]
fn batch_saves_a_picture_for_each_prompt() {
    let (folder, printed) = run(env!("CARGO_BIN_EXE_batch"), &["a cat", "a dog", "a bird", "a fish"]);
    assert_eq!(pictures(folder.path(), "batch"), 4);
    assert!(printed.contains("4/4 a fish: "), "{printed}");
}

#[test]
fn live_previews_saves_previews_before_the_picture() {
    let (folder, printed) = run(env!("CARGO_BIN_EXE_live_previews"), &[]);
    assert_eq!(pictures(folder.path(), "previewed"), 1);
    assert!(printed.lines().next().unwrap().starts_with("out/preview_001."), "{printed}");
}

#[test]
fn lora_loop_chains_every_given_lora() {
    let (folder, printed) = run(env!("CARGO_BIN_EXE_lora_loop"), &["a.safetensors", "b.safetensors", "c.safetensors"]);
    assert_eq!(printed.matches("\"LoraLoader\"").count(), 3);
    assert_eq!(pictures(folder.path(), "lora"), 1);
}

/// The picture contains the prompt that ran, and a workflow for which the editor would queue the same prompt.
#[test]
fn opens_in_editor_saves_both_forms_into_the_picture() {
    let (folder, _) = run(env!("CARGO_BIN_EXE_opens_in_editor"), &[]);
    let picture = fs::read(folder.path().join("out/portrait_00001_.png")).unwrap();
    let document = comfy_convert::read(&picture).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
    let schema = Schema::from_slice(&fs::read(schema).unwrap()).unwrap();
    let queued = Converter::new(&schema).convert(document.ui().unwrap()).unwrap().prompt;
    let lines = |prompt: &Value| -> Vec<String> {
        let of_node = |(id, node): (&Text, &Value)| {
            let node = node.as_object().unwrap();
            let (class, inputs) = (node.get("class_type").unwrap(), node.get("inputs").unwrap().as_object().unwrap());
            // The server converts 7 to 7.0 before it saves the prompt.
            let line = |(name, value): (&Text, &Value)| {
                format!("{id} {class} {name} {}", value.to_string().trim_end_matches(".0"))
            };
            inputs.iter().map(line).collect::<Vec<_>>()
        };
        let mut lines: Vec<String> = prompt.as_object().unwrap().iter().flat_map(of_node).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&queued), lines(document.api().unwrap()));
}

#[test]
fn web_serves_a_picture_for_a_prompt() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_web"))
        .arg("--once")
        .env_remove("COMFY_URL")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (host, path) = line.trim().strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    if read.is_err() {
        child.kill().unwrap();
    }
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
    assert!(answer.windows(8).any(|bytes| bytes == b"\x89PNG\r\n\x1a\n"));
    assert!(child.wait().unwrap().success(), "the program exits after one picture");
}
