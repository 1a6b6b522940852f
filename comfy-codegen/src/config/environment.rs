//! What the environment says to a build script.

use std::env;
use std::path::PathBuf;

/// The variables that [`Config::build`](crate::Config::build) honours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    /// `COMFY_SCHEMA`: the file to read.
    pub(crate) schema: Option<PathBuf>,
    /// `COMFY_SERVER`: the server to ask.
    pub(crate) server: Option<String>,
    /// `DOCS_RS`: no network, and a source tree that is read-only.
    pub(crate) docs_rs: bool,
    /// `OUT_DIR` is there: cargo runs this, and listens.
    pub(crate) cargo: bool,
}

impl Environment {
    /// The names of the variables that change what is generated.
    pub(crate) const VARIABLES: [&'static str; 2] = ["COMFY_SCHEMA", "COMFY_SERVER"];

    /// Reads the variables. Empty ones count as absent.
    pub(crate) fn read() -> Self {
        let value = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let [schema, server] = Self::VARIABLES;
        Self {
            schema: value(schema).map(PathBuf::from),
            server: value(server).map(|url| url.to_string_lossy().into_owned()),
            docs_rs: value("DOCS_RS").is_some(),
            cargo: value("OUT_DIR").is_some(),
        }
    }
}
