//! Errors of code generation.

use std::io;
use std::path::PathBuf;

use comfy_schema::SchemaError;
use comfy_schema::shown::{self, escaped};
use thiserror::Error;

use crate::plan::{OverrideError, SelectionError};

/// The error of a failed generation. An existing file stays unchanged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither a file nor a server was named.
    #[error(
        "no node definitions are configured; call `Config::schema` with the response of a server's /object_info{}",
        list(snapshots)
    )]
    NoSchema {
        /// The JSON files in `schemas/`.
        snapshots: Vec<PathBuf>,
    },

    /// The file with the node definitions does not exist.
    #[error(
        "cannot find the node definitions {}{}; save them with `curl -o FILE http://127.0.0.1:8188/object_info`",
        shown::path(path),
        list(snapshots)
    )]
    SchemaMissing {
        /// The path that was named.
        path: PathBuf,
        /// The JSON files in its folder, or else in `schemas/`.
        snapshots: Vec<PathBuf>,
    },

    /// A file cannot be read.
    #[error("cannot read {}; check its permissions, and that it is a file", shown::path(path))]
    Read {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The document does not contain node definitions.
    #[error("cannot generate nodes from {}", escaped(origin))]
    Schema {
        /// The path of the file, or the URL without user, password and query.
        origin: String,
        /// The error of the parser, which describes the document and ends with a hint.
        source: SchemaError,
    },

    /// Some of the nodes that were named are not in the schema.
    #[error("{}", lines(_0))]
    Nodes(Vec<SelectionError>),

    /// Some of the overrides of combos do not apply to the schema.
    #[error("{}", lines(_0))]
    Overrides(Vec<OverrideError>),

    /// A source file or folder of [`Config::used_in`](crate::Config::used_in) cannot be read.
    #[error("cannot read the sources {}; give `used_in` a folder or a file that exists", shown::path(path))]
    Sources {
        /// The path of the file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The server did not return node definitions.
    #[error("cannot get node definitions from the server {}; is it running, and is this its base URL?", escaped(url))]
    Unreachable {
        /// The base URL, without user, password and query.
        url: String,
        /// The error of the HTTP client.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The options of the server are invalid, or it has to be asked at another address.
    #[error("cannot ask the server {}: {}", escaped(url), escaped(reason))]
    Server {
        /// The base URL, without user, password and query.
        url: String,
        /// The reason, with what to do.
        reason: String,
    },

    /// A server was named, but this build of the crate cannot ask one.
    #[error(
        "cannot ask the server {}: enable the feature `live` of comfy-codegen \
         (`comfy-codegen = {{ version = \"{}\", features = [\"live\"] }}`)",
        escaped(url), env!("CARGO_PKG_VERSION")
    )]
    NoLiveFeature {
        /// The base URL, without user, password and query.
        url: String,
    },

    /// The path of the file to write is unknown.
    #[error("OUT_DIR is not set, so this is not a build script; name a file with `Config::out_file`")]
    NoOutDir,

    /// The file cannot be written.
    #[error(
        "cannot write {}; check that its folder exists and is writable, and that the disk is not full",
        shown::path(path)
    )]
    Write {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// The generated source is not Rust, which is a bug of this crate.
    #[error(
        "the generated source does not parse, which is a bug in comfy-codegen; please report it with {}",
        escaped(origin)
    )]
    Unparsable {
        /// The path or the URL, without user, password and query, of the definitions.
        origin: String,
        /// The error of the parser.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn list(snapshots: &[PathBuf]) -> String {
    if snapshots.is_empty() {
        return String::new();
    }
    let names: Vec<String> = snapshots.iter().map(|path| shown::path(path).to_string()).collect();
    format!(" (found {})", names.join(", "))
}

fn lines(errors: &[impl ToString]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
