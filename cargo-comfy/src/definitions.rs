//! The node definitions that a command works with, and the arguments that select them.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_codegen::Config;
use comfy_schema::server::Secret;
use comfy_schema::{Schema, shown};

use crate::failure::{Failure, IntoFailure};
use crate::print;
use crate::server::{AccessArguments, environment_url};

/// The folder searched for a snapshot when no argument names one.
pub(crate) const SNAPSHOT_FOLDER: &str = "schemas";

/// The arguments that select node definitions, shared by every command that needs them.
#[derive(Debug, Clone, Args)]
pub(crate) struct Definitions {
    /// File with a server's node definitions [default: the only snapshot in ./schemas].
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Base URL of a running server to fetch node definitions from; --schema is the fallback [default: the one in
    /// `COMFY_URL`, if there is no snapshot].
    #[arg(long, value_name = "URL")]
    server: Option<Secret>,

    #[command(flatten)]
    access: AccessArguments,
}

impl Definitions {
    /// Returns whether an argument selects definitions.
    pub(crate) fn are_named(&self) -> bool {
        self.schema.is_some() || self.server.is_some()
    }

    /// Returns whether there are no definitions: no argument selects any, `schemas` holds no snapshot, and `COMFY_URL`
    /// names no server.
    pub(crate) fn are_absent(&self) -> bool {
        let no_snapshot = matches!(only_snapshot(Path::new(SNAPSHOT_FOLDER)), Ok(None));
        !self.are_named() && no_snapshot && matches!(environment_url(), Ok(None))
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
        let config = self.schema.iter().fold(Config::new(), Config::schema);
        match &self.server {
            Some(url) => Ok(config.server(self.access.options(url.clone())?)),
            None if self.schema.is_some() => Ok(config),
            None => match only_snapshot(Path::new(SNAPSHOT_FOLDER))? {
                Some(snapshot) => Ok(config.schema(snapshot)),
                None => self.of_environment(config),
            },
        }
    }

    /// Adds the server that `COMFY_URL` names, because there is no snapshot.
    fn of_environment(&self, config: Config) -> Result<Config, Failure> {
        let Some(url) = environment_url()? else {
            let message = "no node definitions: there is no snapshot in ./schemas; give --schema FILE or --server URL";
            return Err(message.to_owned().into_failure());
        };
        Ok(config.server(self.access.options(url)?))
    }
}

/// Creates a generator configuration that reads definitions from a file, or from the server at a URL.
pub(crate) fn config_of(from: &str, access: &AccessArguments) -> Result<Config, Failure> {
    Ok(if is_url(from) { Config::new().server(access.options(from)?) } else { Config::new().schema(from) })
}

/// Returns whether node definitions come from a server rather than a file.
pub(crate) fn is_url(from: &str) -> bool {
    from.starts_with("http://") || from.starts_with("https://")
}

/// Returns the snapshot in a folder, or `None` if there is none. Several are an error.
pub(crate) fn only_snapshot(folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(Some(one.clone())),
        [] => Ok(None),
        several => {
            let names: Vec<String> = several.iter().map(|path| shown::path(path).to_string()).collect();
            let names = names.join(", ");
            let message = format!("several snapshots in ./schemas: {names}; give --schema FILE or --server URL");
            Err(message.into_failure())
        }
    }
}
