//! Mistakes do not compile, and rustc reports them with a helpful message at the token at fault.
//!
//! `cases/fail/` contains one case per mistake, named after it. `TRYBUILD=overwrite cargo test -p comfy-tests --test
//! compile_fail` updates the messages: read each of them before you keep it.
//!
//! The messages of rustc differ between releases, so they are compared on the pinned toolchain only. With any other rustc
//! each case must still fail, and the test prints the cases in which our own message is missing.

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
        println!("messages are compared with rustc {pinned} only, found rustc {rustc}");
        check_that_every_case_fails();
    }
}

/// Returns the release of the rustc that cargo uses here.
fn rustc() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").current_dir(workspace()).output().expect("rustc runs");
    let version = String::from_utf8_lossy(&output.stdout);
    version.split(' ').nth(1).expect("`rustc 1.2.3 (…)`").to_owned()
}

/// Returns the release in `rust-toolchain.toml`.
fn pinned() -> String {
    let file = fs::read_to_string(workspace().join("rust-toolchain.toml")).expect("the pinned toolchain");
    let channel = file.lines().find_map(|line| line.strip_prefix("channel = \"")).expect("a channel");
    channel.trim_end_matches('"').to_owned()
}

/// Checks that every case fails, regardless of the message.
fn check_that_every_case_fails() {
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
    let mut messages: BTreeMap<String, String> = BTreeMap::new();
    for message in project.check() {
        if message.level == "error" {
            messages.entry(message.target).or_default().push_str(&message.rendered);
        }
    }
    let compile: Vec<&String> = cases.keys().filter(|name| !messages.contains_key(*name)).collect();
    assert!(compile.is_empty(), "these mistakes compile: {compile:?}");
    for (name, path) in &cases {
        let expected =
            first_message(&fs::read_to_string(path.with_extension("stderr")).expect("the case has a message"));
        if !messages[name].contains(&expected) {
            println!("{name}: missing message: {expected}");
        }
    }
    println!("{} mistakes do not compile", cases.len());
}

/// Returns the cases by name.
fn cases() -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(workspace().join("tests/cases/fail")).expect("the cases");
    let paths = entries.map(|entry| entry.expect("the cases").path());
    let cases = paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    cases.map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path)).collect()
}

/// Returns the first message, without its error code and without the prefix that rustc adds to ours.
fn first_message(stderr: &str) -> String {
    let line = stderr.lines().find(|line| line.starts_with("error")).expect("an error");
    let text = line.split_once(": ").map_or(line, |(_, text)| text);
    text.trim_start_matches("evaluation panicked: ").to_owned()
}
