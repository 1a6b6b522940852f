//! Code that the benchmarks share. `docs/performance.md` has their figures and the command for each.

pub mod coverage;
pub mod hostile;
pub mod measure;
pub mod projects;
pub mod straight_line;

use std::path::PathBuf;
use std::{env, io};

/// Returns the path of the node definitions that the figures are measured on.
pub fn schema() -> PathBuf {
    workspace().join("schemas/comfyui-0.26.0.json")
}

/// Returns the folder of the workspace.
pub fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns cargo's target folder, the one that this program was built into.
///
/// # Errors
///
/// Returns an error if the path of the program is unknown or is not in a target folder.
pub fn target() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    program
        .ancestors()
        .nth(2)
        .map(PathBuf::from)
        .ok_or_else(|| io::Error::other("the program is not in a target folder"))
}
