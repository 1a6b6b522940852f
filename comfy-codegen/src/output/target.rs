//! Reading and replacing the generated file.

use std::borrow::Cow;
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io, process};

use super::{Fingerprint, Names};
use crate::error::Error;

/// The name of the file that `comfy_runtime::include_nodes!()` includes.
const FILE: &str = "comfy_nodes.rs";

/// The generated file, which is to be written.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    path: PathBuf,
    in_out_dir: bool,
}

impl Target {
    /// Creates a target outside `OUT_DIR`: a file that is checked in.
    pub(crate) const fn new(path: PathBuf) -> Self {
        Self { path, in_out_dir: false }
    }

    /// Creates the target `$OUT_DIR/comfy_nodes.rs`.
    pub(crate) fn in_out_dir() -> Result<Self, Error> {
        let folder = env::var_os("OUT_DIR").filter(|folder| !folder.is_empty()).ok_or(Error::NoOutDir)?;
        Ok(Self { path: PathBuf::from(folder).join(FILE), in_out_dir: true })
    }

    /// Returns whether the file has this fingerprint, so that writing it again would change nothing.
    pub(crate) fn has(&self, fingerprint: Fingerprint) -> bool {
        if self.in_out_dir && is_older_than_this_program(&self.path) {
            return false;
        }
        let Ok(text) = fs::read_to_string(&self.path) else { return false };
        let head = text.lines().next().unwrap_or_default();
        super::is_generated(head) && head.contains(&format!("fingerprint {fingerprint}."))
    }

    /// Replaces the file atomically. A file outside `OUT_DIR` is left alone if its text is equal.
    pub(crate) fn write(&self, text: &str) -> Result<(), Error> {
        if self.in_out_dir { replaced(&self.path, text) } else { write(&self.path, text) }
    }

    /// Returns the names that were written beside the file, if they belong to these definitions and this configuration.
    pub(crate) fn names(&self, fingerprint: Fingerprint) -> Option<Names> {
        let text = fs::read_to_string(self.names_path()?).ok()?;
        Names::parse(&text).filter(|names| names.of() == fingerprint)
    }

    /// Writes the names beside the file, for the next run.
    pub(crate) fn write_names(&self, names: &Names) -> Result<(), Error> {
        self.names_path().map_or(Ok(()), |path| write(&path, &names.to_string()))
    }

    /// Returns the path of the file with the names; `None` outside `OUT_DIR`, because a source tree should not have it.
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

/// Returns whether the file was written before the running program, a build script, was built. The program may then
/// contain another generator than the one that wrote the file, even if both have the same version.
fn is_older_than_this_program(path: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
    match (modified(path), env::current_exe().and_then(|program| modified(&program))) {
        (Ok(file), Ok(program)) => file < program,
        _ => false,
    }
}

/// Writes a new file beside the old one and renames it, so that there is always a complete file.
///
/// Nobody can know the name of the new file in advance, and it must not exist, so nothing is written through a link or
/// a pipe that another user placed there.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = regular(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.tmp", RandomState::new().hash_one(process::id())));
    let temporary = path.with_file_name(name);
    let mut file = File::create_new(&temporary)?;
    let written = file.write_all(text.as_bytes());
    // Windows does not rename open files.
    drop(file);
    let replaced = written.and_then(|()| fs::rename(&temporary, path));
    if replaced.is_err() {
        // Best effort: the first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

/// Returns the path of the file to replace: the one that a link leads to. Anything but a regular file is an error.
fn regular(path: &Path) -> io::Result<Cow<'_, Path>> {
    let found = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Cow::Borrowed(path)),
        found => found?,
    };
    let path = if found.is_symlink() { Cow::Owned(path.canonicalize()?) } else { Cow::Borrowed(path) };
    if path.metadata()?.is_file() {
        return Ok(path);
    }
    Err(io::Error::new(ErrorKind::InvalidInput, "it exists and is not a regular file"))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_a_regular_file_is_replaced_and_a_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        replace(&path("a.rs"), "old").unwrap();
        symlink("a.rs", path("link")).unwrap();
        replace(&path("link"), "new").unwrap();
        assert_eq!(fs::read_to_string(path("a.rs")).unwrap(), "new");
        symlink("/dev/null", path("device")).unwrap();
        for name in ["device", "."] {
            assert!(replace(&path(name), "x").is_err(), "{name}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no temporary file is left");
    }
}
