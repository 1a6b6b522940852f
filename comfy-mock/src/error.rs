//! What can go wrong when a server starts.

use std::io;
use std::path::PathBuf;

use comfy_schema::SchemaError;

/// A server could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file with the node definitions could not be read.
    #[error("{}: {source}; give a file with the answer of a server's /object_info", path.display())]
    ReadSchema {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The node definitions are none.
    #[error("the node definitions cannot be read: {0}")]
    Schema(#[from] SchemaError),
    /// No node definitions were given, and the library holds none.
    #[error("no node definitions: call `schema(…)`, or switch the feature `embedded-schema` on")]
    NoSchema,
    /// The folders could not be made.
    #[error("the folders of the server cannot be made: {0}")]
    Folders(#[source] io::Error),
    /// The address is not free, or not this machine's.
    #[error("cannot listen on {host}:{port}: {source}; choose another port, or 0 for a free one")]
    Listen {
        /// The address asked for.
        host: String,
        /// The port asked for.
        port: u16,
        /// Why.
        source: io::Error,
    },
}
