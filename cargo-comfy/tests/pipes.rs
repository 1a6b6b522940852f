//! End-to-end tests of commands whose standard output or standard error is closed or full.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::File;
use std::io::{Read as _, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
const PROMPT: &str = r#"{"1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}},
"2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}"#;
const INVALID: &str = r#"{"2": {"class_type": "PreviewImage", "inputs": {}}}"#;

/// Writes the files that the commands read, and returns their folder.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-comfy-pipes").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("valid.json"), PROMPT).unwrap();
    std::fs::write(folder.join("invalid.json"), INVALID).unwrap();
    std::fs::write(folder.join("lines.jsonl"), format!("{{\"prompt\": {}}}\n", PROMPT.replace('\n', " "))).unwrap();
    folder
}

fn command(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-comfy"));
    command.current_dir(folder).arg("comfy").stdin(Stdio::null());
    command.args(arguments.replace("SCHEMA", SCHEMA).split(' '));
    command
}

/// Returns the end of a pipe that nobody reads.
fn closed() -> Stdio {
    pipe().unwrap().1.into()
}

/// Commands that print to standard output. Of each kind of output there is at least one.
const PRINTING: &[&str] = &[
    "--help",
    "--version",
    "check --help",
    "nodes -h",
    "man",
    "completions bash",
    "completions zsh",
    "nodes --schema SCHEMA",
    "nodes KSampler --schema SCHEMA",
    "nodes --schema SCHEMA --limit 0 --format json",
    "check valid.json --schema SCHEMA",
    "check invalid.json invalid.json invalid.json --schema SCHEMA",
    "check invalid.json valid.json --schema SCHEMA --format json",
    "check no-such-file.json --schema SCHEMA --format json",
    "check invalid.json --schema SCHEMA --format github",
    "check --jsonl lines.jsonl --schema SCHEMA",
    "convert valid.json",
    "convert valid.json valid.json --format compact",
    "convert valid.json --format request",
    "diff SCHEMA SCHEMA",
    "diff SCHEMA SCHEMA --format json",
    "diff SCHEMA SCHEMA --format markdown",
    "export valid.json --schema SCHEMA",
    "generate --schema SCHEMA --nodes KSampler --out nodes.rs",
    "generate --schema SCHEMA --nodes KSampler --out nodes.rs --report json",
    "graph valid.json",
    "graph valid.json --format html",
    "graph valid.json --format mmd",
    "import valid.json --schema SCHEMA",
    "import valid.json --schema SCHEMA --time",
    #[cfg(feature = "serve")]
    "serve --port 0",
];

#[test]
fn a_closed_standard_output_ends_every_command_with_141() {
    let folder = folder("closed");
    for arguments in PRINTING {
        let output = command(&folder, arguments).stdout(closed()).stderr(Stdio::piped()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(141), "{arguments}: {errors}");
        assert!(!errors.contains("panicked"), "{arguments}: {errors}");
    }
}

/// The reader closes the pipe while the command writes, as `head -1` does.
#[test]
fn a_reader_that_stops_reading_ends_the_command_with_141() {
    let folder = folder("head");
    for arguments in ["nodes --schema SCHEMA --limit 0", "nodes --schema SCHEMA --limit 0 --format json"] {
        let mut child = command(&folder, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // More than the pipe holds is written, so the command still writes when the pipe is closed.
        child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(141), "{arguments}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        eprintln!("skipped: there is no /dev/full");
        return;
    };
    let folder = folder("full");
    for arguments in PRINTING {
        let output =
            command(&folder, arguments).stdout(full.try_clone().unwrap()).stderr(Stdio::piped()).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {errors}");
        assert!(errors.contains("cannot write to standard output"), "{arguments}: {errors}");
    }
}

#[test]
fn a_closed_standard_error_changes_nothing() {
    let folder = folder("stderr");
    for (arguments, code) in [
        ("--no-such-option", 2),
        ("check no-such-file.json --schema SCHEMA", 2),
        ("check invalid.json --schema SCHEMA", 1),
        ("convert no-such-file.json valid.json", 2),
        ("convert valid.json", 0),
        ("nodes NoSuchNode --schema SCHEMA", 1),
        ("nodes KSampler --schema no-such-file.json", 2),
    ] {
        let status = command(&folder, arguments).stdout(Stdio::null()).stderr(closed()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments}");
    }
}
