//! End-to-end tests of how `cargo comfy run` saves results.
#![cfg(all(feature = "run", feature = "serve"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use comfy_mock::{Server, Timing};
use comfy_schema::Value;
use tempfile::TempDir;

/// Two outputs of one file name, in two subfolders.
const WORKFLOW: &str = r#"{
    "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 255}},
    "2": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 9}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "face/img"}},
    "4": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "body/img"}}
}"#;

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        fs::write(place.folder.path().join("workflow.json"), WORKFLOW).unwrap();
        place
    }

    /// Runs the workflow on a new server, which gives the files of every run the same names. `output` replaces the
    /// output of node 3.
    async fn run(&self, arguments: &[&str], output: Option<&str>) -> Output {
        let server = Server::builder().timing(Timing::instant()).spawn().await.unwrap();
        if let Some(output) = output {
            server.node("#3").set_output(Value::parse(output.as_bytes()).unwrap());
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
        command.args(["comfy", "run", "workflow.json", "--server", &server.url()]).args(arguments);
        command.current_dir(self.folder.path()).env_remove("COMFY_URL").stdin(Stdio::null());
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    fn out(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.folder.path().join("out"))
    }
}

/// Returns the contents of all files below a folder, by their path with `/`.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(below, content)| (format!("{name}/{below}"), content)));
        } else {
            files.insert(name, fs::read(path).unwrap());
        }
    }
    files
}

fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into(), String::from_utf8_lossy(&output.stderr).into())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_outputs_of_one_name_are_both_saved_and_a_second_run_replaces_none() {
    let place = Place::new();
    let output = place.run(&[], None).await;
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).1);
    let first = place.out();
    assert_eq!(first.keys().collect::<Vec<_>>(), ["body/img_00001_.png", "face/img_00001_.png"]);
    let output = place.run(&[], None).await;
    let (out, err) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(out.contains(&Path::new("out").join("face").join("img_00001_ (2).png").display().to_string()), "{out}");
    let second = place.out();
    assert_eq!(second.len(), 4);
    assert!(first.iter().all(|(path, content)| second[path] == *content));
    let output = place.run(&["--overwrite"], None).await;
    assert!(texts(&output).0.lines().all(|line| line.ends_with("img_00001_.png")), "{}", texts(&output).0);
    assert_eq!(place.out().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_saved_is_saved_and_the_exit_code_tells_of_the_rest() {
    let place = Place::new();
    let bad = r#"{"images": [{"filename": "../evil.png", "type": "output"}, {"filename": "NUL.png", "type": "output"},
        {"filename": "gone\u001b[31m.png", "type": "output"}, {"filename": "gone.png", "type": "output"}]}"#;
    let output = place.run(&[], Some(bad)).await;
    let (out, err) = texts(&output);
    assert_eq!(output.status.code(), Some(5), "{err}");
    assert_eq!(out.lines().count(), 1, "{out}");
    assert_eq!(place.out().into_keys().collect::<Vec<_>>(), ["body/img_00001_.png"]);
    assert!(err.contains("cannot save a result of node `3` (SaveImage): unsafe file name `../evil.png`"), "{err}");
    assert!(err.contains("status 404") && err.contains("4 of 5 files were not saved"), "{err}");
    assert!(!err.contains('\u{1b}'), "{err}");
    let (out, _) = texts(&place.run(&["--json"], Some(bad)).await);
    let lines = out.lines().map(|line| Value::parse(line.as_bytes()).unwrap());
    let failed = lines.filter(|line| line.as_object().unwrap().get("event").unwrap().as_str() == Some("not_saved"));
    assert_eq!(failed.count(), 4, "{out}");
}
