//! Tests `Config::build` as cargo runs it: in a process of its own, configured by the environment.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use comfy_codegen::Config;
use comfy_schema::server::ServerOptions;
use common::{SHAPES, folder};

/// Runs as the build script. The tests below start this test program again for it.
#[test]
#[ignore = "runs only with the environment that the other tests set"]
fn script() {
    let mut config = Config::new().schema(std::env::var("SCHEMA").unwrap());
    if let Ok(sources) = std::env::var("SOURCES") {
        config = config.used_in(sources);
    }
    if let Ok(path) = std::env::var("OUT_FILE") {
        config = config.out_file(path);
    }
    config.build();
}

fn run(out_dir: Option<&Path>, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "script", "--nocapture"]).env("SCHEMA", SHAPES);
    for name in ["OUT_DIR", "DOCS_RS", "COMFY_SCHEMA", "COMFY_SERVER"].iter().chain(&ServerOptions::VARIABLES) {
        command.env_remove(name);
    }
    if let Some(out_dir) = out_dir {
        command.env("OUT_DIR", out_dir);
    }
    command.envs(environment.iter().copied()).output().unwrap()
}

fn cargo_lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| Some(line.get(line.find("cargo:")?..)?.to_owned())).collect()
}

fn changed(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

/// Gives the file a time in the future, so that it can be seen whether the file is written again. A time in the past
/// would not do, because a file that is older than the build script is always written again.
fn set_future_time(path: &Path) -> SystemTime {
    set_time(path, SystemTime::now() + Duration::from_secs(3600))
}

fn set_time(path: &Path, time: SystemTime) -> SystemTime {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(time).unwrap();
    changed(path)
}

#[test]
fn a_file_older_than_the_generator_is_written_again() {
    let folder = folder("older");
    assert!(run(Some(&folder), &[]).status.success());
    let nodes = folder.join("comfy_nodes.rs");
    let old = set_time(&nodes, SystemTime::UNIX_EPOCH);
    assert!(run(Some(&folder), &[]).status.success());
    assert_ne!(changed(&nodes), old);
}

#[test]
fn cargo_is_told_when_to_run_the_script_again() {
    let folder = folder("lines");
    let sources = folder.join("src");
    fs::create_dir(&sources).unwrap();
    let output = run(Some(&folder), &[("SOURCES", sources.to_str().unwrap())]);
    assert!(output.status.success());
    assert_eq!(
        cargo_lines(&output),
        [
            "cargo:rerun-if-env-changed=COMFY_SCHEMA".to_owned(),
            "cargo:rerun-if-env-changed=COMFY_SERVER".to_owned(),
            format!("cargo:rerun-if-changed={SHAPES}"),
            format!("cargo:rerun-if-changed={}", sources.display()),
        ]
    );
}

#[test]
fn a_file_with_the_same_fingerprint_is_left_alone() {
    let folder = folder("unchanged");
    let target = folder.join("comfy_nodes.rs");
    run(Some(&folder), &[]);
    // The file is not even parsed, so that it may lack its body.
    let text = fs::read_to_string(&target).unwrap();
    fs::write(&target, text.lines().next().unwrap()).unwrap();
    let written = set_future_time(&target);
    assert!(run(Some(&folder), &[]).status.success());
    assert_eq!(changed(&target), written);
}

#[test]
fn another_schema_gives_another_file() {
    let folder = folder("another");
    let target = folder.join("comfy_nodes.rs");
    run(Some(&folder), &[]);
    let first = fs::read_to_string(&target).unwrap();
    let other = folder.join("other.json");
    fs::write(&other, r#"{"Only": {"input": {}, "output": [], "name": "Only"}}"#).unwrap();
    run(Some(&folder), &[("COMFY_SCHEMA", other.to_str().unwrap())]);
    let second = fs::read_to_string(&target).unwrap();
    assert!(first.contains("pub struct KSampler ") && !second.contains("pub struct KSampler "));
    assert!(second.contains("pub struct Only "));
}

#[test]
fn sources_that_use_the_same_nodes_change_nothing() {
    let folder = folder("same-use");
    let (target, sources) = (folder.join("comfy_nodes.rs"), folder.join("src"));
    fs::create_dir(&sources).unwrap();
    let environment = [("SOURCES", sources.to_str().unwrap())];
    let with = |code: &str| {
        fs::write(sources.join("lib.rs"), code).unwrap();
        assert!(run(Some(&folder), &environment).status.success());
    };
    with("KSampler");
    let written = set_future_time(&target);
    with("fn another() { KSampler }");
    assert_eq!(changed(&target), written);
    with("KSampler Sockets");
    assert_ne!(changed(&target), written);
    assert!(fs::read_to_string(&target).unwrap().contains("pub struct Sockets "));
}

#[test]
fn an_error_ends_the_process_with_1() {
    let folder = folder("fails");
    let output = run(Some(&folder), &[("COMFY_SCHEMA", "/no/such/file.json")]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("error: cannot find the node definitions /no/such/file.json"), "{message}");
    assert!(!message.contains("panicked"), "{message}");
}

#[test]
fn outside_cargo_nothing_is_printed_for_cargo() {
    let target = folder("outside").join("nodes.rs");
    let output = run(None, &[("OUT_FILE", target.to_str().unwrap())]);
    assert!(output.status.success() && target.exists());
    assert_eq!(cargo_lines(&output), Vec::<String>::new());
}

#[test]
fn docs_rs_needs_no_network_and_writes_only_to_out_dir() {
    let folder = folder("docs-rs");
    let target = folder.join("nodes.rs");
    let environment = [("DOCS_RS", "1"), ("COMFY_SERVER", "http://127.0.0.1:1")];
    assert!(run(Some(&folder), &environment).status.success());
    assert!(folder.join("comfy_nodes.rs").exists());
    let output = run(Some(&folder), &[environment[0], ("OUT_FILE", target.to_str().unwrap())]);
    assert!(output.status.success() && !target.exists());
}

#[test]
fn the_password_of_a_server_is_not_printed() {
    let output = run(Some(&folder("password")), &[("COMFY_SERVER", "http://me:secret@127.0.0.1:1/?key=secret")]);
    // The feature `live` decides whether this is a warning or an error.
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("http://127.0.0.1:1/") && !text.contains("secret"), "{text}");
}
