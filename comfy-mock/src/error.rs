//! What can go wrong when a server starts.

use std::io;
use std::path::PathBuf;

use comfy_schema::SchemaError;

/// A server could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file with the node definitions could not be read.
    #[error("{} cannot be read; give a file with the answer of a server's /object_info", path.display())]
    ReadSchema {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The node definitions are none.
    #[error("the node definitions cannot be read; give the answer of a server's /object_info")]
    Schema(#[from] SchemaError),
    /// No node definitions were given, and the library holds none.
    #[error(
        "no node definitions: call `schema_json(…)` or `schema_file(…)`, or switch the feature `embedded-schema` on"
    )]
    NoSchema,
    /// The folders could not be made.
    #[error("the folders of the server cannot be made; give `base_dir` and `output_dir` that may be written to")]
    Folders(#[source] io::Error),
    /// The address is not free, or not this machine's.
    #[error("cannot listen on {host}:{port}; choose another port, or 0 for a free one")]
    Listen {
        /// The address asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// Why.
        source: io::Error,
    },
}
