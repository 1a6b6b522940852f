//! The environment variables that build scripts read.

use std::env;
use std::path::PathBuf;

use comfy_schema::server::{Secret, ServerOptions};

/// The values of the environment variables that [`Config::build`](crate::Config::build) reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    /// The file to read (`COMFY_SCHEMA`).
    pub(crate) schema: Option<PathBuf>,
    /// The base URL of the server to ask (`COMFY_SERVER`).
    pub(crate) server: Option<Secret>,
    /// Whether docs.rs runs the build (`DOCS_RS`), without a network and in a read-only source tree.
    pub(crate) docs_rs: bool,
    /// Whether cargo runs the build (`OUT_DIR`) and reads its standard output.
    pub(crate) cargo: bool,
}

impl Environment {
    const SCHEMA: &'static str = "COMFY_SCHEMA";
    const SERVER: &'static str = "COMFY_SERVER";

    /// Returns the names of the variables that affect the generated code; those with the options of a server only if one
    /// is asked.
    pub(crate) fn variables(asks_server: bool) -> impl Iterator<Item = &'static str> {
        let options = if asks_server { &ServerOptions::VARIABLES[..] } else { &[] };
        [Self::SCHEMA, Self::SERVER].into_iter().chain(options.iter().copied())
    }

    /// Reads the variables. Empty ones count as absent.
    pub(crate) fn read() -> Self {
        let value = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        Self {
            schema: value(Self::SCHEMA).map(PathBuf::from),
            server: value(Self::SERVER).map(|url| Secret::new(url.to_string_lossy())),
            docs_rs: value("DOCS_RS").is_some(),
            cargo: value("OUT_DIR").is_some(),
        }
    }
}
