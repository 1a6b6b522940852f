//! `cargo comfy snapshot`

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_runtime::Client;
use comfy_runtime::client::ClientBuilder;
use comfy_schema::Schema;
use tokio::runtime::Runtime;

use crate::failure::{Failure, IntoFailure};
use crate::paint::visible;

/// Write a server's node definitions to a file to check in.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Snapshot {
    /// Base URL of the server
    #[arg(long, value_name = "URL", env = "COMFY_URL", default_value = "http://127.0.0.1:8188")]
    server: String,

    /// Token for a proxy in front of the server, sent as `Authorization: Bearer …`
    #[arg(long, value_name = "TOKEN", env = "COMFY_TOKEN", hide_env_values = true)]
    token: Option<String>,

    /// File to write; without it schemas/comfyui-VERSION.json, by the version that the server says
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Write nothing; exit with 1 if the file does not hold the server's definitions
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  The server of this machine, into schemas/comfyui-VERSION.json:
    cargo comfy snapshot

  Another one, into the file that build.rs reads:
    cargo comfy snapshot --server https://gpu.example.com --out schemas/comfyui.json

  In CI, whether the server still is what the program was built for:
    cargo comfy snapshot --server https://gpu.example.com --out schemas/comfyui.json --check

One node is a line, so that version control shows what changed. A file that is there is replaced, but never by nothing:
not if the server cannot be reached, and not if it gives no definitions.

Exit codes: 0 done, 1 the file is not up to date (--check), 2 could not be done.";

/// So many classes are named before it says how many more there are.
const MOST_NAMES: usize = 8;

impl Snapshot {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let (schema, path) = Runtime::new()?.block_on(self.ask())?;
        if self.check { check(&schema, &path) } else { store(&schema, &path) }
    }

    /// The server's definitions, and the file that they are for.
    async fn ask(&self) -> Result<(Schema, PathBuf), Failure> {
        let builder = self.token.iter().fold(Client::builder(&self.server), ClientBuilder::bearer);
        let client = builder.connect().await?;
        let path = match &self.out {
            Some(out) => out.clone(),
            None => default_path(&client.system_stats().await?.comfyui_version)?,
        };
        Ok((client.object_info().await?, path))
    }
}

/// `schemas/comfyui-0.26.0.json`. The version is what a server says, so it becomes no path.
fn default_path(version: &str) -> Result<PathBuf, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    if version.is_empty() || version.len() > 64 || !version.chars().all(plain) {
        return Err("the server says no version that a file could be named after; give --out FILE"
            .to_owned()
            .into_failure());
    }
    Ok(Path::new("schemas").join(format!("comfyui-{version}.json")))
}

/// Writes the definitions to the file, if there are any.
fn store(schema: &Schema, path: &Path) -> Result<(), Failure> {
    let nodes = schema.nodes.len();
    if nodes == 0 {
        let message = format!("the server gives no node definitions; {} is not written", path.display());
        return Err(message.into_failure());
    }
    replace(path, schema.to_json().as_bytes())
        .map_err(|error| format!("{}: {error}", path.display()).into_failure())?;
    println!("{}: {nodes} nodes", path.display());
    Ok(())
}

/// Whether a file holds these definitions, however it is written.
fn check(schema: &Schema, path: &Path) -> Result<(), Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::No(format!("{} is not there; run the same without --check", path.display())));
        }
        Err(error) => return Err(Failure::from(error).about(path)),
    };
    let old = Schema::from_slice(&bytes).map_err(|error| Failure::from(error).about(path))?;
    let changed = changes(&old, schema);
    if changed.is_empty() {
        println!("{}: {} nodes, up to date", path.display(), schema.nodes.len());
        return Ok(());
    }
    let mut lines = vec![format!("{} is not what the server has:", path.display())];
    lines.extend(changed.iter().take(MOST_NAMES).cloned());
    if let Some(more) = changed.len().checked_sub(MOST_NAMES).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    lines.push("run the same without --check, and `cargo comfy diff` tells what it means".to_owned());
    Err(Failure::No(lines.join("\n")))
}

/// A line for each class that differs.
fn changes(old: &Schema, new: &Schema) -> Vec<String> {
    let gone = old.nodes.iter().filter(|node| new.node(&node.class).is_none()).map(|node| ("-", &node.class));
    let there = new.nodes.iter().filter_map(|node| match old.node(&node.class) {
        None => Some(("+", &node.class)),
        Some(was) if was.to_value().to_string() != node.to_value().to_string() => Some(("~", &node.class)),
        Some(_) => None,
    });
    gone.chain(there).map(|(sign, class)| format!("  {sign} {}", visible(class))).collect()
}

/// Writes a file so that nobody ever sees half of it: beside it first, under a name that nobody can know, then in its
/// place.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut part = tempfile::Builder::new();
    // A file to check in is no secret: as the umask says, like any other.
    #[cfg(unix)]
    part.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = part.tempfile_in(folder)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path)?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::path::Path;

    use comfy_schema::Schema;

    use super::{default_path, store};

    #[test]
    fn no_definitions_replace_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, "old").unwrap();
        assert!(store(&Schema::new(Vec::new()), &path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn a_version_is_no_path() {
        assert_eq!(default_path("0.26.0").ok().as_deref(), Some(Path::new("schemas/comfyui-0.26.0.json")));
        for version in ["", "../../x", "a/b", "a\\b", "1\u{1b}[2J"] {
            assert!(default_path(version).is_err(), "{version:?}");
        }
    }
}
