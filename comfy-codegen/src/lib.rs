//! Schema in, Rust source out: typed nodes from the `/object_info` of a ComfyUI server.
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
//! [`Config`] says more: only some nodes or those that the sources use, which combos are open, a running server
//! instead of a file, a file to check in. A build needs no network unless it is told so.
//!
//! # What is generated
//!
//! Everything that the schema declares; what has no typed form takes JSON and is listed in the [`Report`]. A node is
//! a struct with a field for every input, and with a constructor and setters unless [`Config::builders`] says no:
//!
//! | schema | Rust |
//! |---|---|
//! | class `KSampler` | `KSampler`, with `KSampler::new(…)` and `KSamplerBuilder` |
//! | several outputs | `CheckpointLoaderSimpleOutputs { model, clip, vae }` |
//! | a dynamic input of a class | `resize_image_mask_node::resize_type::ScaleDimensions`, a struct for every branch |
//! | a list of options | `options::SamplerName`, one enum for all that share the list, a `ComboEnum` of the runtime |
//! | a type word of a pack | `types::POSE_KEYPOINT` |
//!
//! Names keep as close to the schema as Rust allows. Where they cannot, the documentation of the item and its
//! `doc(alias)` have the exact name, and the [`Report`] lists it.
//!
//! # Features
//!
//! * `live`: [`Config::server`] and the environment variable `COMFY_SERVER`, which ask a running server.
//! * `import`: the module `import`, which turns a workflow into Rust source. Build scripts have no use for it.
//!
//! Neither is on by default.
//!
//! # How it works
//!
//! `comfy-schema` parses the document. `plan` decides what every node and input becomes, with names that do not
//! depend on the order of nodes nor on which of them are wanted. `pack` writes the descriptors that the runtime
//! reads. `emit` writes the source. `output` puts it in place, all at once and only if it changed.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cargo;
mod config;
mod emit;
mod error;
mod generator;
#[cfg(feature = "import")]
pub mod import;
mod live;
mod names;
mod output;
mod pack;
mod plan;
mod report;
mod scan;

pub use comfy_schema;
pub use config::{Config, Definitions, Generated};
pub use error::Error;
pub use plan::{OverrideError, SelectionError};
pub use report::{Renamed, Report};

use std::path::PathBuf;

/// Generates every node of a file with node definitions, from a build script: the short form of
/// [`Config::new().schema(path).build()`](Config::build).
///
/// If that fails it prints why and ends the process with 1.
pub fn build(schema: impl Into<PathBuf>) {
    Config::new().schema(schema).build();
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn goes_to_other_threads<T: Send + Sync + 'static>() {}

    #[test]
    fn types_go_to_other_threads() {
        goes_to_other_threads::<Config>();
        goes_to_other_threads::<Definitions>();
        goes_to_other_threads::<Generated>();
        goes_to_other_threads::<Error>();
        goes_to_other_threads::<OverrideError>();
        goes_to_other_threads::<SelectionError>();
        #[cfg(feature = "import")]
        goes_to_other_threads::<import::Importer<'static>>();
        #[cfg(feature = "import")]
        goes_to_other_threads::<import::ImportError>();
    }
}
