//! Schema in, Rust source out.

mod cargo;
mod config;
mod emit;
mod error;
mod generator;
mod live;
mod names;
mod output;
mod pack;
mod plan;
mod report;
mod scan;

pub use config::Config;
pub use error::Error;
pub use plan::{OverrideError, SelectionError};
pub use report::{Renamed, Report};

use std::path::PathBuf;

/// Generates every node of a file with node definitions, from a build script.
///
/// The short form of [`Config::new().schema(path).build()`](Config::build).
pub fn build(schema: impl Into<PathBuf>) {
    Config::new().schema(schema).build();
}
