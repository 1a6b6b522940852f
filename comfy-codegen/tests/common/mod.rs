//! Helpers that the tests of the generator share.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::fs;
use std::path::{Path, PathBuf};

/// The hand-written schema with one node of every shape.
pub(crate) const SHAPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/shapes.json");

/// Creates an empty folder for one test.
pub(crate) fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comfy-codegen").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Creates a file with this content in an empty folder for one test.
pub(crate) fn file(test: &str, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder(test).join(name);
    fs::write(&path, content).unwrap();
    path
}

/// Returns a message with `TMP` in place of the folder for tests, and with forward slashes on every system.
pub(crate) fn portable(message: &impl ToString) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comfy-codegen");
    message.to_string().replace(&folder.display().to_string(), "TMP").replace('\\', "/")
}

/// Returns generated source without its first line, which has the fingerprint.
pub(crate) fn body(source: &str) -> &str {
    source.split_once('\n').map_or("", |(_, body)| body)
}
