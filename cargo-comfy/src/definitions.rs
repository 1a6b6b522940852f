//! Where a command gets node definitions from.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_codegen::Config;
use comfy_schema::Schema;

use crate::failure::{Failure, IntoFailure};

/// Where snapshots are, if nothing else is said.
const FOLDER: &str = "schemas";

/// The arguments that name node definitions; the same for every command that needs them.
#[derive(Debug, Clone, Args)]
pub(crate) struct Definitions {
    /// File with the node definitions that a server gave [default: the one in ./schemas]
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Base URL of a running server to ask instead; --schema is the fallback
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

impl Definitions {
    /// Whether any are named.
    pub(crate) fn are_named(&self) -> bool {
        self.schema.is_some() || self.server.is_some()
    }

    /// These definitions; if none are named, the only snapshot in `schemas`.
    pub(crate) fn load(&self) -> Result<Schema, Failure> {
        let definitions = self.config()?.definitions()?;
        if let Some(fallback) = definitions.fallback {
            eprintln!("warning: {fallback}");
        }
        Ok(definitions.schema)
    }

    /// A generator that reads them.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let mut config = Config::new();
        if !self.are_named() {
            config = config.schema(only_snapshot(Path::new(FOLDER))?);
        }
        config = self.schema.iter().fold(config, Config::schema);
        Ok(self.server.iter().fold(config, Config::server))
    }
}

/// The definitions in a file, or of the server at a URL.
pub(crate) fn load(from: &str) -> Result<Schema, Failure> {
    Ok(config_of(from).definitions()?.schema)
}

/// A generator that reads a file, or asks the server at a URL.
pub(crate) fn config_of(from: &str) -> Config {
    let is_url = from.starts_with("http://") || from.starts_with("https://");
    if is_url { Config::new().server(from) } else { Config::new().schema(from) }
}

/// The only snapshot in a folder.
fn only_snapshot(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err("give --schema FILE or --server URL: there is no snapshot of node definitions in ./schemas"
            .to_owned()
            .into_failure()),
        several => {
            let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            Err(format!("give --schema FILE or --server URL: there are several snapshots, {}", names.join(", "))
                .into_failure())
        }
    }
}
