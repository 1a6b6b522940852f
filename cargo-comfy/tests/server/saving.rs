//! How `cargo comfy run` saves results.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[cfg(unix)]
use comfy_mock::HttpFault;
use comfy_schema::Value;

use super::place::{Place, expect, lines, member};

/// Two outputs of one file name, in two subfolders.
const WORKFLOW: &str = r#"{
    "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 255}},
    "2": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 9}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "face/img"}},
    "4": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "body/img"}}
}"#;

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

async fn place() -> Place {
    let place = Place::new().await;
    fs::write(place.path("workflow.json"), WORKFLOW).unwrap();
    place
}

/// Runs the workflow, checks the exit code, and returns the texts that the command printed.
async fn run(place: &Place, code: i32, arguments: &[&str]) -> (String, String) {
    expect(&place.run(&[&["run", "workflow.json"], arguments].concat()).await, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_outputs_of_one_name_are_both_saved_and_a_second_run_replaces_none() {
    let place = place().await;
    let saved = || tree(&place.path("out"));
    run(&place, 0, &[]).await;
    let first = saved();
    assert_eq!(first.keys().collect::<Vec<_>>(), ["body/img_00001_.png", "face/img_00001_.png"]);
    // The nodes are cached, so the files of this run have the names of the first.
    let (out, _) = run(&place, 0, &[]).await;
    assert!(out.contains(&Path::new("out").join("face").join("img_00001_ (2).png").display().to_string()), "{out}");
    let second = saved();
    assert_eq!(second.len(), 4);
    assert!(first.iter().all(|(path, content)| second[path] == *content));
    let (out, _) = run(&place, 0, &["--overwrite"]).await;
    assert!(out.lines().count() == 2 && out.lines().all(|line| line.ends_with("img_00001_.png")), "{out}");
    assert_eq!(saved().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_saved_is_saved_and_the_exit_code_tells_of_the_rest() {
    let place = place().await;
    let bad = br#"{"images": [{"filename": "../evil.png", "type": "output"}, {"filename": "NUL.png", "type": "output"},
        {"filename": "gone\u001b[31m.png", "type": "output"}, {"filename": "gone.png", "type": "output"}]}"#;
    place.server.node_id("3").set_output(Value::parse(bad).unwrap());
    let (out, err) = run(&place, 5, &[]).await;
    assert_eq!(out.lines().count(), 1, "{out}");
    assert_eq!(tree(&place.path("out")).into_keys().collect::<Vec<_>>(), ["body/img_00001_.png"]);
    assert!(err.contains("cannot save a result of node `3` (SaveImage): unsafe file name `../evil.png`"), "{err}");
    assert!(err.contains("status 404") && err.contains("4 of 5 files were not saved"), "{err}");
    assert!(!err.contains('\u{1b}'), "{err}");
    let (out, _) = run(&place, 5, &["--json"]).await;
    assert_eq!(lines(&out).iter().filter(|line| member(line, "event") == "not_saved").count(), 4, "{out}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn two_signals_at_once_leave_no_part_of_a_file() {
    // Whether the first signal's clean-up is done before the second signal is a matter of chance.
    for _ in 0..8 {
        let place = place().await;
        // The beginning of a file is saved before the download breaks; then nothing more arrives.
        place.server.faults().http("GET /view", HttpFault::cut_body(520)).http("GET /view", HttpFault::hang().always());
        let mut running = place.start(&["run", "workflow.json"]);
        place.until("the download resumes", |server| server.count("GET /api/view") > 1).await;
        // A process that is paused gets both signals in the same moment when it goes on.
        for signal in ["-STOP", "-INT", "-TERM", "-CONT"] {
            running.signal(signal);
        }
        expect(&running.output().await, 130);
        assert_eq!(tree(&place.path("out")).len(), 0);
    }
}
