//! Mistakes do not compile, and rustc says what a user would want to hear, at the token that is wrong.
//!
//! One case per mistake under `cases/fail/`, named for it. `TRYBUILD=overwrite cargo test -p comfy-tests --test
//! compile_fail` writes the messages anew: read each before you keep it.
//!
//! What rustc says differs from release to release, so the messages are compared on the pinned toolchain only. With any
//! other rustc each case must still fail, and it is printed which of our own messages are missing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use comfy_tests::workspace;
use support::Project;

#[test]
fn mistakes_do_not_compile() {
    let (rustc, pinned) = (rustc(), pinned());
    if rustc == pinned {
        trybuild::TestCases::new().compile_fail("cases/fail/*.rs");
    } else {
        println!("this is rustc {rustc}: messages are compared with rustc {pinned} only");
        fail_somehow();
    }
}

/// The release of the rustc that cargo uses here.
fn rustc() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").current_dir(workspace()).output().expect("rustc runs");
    let version = String::from_utf8_lossy(&output.stdout);
    version.split(' ').nth(1).expect("`rustc 1.2.3 (…)`").to_owned()
}

/// The release in `rust-toolchain.toml`.
fn pinned() -> String {
    let file = fs::read_to_string(workspace().join("rust-toolchain.toml")).expect("the pinned toolchain");
    let channel = file.lines().find_map(|line| line.strip_prefix("channel = \"")).expect("a channel");
    channel.trim_end_matches('"').to_owned()
}

/// Every case fails, whatever rustc says.
fn fail_somehow() {
    let cases = cases();
    let (tests, runtime) = (workspace().join("tests"), workspace().join("comfy-runtime"));
    let manifest = format!(
        "[package]\nname = \"mistakes\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         comfy-runtime = {{ path = '{}' }}\ncomfy-tests = {{ path = '{}' }}\n\n[workspace]\n",
        runtime.display(),
        tests.display()
    );
    let project = Project::new("mistakes", &manifest);
    for (name, path) in &cases {
        project.file(format!("src/bin/{name}.rs"), &fs::read_to_string(path).expect("the case is readable"));
    }
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    for message in project.check() {
        if message.level == "error" {
            said.entry(message.target).or_default().push_str(&message.rendered);
        }
    }
    let compile: Vec<&String> = cases.keys().filter(|name| !said.contains_key(*name)).collect();
    assert!(compile.is_empty(), "these mistakes compile: {compile:?}");
    for (name, path) in &cases {
        let expected =
            first_message(&fs::read_to_string(path.with_extension("stderr")).expect("the case has a message"));
        if !said[name].contains(&expected) {
            println!("{name}: not said in so many words: {expected}");
        }
    }
    println!("{} mistakes do not compile", cases.len());
}

/// The cases by name.
fn cases() -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(workspace().join("tests/cases/fail")).expect("the cases");
    let paths = entries.map(|entry| entry.expect("the cases").path());
    let cases = paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    cases.map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path)).collect()
}

/// The first message, without its number and what rustc puts before ours.
fn first_message(stderr: &str) -> String {
    let line = stderr.lines().find(|line| line.starts_with("error")).expect("an error");
    let text = line.split_once(": ").map_or(line, |(_, text)| text);
    text.trim_start_matches("evaluation panicked: ").to_owned()
}
