//! What the tests of the generator share.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::fs;
use std::path::{Path, PathBuf};

/// The hand-written schema with one node of every shape.
pub(crate) const SHAPES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/shapes.json");

/// An empty folder for one test.
pub(crate) fn folder(test: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comfy-codegen").join(test);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// A file with this content in an empty folder for one test.
pub(crate) fn file(test: &str, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder(test).join(name);
    fs::write(&path, content).unwrap();
    path
}

/// A message with the folder for tests left out, and forward slashes on every system.
pub(crate) fn portable(message: &impl ToString) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("comfy-codegen");
    message.to_string().replace(&folder.display().to_string(), "TMP").replace('\\', "/")
}

/// Generated source without its first line, which says what it was made of.
pub(crate) fn body(source: &str) -> &str {
    source.split_once('\n').map_or("", |(_, body)| body)
}
