//! The folders of the server, and the files in them.

mod name;
mod path;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;

pub(crate) use name::{Area, annotated, content_type, date};
pub(crate) use path::{OutsideRoot, below, parts};

use crate::limits::MAX_COUNTERS;
use crate::sync::lock;

/// The folders of a server.
#[derive(Debug)]
pub(crate) struct Storage {
    base: PathBuf,
    output: PathBuf,
    /// The next file number of each prefix: folder and prefix → number.
    counters: Mutex<HashMap<(PathBuf, String), u64>>,
    /// The temporary folder, which is removed with the server.
    temporary: Mutex<Option<TempDir>>,
}

/// The destination of the files of an output node.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(crate) area: Area,
    pub(crate) folder: PathBuf,
    pub(crate) subfolder: String,
    pub(crate) stem: String,
    pub(crate) number: u64,
}

impl Storage {
    /// Creates the folders: in `base`, or in a new temporary folder that is removed with the server.
    pub(crate) fn open(base: Option<PathBuf>, output: Option<PathBuf>) -> io::Result<Self> {
        let (base, temporary) = match base {
            Some(base) => (base, None),
            None => {
                let folder = tempfile::Builder::new().prefix("comfy-mock-").tempdir()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let output = output.unwrap_or_else(|| base.join("output"));
        let storage = Self { base, output, counters: Mutex::default(), temporary: Mutex::new(temporary) };
        for area in [Area::Input, Area::Output, Area::Temp] {
            fs::create_dir_all(storage.folder(area))?;
        }
        fs::create_dir_all(storage.user())?;
        Ok(storage)
    }

    pub(crate) fn folder(&self, area: Area) -> PathBuf {
        match area {
            Area::Output => self.output.clone(),
            area => self.base.join(area.name()),
        }
    }

    /// Returns the folder of the user's data.
    pub(crate) fn user(&self) -> PathBuf {
        self.base.join("user").join("default")
    }

    /// Returns the folder of the model folders, as the server reports it. It does not exist.
    pub(crate) fn models(&self) -> PathBuf {
        self.base.join("models")
    }

    /// Returns the path of a file that a prompt names: `name`, `sub/name`, `name [output]`.
    pub(crate) fn named(&self, name: &str) -> Result<PathBuf, OutsideRoot> {
        let (area, name) = annotated(name);
        below(&self.folder(area.unwrap_or(Area::Input)), name)
    }

    /// Empties the folder for temporary files, as a real server does when it starts.
    pub(crate) fn clear_temp(&self) {
        let folder = self.folder(Area::Temp);
        // An error is ignored, because files that cannot be removed do no harm in a folder for temporary files.
        _ = fs::remove_dir_all(&folder);
        _ = fs::create_dir_all(&folder);
        lock(&self.counters).clear();
    }

    /// Removes the temporary folder, if the server has one, even if a picture is still drawn on another thread.
    pub(crate) fn close(&self) {
        // Dropped after the lock is released, and an error is ignored: the system cleans up such folders, too.
        let temporary = lock(&self.temporary).take();
        drop(temporary);
    }

    /// Returns the destination of `count` files with this prefix, and reserves their numbers.
    pub(crate) fn destination(
        &self,
        area: Area,
        prefix: &str,
        size: (u32, u32),
        count: u64,
    ) -> Result<Destination, OutsideRoot> {
        let prefix = name::fill_in(prefix, size.0, size.1);
        let mut parts = parts(&prefix)?;
        let stem = parts.pop().unwrap_or(".").to_owned();
        let subfolder = parts.join("/");
        let folder = below(&self.folder(area), &subfolder)?;
        let mut counters = lock(&self.counters);
        if counters.len() > MAX_COUNTERS {
            counters.clear();
        }
        let next = counters.entry((folder.clone(), stem.clone())).or_insert_with(|| highest(&folder, &stem) + 1);
        let number = *next;
        *next += count;
        Ok(Destination { area, folder, subfolder, stem, number })
    }

    /// Returns the files of a folder as prompts name them (`sub/name`), at most `max`.
    pub(crate) fn files(&self, area: Area, max: usize) -> Vec<String> {
        let root = self.folder(area);
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if files.len() >= max {
                    return files;
                }
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if let Some(name) = relative(&root, &entry.path()) {
                    files.push(name);
                }
            }
        }
        files.sort_unstable();
        files
    }
}

/// Returns the path relative to a folder, with `/` as the separator.
pub(crate) fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// Returns the highest number of the files with this prefix in a folder.
fn highest(folder: &Path, stem: &str) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|file| name::number_after(stem, &file)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Area, MAX_COUNTERS, Storage, lock};

    #[test]
    fn the_prefixes_whose_counters_are_kept_are_limited() {
        let storage = Storage::open(None, None).unwrap();
        fs::write(storage.folder(Area::Output).join("cat_00007_.png"), "").unwrap();
        for at in 0..=MAX_COUNTERS + 1 {
            storage.destination(Area::Output, &format!("p{at}"), (1, 1), 1).unwrap();
        }
        assert!(lock(&storage.counters).len() <= MAX_COUNTERS + 1);
        // A counter that was forgotten is read from the names of the files.
        assert_eq!(storage.destination(Area::Output, "cat", (1, 1), 1).unwrap().number, 8);
    }

    #[test]
    fn at_most_so_many_files_are_listed() {
        let storage = Storage::open(None, None).unwrap();
        (0..5).for_each(|at| fs::write(storage.folder(Area::Input).join(at.to_string()), "").unwrap());
        assert_eq!((storage.files(Area::Input, 3).len(), storage.files(Area::Input, 9).len()), (3, 5));
    }

    #[test]
    fn numbers_continue_after_the_existing_files() {
        let storage = Storage::open(None, None).unwrap();
        fs::write(storage.folder(Area::Output).join("cat_00007_.png"), "").unwrap();
        assert_eq!(storage.destination(Area::Output, "cat", (1, 1), 2).unwrap().number, 8);
        assert_eq!(storage.destination(Area::Output, "cat", (1, 1), 1).unwrap().number, 10);
        let destination = storage.destination(Area::Output, "a/b/../c", (1, 1), 1).unwrap();
        assert_eq!((destination.subfolder.as_str(), destination.stem.as_str(), destination.number), ("a", "c", 1));
        assert!(storage.destination(Area::Output, "../c", (1, 1), 1).is_err());
    }

    #[test]
    fn the_temporary_folder_is_removed_with_the_server() {
        let storage = Storage::open(None, None).unwrap();
        let base = storage.base.clone();
        assert!(base.is_dir());
        drop(storage);
        assert!(!base.exists());
    }
}
