//! Colours appear on terminals only, and only if they are not turned off.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");

/// Returns what `cargo comfy nodes` prints to a terminal, which the program `script` provides. `None` where `script` is
/// not installed.
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
fn a_terminal_has_colours_unless_the_environment_turns_them_off() {
    let Some(coloured) = on_a_terminal(&[]) else { return };
    assert!(coloured.contains('\u{1b}'), "{coloured}");
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = on_a_terminal(&[variable]).unwrap();
        assert!(!plain.contains('\u{1b}'), "{variable:?}: {plain}");
    }
    // An empty value counts as not set: https://no-color.org
    assert!(on_a_terminal(&[("NO_COLOR", "")]).unwrap().contains('\u{1b}'));
}

#[test]
fn a_pipe_has_no_colours() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    let output = command.args(["nodes", "KSampler", "--schema", SCHEMA]).env("TERM", "xterm").output().unwrap();
    assert!(!output.stdout.contains(&0x1b));
}
