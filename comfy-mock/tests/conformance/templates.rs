//! The workflow templates of ComfyUI, whose models and input files the stand-in does not have.

use std::path::Path;
use std::time::Duration;

use comfy_mock::{Server, Timing};
use serde_json::json;

use crate::support::post;

/// Submits every prompt of a folder, and checks that all but `refused` are accepted as a whole. Nothing runs. The tests of
/// the validator name the refused ones.
pub(crate) async fn run(folder: &Path, prompts: usize, refused: usize) {
    let never = Timing::instant().start(Duration::from_secs(3_600));
    let server = Server::builder().timing(never).spawn().await.unwrap();
    let (mut seen, mut not_whole) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".api.json") {
            let prompt: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let response = post(&server, "/prompt", &json!({"prompt": prompt})).await;
            seen += 1;
            if response.status != 200 || response.json()["node_errors"] != json!({}) {
                not_whole.push(name);
            }
        }
    }
    assert_eq!((seen, not_whole.len()), (prompts, refused), "{not_whole:?}");
}
