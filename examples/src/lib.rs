//! The nodes that the examples use, as `build.rs` generated them.

/// One type for every node class.
pub mod nodes {
    comfy_runtime::include_nodes!();
}
