//! The node definitions that a command works with, and the arguments that select them.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_codegen::Config;
use comfy_schema::{Schema, shown};

use crate::failure::{Failure, IntoFailure};
use crate::print;

/// The folder searched for a snapshot when no argument names one.
const SNAPSHOT_FOLDER: &str = "schemas";

/// The arguments that select node definitions, shared by every command that needs them.
#[derive(Debug, Clone, Args)]
pub(crate) struct Definitions {
    /// File with a server's node definitions [default: the only snapshot in ./schemas].
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Base URL of a running server to fetch node definitions from; --schema is the fallback.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

impl Definitions {
    /// Returns whether an argument selects definitions.
    pub(crate) fn are_named(&self) -> bool {
        self.schema.is_some() || self.server.is_some()
    }

    /// Loads the selected definitions, or the only snapshot in `schemas` if no argument selects any.
    pub(crate) fn load(&self) -> Result<Schema, Failure> {
        let definitions = self.config()?.definitions()?;
        if let Some(fallback) = definitions.fallback {
            print::warning(fallback);
        }
        Ok(definitions.schema)
    }

    /// Creates a generator configuration that reads these definitions.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let mut config = Config::new();
        if !self.are_named() {
            config = config.schema(only_snapshot(Path::new(SNAPSHOT_FOLDER))?);
        }
        config = self.schema.iter().fold(config, Config::schema);
        Ok(self.server.iter().fold(config, Config::server))
    }
}

/// Loads the definitions from a file, or from the server at a URL.
pub(crate) fn load(from: &str) -> Result<Schema, Failure> {
    Ok(config_of(from).definitions()?.schema)
}

/// Creates a generator configuration that reads definitions from a file, or from the server at a URL.
pub(crate) fn config_of(from: &str) -> Config {
    let is_url = from.starts_with("http://") || from.starts_with("https://");
    if is_url { Config::new().server(from) } else { Config::new().schema(from) }
}

/// Returns the snapshot in a folder that holds exactly one.
fn only_snapshot(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            let message = "no node definitions: there is no snapshot in ./schemas; give --schema FILE or --server URL";
            Err(message.to_owned().into_failure())
        }
        several => {
            let names: Vec<String> = several.iter().map(|path| shown::path(path).to_string()).collect();
            let names = names.join(", ");
            let message = format!("several snapshots in ./schemas: {names}; give --schema FILE or --server URL");
            Err(message.into_failure())
        }
    }
}
