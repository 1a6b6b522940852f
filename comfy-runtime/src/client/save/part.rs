//! Files that are not complete yet, under temporary names.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use tempfile::{PathPersistError, TempPath};

use super::super::error::Error;
use super::super::limits::REMOVE_TIMEOUT;

/// The unfinished files of this process.
static UNFINISHED: Registry = Registry::new();

/// Removes the temporary files of all downloads of this process that are not complete.
///
/// A program that ends with [`std::process::exit`] while files are saved calls it right before that, because nothing is
/// dropped then. Afterwards no file can be saved any more: each attempt is an [`Error::File`]. It takes at most a
/// second, even if a disk does not respond.
pub fn remove_unfinished() {
    let (sender, removed) = mpsc::channel();
    let removing = thread::Builder::new().spawn(move || {
        UNFINISHED.close();
        sender.send(())
    });
    if removing.is_ok() {
        _ = removed.recv_timeout(REMOVE_TIMEOUT);
    }
}

/// A file with an unpredictable temporary name. It is removed when it is dropped.
#[derive(Debug)]
pub(super) struct Part {
    path: TempPath,
    entry: Entry,
}

impl Part {
    /// Creates a new file in a folder.
    pub(super) fn create(folder: &Path) -> Result<(File, Self), Error> {
        Self::create_known_to(&UNFINISHED, folder)
    }

    fn create_known_to(registry: &'static Registry, folder: &Path) -> Result<(File, Self), Error> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".comfy-").suffix(".part");
        // The result is as readable as any other file of the user; the default is for secrets.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // The lock ensures that no file is created that `remove_unfinished` does not know.
        let mut files = registry.lock();
        if files.is_closed {
            return Err(failed(folder)(io::Error::other("the program is about to end, and saves no more files")));
        }
        let (file, path) = builder.tempfile_in(folder).map_err(failed(folder))?.into_parts();
        files.paths.insert(path.to_path_buf());
        let entry = Entry { registry, path: path.to_path_buf() };
        Ok((file, Self { path, entry }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Renames the complete file, and replaces a file that has the path.
    pub(super) fn replace(self, path: &Path) -> Result<(), (Self, io::Error)> {
        self.finish(|part| part.persist(path))
    }

    /// Renames the complete file to a path that must not exist.
    pub(super) fn rename_to_new(self, path: &Path) -> Result<(), (Self, io::Error)> {
        self.finish(|part| part.persist_noclobber(path))
    }

    fn finish(self, rename: impl FnOnce(TempPath) -> Result<(), PathPersistError>) -> Result<(), (Self, io::Error)> {
        let Self { path, entry } = self;
        rename(path).map_err(|PathPersistError { error, path }| (Self { path, entry }, error))
    }
}

/// Returns a function that names the path in an error of the operating system.
pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |reason| Error::File { path, reason }
}

/// The files that exist under temporary names.
#[derive(Debug)]
struct Registry(Mutex<Files>);

#[derive(Debug)]
struct Files {
    paths: BTreeSet<PathBuf>,
    /// Whether the process is about to end, so that no file may be added.
    is_closed: bool,
}

impl Registry {
    const fn new() -> Self {
        Self(Mutex::new(Files { paths: BTreeSet::new(), is_closed: false }))
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let mut files = self.lock();
        files.is_closed = true;
        for path in std::mem::take(&mut files.paths) {
            // Whatever the reason of a failure is, the process ends.
            _ = fs::remove_file(path);
        }
    }
}

/// The entry of a file in the registry, which is removed when it is dropped.
#[derive(Debug)]
struct Entry {
    registry: &'static Registry,
    path: PathBuf,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.registry.lock().paths.remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_files_are_removed_and_finished_ones_are_kept() {
        static REGISTRY: Registry = Registry::new();
        let folder = tempfile::tempdir().unwrap();
        let part = || Part::create_known_to(&REGISTRY, folder.path()).map(|(_, part)| part);
        let (done, dropped, unfinished, late) = (part().unwrap(), part().unwrap(), part().unwrap(), part().unwrap());
        done.rename_to_new(&folder.path().join("done")).unwrap();
        drop(dropped);
        assert_eq!(REGISTRY.lock().paths.len(), 2, "only those that exist are known");
        REGISTRY.close();
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["done"]);
        assert!(part().is_err(), "no file is created any more");
        assert!(late.replace(&folder.path().join("late")).is_err());
        drop(unfinished);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
