//! Code that the examples share.

/// The node types that `build.rs` generates.
pub mod nodes {
    comfy_runtime::include_nodes!();
}

pub mod server;
