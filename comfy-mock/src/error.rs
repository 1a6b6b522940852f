//! The errors of starting a server.

use std::io;
use std::path::PathBuf;

use comfy_schema::SchemaError;
use comfy_schema::shown::{self, escaped};

/// The reason why a server could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file with the node definitions could not be read.
    #[error("cannot read {}; expected a file with the response of a server's /object_info", shown::path(path))]
    ReadSchema {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The node definitions could not be parsed.
    #[error("invalid node definitions; expected the response of a server's /object_info")]
    Schema(#[from] SchemaError),
    /// No node definitions were given, and the library embeds none.
    #[error(
        "missing node definitions; call `schema_json(…)` or `schema_file(…)`, or enable the feature `embedded-schema`"
    )]
    NoSchema,
    /// The folders of the server, or the files to put into them, could not be written.
    #[error("cannot write the folders of the server; `base_dir` and `output_dir` must be writable")]
    Folders(#[source] io::Error),
    /// The address is in use, or does not belong to this machine.
    #[error("cannot listen on {}:{port}; choose another port, or 0 for a free one", escaped(host))]
    Listen {
        /// The address that was set.
        host: String,
        /// The port that was set.
        port: u16,
        /// The cause.
        source: io::Error,
    },
}
