//! Generates typed Rust nodes from the `/object_info` of a ComfyUI server.
//!
//! ```no_run
//! // build.rs
//! comfy_codegen::build("schemas/comfyui-0.26.0.json");
//! ```
//!
//! ```ignore
//! // src/main.rs
//! mod nodes { comfy_runtime::include_nodes!(); }
//! ```
//!
//! [`Config`] has the options: it can generate only some nodes or those that the sources use, open and close combos,
//! ask a running server instead of reading a file, and write a file to check in. A build uses the network only if it is
//! configured to.
//!
//! # What is generated
//!
//! Everything that the schema declares is generated; an input without a typed form takes JSON and is listed in the
//! [`Report`]. A node is a struct with a field for every input. Unless [`Config::builders`] is switched off, it has a
//! constructor and setters:
//!
//! | schema | Rust |
//! |---|---|
//! | class `KSampler` | `KSampler`, with `KSampler::new(…)` and `KSamplerBuilder` |
//! | several outputs | `CheckpointLoaderSimpleOutputs { model, clip, vae }` |
//! | a dynamic input of a class | `resize_image_mask_node::resize_type::ScaleDimensions`, a struct for every branch |
//! | a list of options | `options::SamplerName`, one enum for all inputs with the list, a `ComboEnum` of the runtime |
//! | a type word of a custom node | `types::POSE_KEYPOINT` |
//!
//! Names keep as close to the schema as Rust allows. Where they differ, the documentation of the item and its
//! `doc(alias)` have the exact name, and the [`Report`] lists it.
//!
//! # Features
//!
//! * `live` (off by default): [`Config::server`] and the environment variable `COMFY_SERVER`, which ask a running
//!   server.
//!
//! # How it works
//!
//! `document` loads the node definitions and `comfy-schema` parses them. `plan` decides what every node and input
//! becomes, with names from `names` that depend neither on the order of nodes nor on which nodes are generated. `pack`
//! writes the descriptors that the runtime reads, and `emit` writes the source. `generator` runs these steps for a
//! [`Config`]; `cargo` does so for a build script, unless nothing has changed, and `output` replaces the file
//! atomically.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cargo;
mod config;
mod document;
mod emit;
mod error;
mod generator;
mod limits;
#[doc(hidden)]
pub mod names;
mod output;
mod pack;
#[doc(hidden)]
pub mod plan;
mod report;
mod scan;
#[doc(hidden)]
pub mod text;

pub use comfy_schema;
pub use config::{Config, Definitions};
pub use error::Error;
pub use generator::Generated;
pub use output::Head;
pub use plan::{OverrideError, SelectionError};
pub use report::{Renamed, Report};

use std::path::PathBuf;

/// Generates every node of a file with node definitions, from a build script. This is short for
/// [`Config::new().schema(path).build()`](Config::build).
///
/// If generating fails, the error is printed and the process exits with status 1.
pub fn build(schema: impl Into<PathBuf>) {
    Config::new().schema(schema).build();
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn assert_send_sync<T: Send + Sync + 'static>() {}

    #[test]
    fn types_are_send_and_sync() {
        assert_send_sync::<Config>();
        assert_send_sync::<Definitions>();
        assert_send_sync::<Generated>();
        assert_send_sync::<Error>();
        assert_send_sync::<OverrideError>();
        assert_send_sync::<SelectionError>();
    }
}
