//! End-to-end tests of `cargo comfy snapshot` on the stand-in server.
#![cfg(all(feature = "run", feature = "serve"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::{Command, Output, Stdio};

use comfy_mock::{HttpFault, Server, ServerBuilder};
use comfy_schema::Schema;
use tempfile::TempDir;

const SMALL: &str = r#"{"One": {"input": {"required": {"n": ["INT", {"default": 1}]}}, "output": ["INT"]},
    "Two": {"input": {}, "output": ["IMAGE"], "output_node": true}}"#;

struct Place {
    folder: TempDir,
    server: Server,
}

impl Place {
    async fn new(builder: ServerBuilder) -> Self {
        Self { folder: TempDir::new().unwrap(), server: builder.spawn().await.unwrap() }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
        command.args(["comfy", "snapshot", "--server", &self.server.url()]).args(arguments);
        command.current_dir(self.folder.path()).env_remove("COMFY_TOKEN").stdin(Stdio::null());
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into(), String::from_utf8_lossy(&output.stderr).into())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_named_after_the_version_and_has_one_node_per_line() {
    let place = Place::new(Server::builder().schema_json(SMALL).version("9.8.7")).await;
    let output = place.run(&[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).1);
    assert!(texts(&output).0.contains("comfyui-9.8.7.json: 2 nodes"));
    let text = place.read("schemas/comfyui-9.8.7.json");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[3]), (4, "{", "}"), "{text}");
    assert!(lines[1].starts_with(r#""One":{"#) && lines[2].starts_with(r#""Two":{"#), "{text}");
    assert!(Schema::from_slice(text.as_bytes()).unwrap().node("Two").unwrap().output_node);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_snapshot_is_complete_and_up_to_date() {
    let place = Place::new(Server::builder()).await;
    assert_eq!(place.run(&["--out", "all.json"]).await.status.code(), Some(0));
    assert!(Schema::from_slice(place.read("all.json").as_bytes()).unwrap().nodes.len() > 500);
    assert_eq!(place.names(), ["all.json"], "a temporary file is left");
    let output = place.run(&["--out", "all.json", "--check"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).1);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_lists_the_differences_and_writes_nothing() {
    let place = Place::new(Server::builder().schema_json(SMALL)).await;
    let missing = place.run(&["--out", "old.json", "--check"]).await;
    assert_eq!((missing.status.code(), place.names().len()), (Some(1), 0));
    let old = r#"{"One": {"input": {"required": {"n": ["INT", {"default": 2}]}}, "output": ["INT"]}, "Three": {}}"#;
    fs::write(place.folder.path().join("old.json"), old).unwrap();
    let output = place.run(&["--out", "old.json", "--check"]).await;
    assert_eq!(output.status.code(), Some(1));
    let (_, err) = texts(&output);
    assert!(err.contains("- Three") && err.contains("~ One") && err.contains("+ Two"), "{err}");
    assert_eq!(place.read("old.json"), old);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_layout_of_a_file_does_not_matter() {
    let place = Place::new(Server::builder().schema_json(SMALL)).await;
    assert_eq!(place.run(&["--out", "a.json"]).await.status.code(), Some(0));
    let value: serde_json::Value = serde_json::from_str(&place.read("a.json")).unwrap();
    fs::write(place.folder.path().join("a.json"), serde_json::to_string_pretty(&value).unwrap()).unwrap();
    assert_eq!(place.run(&["--out", "a.json", "--check"]).await.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_definitions_replace_a_file() {
    let place = Place::new(Server::builder().schema_json(SMALL)).await;
    fs::write(place.folder.path().join("a.json"), "old").unwrap();
    place.server.faults().http("GET /api/object_info", HttpFault::status(500));
    assert_eq!(place.run(&["--out", "a.json"]).await.status.code(), Some(2));
    assert_eq!(place.read("a.json"), "old");
    place.server.faults().clear();
    assert_eq!(place.run(&["--out", "a.json"]).await.status.code(), Some(0));
    assert!(place.read("a.json").contains("\"One\""));
    assert_eq!(place.names(), ["a.json"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_sent_and_never_printed() {
    let place = Place::new(Server::builder().schema_json(SMALL)).await;
    let output = place.run(&["--token", "s3cret", "--out", "a.json"]).await;
    assert_eq!(output.status.code(), Some(0));
    let requests = place.server.requests();
    let sent = requests.iter().filter(|request| request.header("authorization") == Some("Bearer s3cret")).count();
    assert_eq!(sent, requests.len());
    let (out, err) = texts(&output);
    assert!(!out.contains("s3cret") && !err.contains("s3cret"));
}
