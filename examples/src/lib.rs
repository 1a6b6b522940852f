//! What the examples share.

/// One type for every node class, as `build.rs` generated them.
pub mod nodes {
    comfy_runtime::include_nodes!();
}

pub mod server;
