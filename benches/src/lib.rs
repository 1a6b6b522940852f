//! What the benchmarks share. The figures are in `docs/performance.md`; every one comes from a command here.

pub mod coverage;
pub mod measure;
pub mod projects;
pub mod straight_line;

use std::path::PathBuf;
use std::{env, io};

/// The schema that the figures are about.
pub fn schema() -> PathBuf {
    workspace().join("schemas/comfyui-0.26.0.json")
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Cargo's target folder: the one that this program was built into.
///
/// # Errors
///
/// If the program does not know where it is.
pub fn target() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    program.ancestors().nth(2).map(PathBuf::from).ok_or_else(|| io::Error::other("not in a target folder"))
}
