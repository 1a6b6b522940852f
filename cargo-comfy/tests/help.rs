//! End-to-end tests of help, completions and manual pages.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

/// Returns the names of the commands in the help.
fn commands() -> Vec<String> {
    let all = stdout(&["--help"]);
    let list = all.split_once("Commands:\n").unwrap().1.split("\n\n").next().unwrap();
    let names: Vec<String> =
        list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    assert!(names.len() >= 10, "{names:?}");
    #[cfg(all(feature = "run", feature = "serve"))]
    assert!(["run", "serve", "snapshot"].iter().all(|name| names.iter().any(|other| other == name)), "{names:?}");
    names
}

#[track_caller]
fn stdout(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-comfy")).arg("comfy").args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_has_examples_and_exit_codes() {
    for command in commands() {
        let help = stdout(&[&command, "--help"]);
        assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{command}");
        assert!(help.contains(&format!("Usage: cargo comfy {command}")), "{help}");
    }
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&["completions", shell]);
        for word in commands().iter().map(String::as_str).chain(["cargo-comfy", "uses"]) {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// Asks bash, where it is installed, to complete with the script.
#[test]
fn bash_completes_commands_and_options() {
    let script = stdout(&["completions", "bash"]);
    for (words, last, expected) in [
        ("cargo-comfy gr", 1, "graph"),
        ("cargo-comfy diff --us", 2, "--uses"),
        ("cargo-comfy diff --format ma", 3, "markdown"),
    ] {
        let mut typed = words.split(' ').rev();
        let (word, before) = (typed.next().unwrap(), typed.next().unwrap());
        let ask = format!(
            "COMP_WORDS=({words}); COMP_CWORD={last}; \
             $(complete -p cargo-comfy | sed 's/.*-F \\([^ ]*\\).*/\\1/') cargo-comfy '{word}' '{before}'; echo \"${{COMPREPLY[@]}}\""
        );
        match Command::new("bash").args(["-c", &format!("{script}\n{ask}")]).output() {
            Ok(output) => assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), expected, "{words}"),
            Err(error) => eprintln!("skipped: bash: {error}"),
        }
    }
}

#[test]
fn manual_pages() {
    let page = stdout(&["man"]);
    assert!(page.contains(".TH cargo-comfy 1"), "{page}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("man");
    stdout(&["man", "--out", folder.to_str().unwrap()]);
    for command in commands() {
        let page = std::fs::read_to_string(folder.join(format!("cargo-comfy-{command}.1"))).unwrap();
        assert!(page.contains("Examples:"), "{command}");
    }
}
