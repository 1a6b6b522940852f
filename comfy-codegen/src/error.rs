//! What can go wrong, and what to do about it.

use std::io;
use std::path::PathBuf;

use comfy_schema::SchemaError;
use thiserror::Error;

use crate::{OverrideError, SelectionError};

/// Why nothing was generated. Whatever was there before is untouched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither a file nor a server was named.
    #[error(
        "no node definitions were named: call `Config::schema` with the answer of a server's /object_info{}",
        list(snapshots)
    )]
    NoSchema {
        /// The files in `schemas/`.
        snapshots: Vec<PathBuf>,
    },

    /// The file is not there.
    #[error(
        "the node definitions {} do not exist{}; save one with `curl -o FILE http://127.0.0.1:8188/object_info`",
        path.display(), list(snapshots)
    )]
    SchemaMissing {
        /// The file that was named.
        path: PathBuf,
        /// The files that are in its folder, or in `schemas/`.
        snapshots: Vec<PathBuf>,
    },

    /// A file cannot be read.
    #[error("{} cannot be read; check its permissions, and that it is a file", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },

    /// The document holds no node definitions.
    #[error("no nodes can be generated from {origin}")]
    Schema {
        /// The file, or the URL without user, password and query.
        origin: String,
        /// What it holds instead, and what to do.
        source: SchemaError,
    },

    /// Nodes were named that the schema does not have.
    #[error("{}", lines(_0))]
    Nodes(Vec<SelectionError>),

    /// Overrides of combos do not apply to the schema.
    #[error("{}", lines(_0))]
    Overrides(Vec<OverrideError>),

    /// A source file or folder of `Config::used_in` cannot be read.
    #[error("the sources {} cannot be read; give `used_in` a folder or a file that exists", path.display())]
    Sources {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },

    /// The server gave no definitions.
    #[error("the server {url} gave no node definitions; is it running, and is this its base URL?")]
    Unreachable {
        /// Its base URL, without user, password and query.
        url: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A server was named, but this build of the crate cannot ask one.
    #[error(
        "the server {url} cannot be asked: enable the feature `live` of comfy-codegen \
         (`comfy-codegen = {{ version = \"{}\", features = [\"live\"] }}`)",
        env!("CARGO_PKG_VERSION")
    )]
    NoLiveFeature {
        /// Its base URL, without user, password and query.
        url: String,
    },

    /// It is not known where to write.
    #[error("OUT_DIR is not set, so this is no build script: name a file with `Config::out_file`")]
    NoOutDir,

    /// The file cannot be written.
    #[error("{} cannot be written; check that its folder exists and may be written to, and that the disk is not full", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },

    /// The generated source is not Rust. This is a mistake of this crate.
    #[error("the generated source does not parse, which is a mistake in comfy-codegen: please report it with {origin}")]
    Unparsable {
        /// The file, or the URL without user, password and query, of the definitions.
        origin: String,
        /// Where.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn list(snapshots: &[PathBuf]) -> String {
    if snapshots.is_empty() {
        return String::new();
    }
    let names: Vec<String> = snapshots.iter().map(|path| path.display().to_string()).collect();
    format!(" (there is {})", names.join(", "))
}

fn lines(errors: &[impl ToString]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
