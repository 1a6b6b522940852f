//! The bytes of the node definitions, and where they came from.

#[cfg(feature = "live")]
mod client;
mod live;
#[cfg(feature = "live")]
mod tls;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use comfy_schema::server::ServerOptions;
use comfy_schema::{Schema, shown};

use crate::error::Error;

/// A document that should contain node definitions.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) bytes: Vec<u8>,
    /// The path of the file, or the URL without its secrets, for messages.
    pub(crate) origin: String,
    /// The file name or URL for the head of the generated file, which must not depend on the machine.
    pub(crate) name: String,
    /// The message that a file was read because the server did not answer, if that happened.
    pub(crate) fallback: Option<String>,
}

impl Document {
    /// Asks the server if there is one, and reads the file if there is no server or it cannot be reached.
    pub(crate) fn load(file: Option<&Path>, server: Option<&ServerOptions>) -> Result<Self, Error> {
        match (server, file) {
            (Some(server), Some(file)) => match live::fetch(server) {
                Ok(bytes) => Ok(Self::from_server(bytes, server)),
                Err(error @ Error::Unreachable { .. }) => {
                    let fallback = format!("used {} in place of the server: {error}", shown::path(file));
                    Ok(Self { fallback: Some(fallback), ..Self::read(file)? })
                }
                Err(error) => Err(error),
            },
            (Some(server), None) => live::fetch(server).map(|bytes| Self::from_server(bytes, server)),
            (None, Some(file)) => Self::read(file),
            (None, None) => Err(Error::NoSchema { snapshots: snapshots(Path::new("schemas")) }),
        }
    }

    /// Parses the definitions.
    pub(crate) fn schema(&self) -> Result<Schema, Error> {
        Schema::from_slice(&self.bytes).map_err(|source| Error::Schema { origin: self.origin.clone(), source })
    }

    fn from_server(bytes: Vec<u8>, server: &ServerOptions) -> Self {
        let url = server.shown_url();
        Self { bytes, origin: url.clone(), name: url, fallback: None }
    }

    fn read(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => Error::SchemaMissing { path: path.to_owned(), snapshots: snapshots_near(path) },
            _ => Error::Read { path: path.to_owned(), source },
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { bytes, origin: path.display().to_string(), name, fallback: None })
    }
}

/// Returns the snapshots in the folder of a path that does not exist, or else those in `schemas`.
fn snapshots_near(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let near = snapshots(folder);
    if near.is_empty() { snapshots(Path::new("schemas")) } else { near }
}

fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    paths.sort();
    paths
}
