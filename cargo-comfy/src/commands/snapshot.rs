//! The command `cargo comfy snapshot`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_runtime::Client;
use comfy_schema::Schema;
use comfy_schema::server::ServerOptions;
use comfy_schema::shown::{self, escaped};

use crate::failure::{Failure, IntoFailure};
use crate::server::ServerArguments;
use crate::{files, print, stop};

/// Save a server's node definitions in a file to check in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Snapshot {
    #[command(flatten)]
    server: ServerArguments,

    /// File to write [default: schemas/comfyui-VERSION.json, with the server's version].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write nothing; exit with 1 if the file is not up to date.
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  Save the definitions of the server on this machine in schemas/comfyui-VERSION.json:
    cargo comfy snapshot

  Save the definitions of another server in the file that build.rs reads:
    cargo comfy snapshot --server https://gpu.example.com --out schemas/comfyui.json

  Check in CI that the server still has the definitions that the program was built for:
    cargo comfy snapshot --server https://gpu.example.com --out schemas/comfyui.json --check

Each node is one line, so that version control shows what changed. An existing file is replaced only by definitions: it
stays as it is if the server cannot be reached or returns no definitions.

Exit codes: 0 done, 1 the file is not up to date (--check), 2 the definitions could not be read or saved, 130 Ctrl-C or
SIGTERM, 141 standard output was closed.";

/// The maximum number of changed classes that are listed.
const MAX_LISTED_CLASSES: usize = 8;

impl Snapshot {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let options = self.server.options()?;
        stop::run(async |stop| {
            let (schema, path) = stop.guard(self.fetch(&options)).await??;
            if self.check { check(&schema, &path) } else { store(&schema, &path) }
        })
    }

    /// Fetches the server's definitions, and returns them with the path of their file.
    async fn fetch(&self, options: &ServerOptions) -> Result<(Schema, PathBuf), Failure> {
        // This needs no WebSocket, so none is opened.
        let client = Client::builder_with(options).connect_lazy()?;
        let path = match &self.out {
            Some(out) => out.clone(),
            None => default_path(&client.system_stats().await?.comfyui_version)?,
        };
        Ok((client.object_info().await?, path))
    }
}

/// Returns the default path for a server's version, such as `schemas/comfyui-0.26.0.json`. The version is text from the
/// server, so it must not be able to name another folder.
fn default_path(version: &str) -> Result<PathBuf, Failure> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    if version.is_empty() || version.len() > 64 || !version.chars().all(is_plain) {
        let message = "cannot name the file after the server's version; give --out FILE";
        return Err(message.to_owned().into_failure());
    }
    Ok(Path::new("schemas").join(format!("comfyui-{version}.json")))
}

/// Writes the definitions to the file, unless there are none.
fn store(schema: &Schema, path: &Path) -> Result<(), Failure> {
    let nodes = schema.nodes.len();
    if nodes == 0 {
        let message = format!("the server returned no node definitions; {} is unchanged", shown::path(path));
        return Err(message.into_failure());
    }
    if files::is_standard_output(path) {
        return files::write(None, schema.to_json().as_bytes());
    }
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.map_err(|error| Failure::from(error).about(path))?;
    files::write(Some(path), schema.to_json().as_bytes())?;
    print::line(format_args!("{}: {nodes} nodes", shown::path(path)))
}

/// Checks that a file holds these definitions. Its layout does not matter.
fn check(schema: &Schema, path: &Path) -> Result<(), Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("{} does not exist; run the command without --check", shown::path(path));
            return Err(Failure::Negative(message));
        }
        Err(error) => return Err(Failure::from(error).about(path)),
    };
    let old = Schema::from_slice(&bytes).map_err(|error| Failure::from(error).about(path))?;
    let changed = changes(&old, schema);
    if changed.is_empty() {
        return print::line(format_args!("{}: {} nodes, up to date", shown::path(path), schema.nodes.len()));
    }
    let mut lines = vec![format!("{} differs from the server's definitions:", shown::path(path))];
    lines.extend(changed.iter().take(MAX_LISTED_CLASSES).cloned());
    if let Some(more) = changed.len().checked_sub(MAX_LISTED_CLASSES).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    lines.push(
        "run the command without --check to update it; `cargo comfy diff` shows the effect on workflows".to_owned(),
    );
    Err(Failure::Negative(lines.join("\n")))
}

/// Returns a line for each class that was removed (`-`), added (`+`) or changed (`~`).
fn changes(old: &Schema, new: &Schema) -> Vec<String> {
    let removed = old.nodes.iter().filter(|node| new.node(&node.class).is_none()).map(|node| ("-", &node.class));
    let present = new.nodes.iter().filter_map(|node| match old.node(&node.class) {
        None => Some(("+", &node.class)),
        Some(before) if before.to_value().to_string() != node.to_value().to_string() => Some(("~", &node.class)),
        Some(_) => None,
    });
    removed.chain(present).map(|(sign, class)| format!("  {sign} {}", escaped(class))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::path::Path;

    use comfy_schema::Schema;

    use super::{default_path, store};

    #[test]
    fn an_answer_without_definitions_does_not_replace_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "old").unwrap();
        assert!(store(&Schema::new(Vec::new()), &path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn a_version_that_would_be_a_path_is_rejected() {
        assert_eq!(default_path("0.26.0").ok().as_deref(), Some(Path::new("schemas/comfyui-0.26.0.json")));
        for version in ["", "../../x", "a/b", "a\\b", "1\u{1b}[2J"] {
            assert!(default_path(version).is_err(), "{version:?}");
        }
    }
}
