//! End-to-end tests of `cargo comfy run` on the stand-in server.
#![cfg(all(feature = "run", feature = "serve"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use comfy_mock::{Server, Timing};
use tempfile::TempDir;

const WORKFLOW: &str = r#"{
    "ckpt": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd15.safetensors"}},
    "prompt": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["ckpt", 1]}},
    "latent": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 32, "batch_size": 1}},
    "samples": {"class_type": "KSampler", "inputs": {
        "model": ["ckpt", 0], "positive": ["prompt", 0], "negative": ["prompt", 0], "latent_image": ["latent", 0],
        "seed": 1, "steps": 2, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}},
    "decoded": {"class_type": "VAEDecode", "inputs": {"samples": ["samples", 0], "vae": ["ckpt", 2]}},
    "save": {"class_type": "SaveImage", "inputs": {"images": ["decoded", 0], "filename_prefix": "cat"}}
}"#;

struct Place {
    folder: TempDir,
    server: Server,
}

impl Place {
    async fn new(timing: Timing) -> Self {
        let place =
            Self { folder: TempDir::new().unwrap(), server: Server::builder().timing(timing).spawn().await.unwrap() };
        std::fs::write(place.path("workflow.json"), WORKFLOW).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
        command.args(["comfy", "run", "--server", &self.server.url()]).args(arguments);
        command.current_dir(self.folder.path()).env_remove("COMFY_URL").stdin(Stdio::null());
        command
    }

    /// Runs the command on a thread of its own, because it waits for the server.
    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }
}

fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into(), String::from_utf8_lossy(&output.stderr).into())
}

fn is_png(path: &Path) -> bool {
    std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"\x89PNG"))
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_saved_and_their_paths_printed() {
    let place = Place::new(Timing::instant()).await;
    let output = place.run(&["workflow.json", "--set", "samples.seed=7", "--set", "prompt.text=a dog"]).await;
    let (out, err) = texts(&output);
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert_eq!(out.trim(), Path::new("out").join("cat_00001_.png").display().to_string());
    assert!(is_png(&place.path("out/cat_00001_.png")));
    assert!(err.contains("samples (KSampler)"), "{err}");
    let history = place.server.history(&place.server.finished()[0]).unwrap().to_string();
    assert!(
        history.contains("a dog") && history.contains(r#""seed":7"#) || history.contains(r#""seed": 7"#),
        "{history}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workflow_of_a_picture_runs_again() {
    let place = Place::new(Timing::instant()).await;
    place.run(&["workflow.json"]).await;
    let output = place.run(&["out/cat_00001_.png", "--out", "again"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).1);
    assert!(is_png(&place.path("again/cat_00001_.png")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_hold_a_workflow_for_the_editor_with_editable() {
    let place = Place::new(Timing::instant()).await;
    let output = place.run(&["workflow.json", "--editable", "--set", "samples.seed=7"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", texts(&output).1);
    let picture = std::fs::read(place.path("out/cat_00001_.png")).unwrap();
    let document = comfy_convert::read(&picture).unwrap();
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
    let schema = comfy_schema::Schema::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let queued = comfy_convert::Converter::new(&schema).convert(document.ui().unwrap()).unwrap().prompt;
    let seed = |prompt: &comfy_schema::Value| prompt.to_string().contains(r#""seed":7"#);
    assert!(seed(&queued) && seed(document.api().unwrap()), "{queued}");
    // Without the flag the picture holds only the prompt.
    place.run(&["workflow.json", "--out", "plain"]).await;
    let plain = comfy_convert::read(&std::fs::read(place.path("plain/cat_00002_.png")).unwrap()).unwrap();
    assert!(plain.ui().is_none() && plain.api().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_lines_of_json_with_json() {
    let place = Place::new(Timing::instant()).await;
    let (out, _) = texts(&place.run(&["workflow.json", "--json"]).await);
    let events: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names.last(), Some(&"saved"));
    assert_eq!(names.iter().filter(|name| **name == "finished").count(), 1);
    assert!(names.contains(&"progress") && names.contains(&"executed"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_exits_with_1_and_its_reason() {
    let place = Place::new(Timing::instant()).await;
    let output = place.run(&["workflow.json", "--set", "samples.steps=0"]).await;
    assert_eq!(output.status.code(), Some(1));
    let (_, err) = texts(&output);
    assert!(err.contains("node `samples` (KSampler)") && err.contains("value_smaller_than_min"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_node_exits_with_1() {
    let place = Place::new(Timing::instant()).await;
    place.server.node("VAEDecode").fail_with("torch.OutOfMemoryError", "no memory");
    let output = place.run(&["workflow.json"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(texts(&output).1.contains("node `decoded` (VAEDecode) failed: torch.OutOfMemoryError: no memory"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_input_is_reported_before_anything_is_sent() {
    let place = Place::new(Timing::instant()).await;
    let output = place.run(&["workflow.json", "--set", "samples.stps=3"]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(texts(&output).1.contains("did you mean `steps`?"));
    assert_eq!(place.server.count("POST /prompt"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_exits_with_2() {
    let place = Place::new(Timing::instant()).await;
    let output = place.run(&["workflow.json", "--server", "http://127.0.0.1:1"]).await;
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_cancels_the_run_on_the_server() {
    let place = Place::new(Timing::instant().step(Duration::from_millis(20))).await;
    let mut child =
        place.command(&["workflow.json", "--set", "samples.steps=10000"]).stderr(Stdio::null()).spawn().unwrap();
    let begun = place.server.until(|server| server.running().is_some());
    tokio::time::timeout(Duration::from_secs(60), begun).await.expect("the run begins");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(130));
    place.server.idle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_prompt_is_refused_with_the_reason() {
    let place = Place::new(Timing::instant()).await;
    let muted = r#"{"version": 0.4, "links": [], "nodes": [{"id": 1, "type": "PreviewImage", "mode": 2}]}"#;
    std::fs::write(place.path("muted.json"), muted).unwrap();
    let output = place.run(&["muted.json"]).await;
    assert_eq!(output.status.code(), Some(1));
    let (_, errors) = texts(&output);
    assert!(errors.contains("error: muted.json: the prompt is empty, because its only node is muted"), "{errors}");
    assert!(place.server.finished().is_empty());
}
