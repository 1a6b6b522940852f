//! Generated nodes, paths and helpers that the end-to-end tests share.

/// Every node of ComfyUI 0.26.0.
pub mod nodes {
    comfy_runtime::include_nodes!();
}

/// One node of every shape that a schema can have, from a hand-written schema.
pub mod shapes {
    comfy_runtime::include_nodes!("shapes.rs");
}

/// A node with a combo of 200 options.
pub mod many_options {
    comfy_runtime::include_nodes!("many_options.rs");
}

use std::path::{Path, PathBuf};

/// Returns the folder of the workspace.
pub fn workspace() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}

/// Returns the folder with data recorded from real servers, which the environment variable `COMFY_DATA` names, if it is
/// set. A relative path starts at the workspace.
pub fn data() -> Option<PathBuf> {
    let data = std::env::var_os("COMFY_DATA").filter(|value| !value.is_empty())?;
    Some(workspace().join(data))
}

pub mod imports;

/// The imported prompts of `imports/`.
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    reason = "imported code is written for the default lints of rustc only"
)]
pub mod imported {
    include!(concat!(env!("OUT_DIR"), "/imports.rs"));
}
