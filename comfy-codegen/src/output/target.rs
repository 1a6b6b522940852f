//! The file that is written.

use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use super::{Fingerprint, Names};
use crate::Error;

/// The name that `comfy_runtime::include_nodes!()` includes.
const FILE: &str = "comfy_nodes.rs";

/// A file to write.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    path: PathBuf,
    in_out_dir: bool,
}

impl Target {
    /// A file that people read.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path, in_out_dir: false }
    }

    /// `$OUT_DIR/comfy_nodes.rs`
    pub(crate) fn in_out_dir() -> Result<Self, Error> {
        let folder = env::var_os("OUT_DIR").filter(|folder| !folder.is_empty()).ok_or(Error::NoOutDir)?;
        Ok(Self { path: PathBuf::from(folder).join(FILE), in_out_dir: true })
    }

    /// Whether the file was made of the same, so that writing it again would change nothing.
    pub(crate) fn has(&self, fingerprint: Fingerprint) -> bool {
        if self.in_out_dir && is_older_than_this_program(&self.path) {
            return false;
        }
        let Ok(text) = fs::read_to_string(&self.path) else { return false };
        let head = text.lines().next().unwrap_or_default();
        super::is_generated(head) && head.contains(&format!("fingerprint {fingerprint}."))
    }

    /// Puts `text` in place of the file, all at once. A file that people read is left alone if it is equal.
    pub(crate) fn write(&self, text: &str) -> Result<(), Error> {
        if self.in_out_dir { replaced(&self.path, text) } else { write(&self.path, text) }
    }

    /// The names that were written beside the file, if they are of the same definitions and configuration.
    pub(crate) fn names(&self, fingerprint: Fingerprint) -> Option<Names> {
        let text = fs::read_to_string(self.names_path()?).ok()?;
        Names::parse(&text).filter(|names| names.of() == fingerprint)
    }

    /// Writes the names beside the file, for the next run.
    pub(crate) fn write_names(&self, names: &Names) -> Result<(), Error> {
        self.names_path().map_or(Ok(()), |path| write(&path, &names.to_string()))
    }

    /// Only in `OUT_DIR`: nobody wants such a file in a source tree.
    fn names_path(&self) -> Option<PathBuf> {
        self.in_out_dir.then(|| self.path.with_extension("names"))
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    replaced(path, text)
}

fn replaced(path: &Path, text: &str) -> Result<(), Error> {
    replace(path, text).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Whether the running program, a build script, was built after the file was written: then it may hold another
/// generator, although of the same version.
fn is_older_than_this_program(path: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
    match (modified(path), env::current_exe().and_then(|program| modified(&program))) {
        (Ok(file), Ok(program)) => file < program,
        _ => false,
    }
}

/// Writes a new file beside the old one and renames it, so that there is always a whole one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", process::id()));
    let temporary = path.with_file_name(name);
    let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // Best effort: the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    written
}
