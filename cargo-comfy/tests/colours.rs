//! Colours are for terminals, and for those who want them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");

/// What `cargo comfy nodes` prints to a terminal, which `script` is. `None` where that is not installed.
fn on_a_terminal(environment: &[(&str, &str)]) -> Option<String> {
    let call = format!("'{}' nodes KSampler --schema '{SCHEMA}'", env!("CARGO_BIN_EXE_cargo-comfy"));
    let mut command = Command::new("script");
    command.args(["-q", "-e", "-c", &call, "/dev/null"]).env_remove("NO_COLOR").env("TERM", "xterm");
    match command.envs(environment.iter().copied()).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(text.contains("KSampler"), "{text}");
            Some(text)
        }
        Err(error) => {
            eprintln!("skipped: script: {error}");
            None
        }
    }
}

#[test]
fn a_terminal_has_colours_unless_they_are_unwanted() {
    let Some(coloured) = on_a_terminal(&[]) else { return };
    assert!(coloured.contains('\u{1b}'), "{coloured}");
    for unwanted in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = on_a_terminal(&[unwanted]).unwrap();
        assert!(!plain.contains('\u{1b}'), "{unwanted:?}: {plain}");
    }
    // Empty is as if it were not set: https://no-color.org
    assert!(on_a_terminal(&[("NO_COLOR", "")]).unwrap().contains('\u{1b}'));
}

#[test]
fn a_pipe_has_none() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    let output = command.args(["nodes", "KSampler", "--schema", SCHEMA]).env("TERM", "xterm").output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
}
