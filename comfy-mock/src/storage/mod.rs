//! The folders of the server, and the files in them.

mod name;
mod path;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;

pub(crate) use name::{annotated, content_type, date};
pub(crate) use path::{Escapes, below, parts};

use crate::sync::lock;

/// More prefixes than this are not remembered at a time.
const MOST_COUNTERS: usize = 4_096;

/// One of the three folders that clients may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    Input,
    Output,
    Temp,
}

impl Area {
    /// The word in `type` and in annotations.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Temp => "temp",
        }
    }

    /// The area of a word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Input, Self::Output, Self::Temp].into_iter().find(|area| area.name() == word)
    }
}

/// The folders of a server.
#[derive(Debug)]
pub(crate) struct Storage {
    base: PathBuf,
    output: PathBuf,
    /// The next number of each prefix: folder and prefix → number.
    counters: Mutex<HashMap<(PathBuf, String), u64>>,
    /// Removed with the server.
    _temporary: Option<TempDir>,
}

/// Where an output node's files go.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) area: Area,
    pub(crate) folder: PathBuf,
    pub(crate) subfolder: String,
    pub(crate) stem: String,
    pub(crate) number: u64,
}

impl Storage {
    /// Makes the folders: below `base`, or in a new temporary folder that goes with the server.
    pub(crate) fn open(base: Option<PathBuf>, output: Option<PathBuf>) -> io::Result<Self> {
        let (base, temporary) = match base {
            Some(base) => (base, None),
            None => {
                let folder = tempfile::Builder::new().prefix("comfy-mock-").tempdir()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        let output = output.unwrap_or_else(|| base.join("output"));
        let storage = Self { base, output, counters: Mutex::default(), _temporary: temporary };
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

    /// The folder of the user's data.
    pub(crate) fn user(&self) -> PathBuf {
        self.base.join("user").join("default")
    }

    /// The folder that model folders are said to be in. Nothing is.
    pub(crate) fn models(&self) -> PathBuf {
        self.base.join("models")
    }

    /// A file that a prompt names: `name`, `sub/name`, `name [output]`.
    pub(crate) fn named(&self, name: &str) -> Result<PathBuf, Escapes> {
        let (area, name) = annotated(name);
        below(&self.folder(area.unwrap_or(Area::Input)), name)
    }

    /// Empties the folder for temporary files, as a server does when it starts.
    pub(crate) fn clear_temp(&self) {
        let folder = self.folder(Area::Temp);
        // What cannot be removed stays; it is a temporary folder.
        _ = fs::remove_dir_all(&folder);
        _ = fs::create_dir_all(&folder);
        lock(&self.counters).clear();
    }

    /// Where files with this prefix go, and the number that the first of `count` gets.
    pub(crate) fn place(&self, area: Area, prefix: &str, size: (u32, u32), count: u64) -> Result<Place, Escapes> {
        let prefix = name::fill_in(prefix, size.0, size.1);
        let mut parts = parts(&prefix)?;
        let stem = parts.pop().unwrap_or(".").to_owned();
        let subfolder = parts.join("/");
        let folder = below(&self.folder(area), &subfolder)?;
        let mut counters = lock(&self.counters);
        if counters.len() > MOST_COUNTERS {
            counters.clear();
        }
        let next = counters.entry((folder.clone(), stem.clone())).or_insert_with(|| highest(&folder, &stem) + 1);
        let number = *next;
        *next += count;
        Ok(Place { area, folder, subfolder, stem, number })
    }

    /// All files of a folder, as prompts may name them (`sub/name`); at most so many.
    pub(crate) fn files(&self, area: Area, most: usize) -> Vec<String> {
        let root = self.folder(area);
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if files.len() >= most {
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

/// The path below a folder with `/` between its parts.
pub(crate) fn relative(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// The highest number of a prefix in a folder.
fn highest(folder: &Path, stem: &str) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter_map(|file| name::number_after(stem, &file)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Area, Storage};

    #[test]
    fn numbers_go_on_after_the_files_that_are_there() {
        let storage = Storage::open(None, None).unwrap();
        fs::write(storage.folder(Area::Output).join("cat_00007_.png"), "").unwrap();
        assert_eq!(storage.place(Area::Output, "cat", (1, 1), 2).unwrap().number, 8);
        assert_eq!(storage.place(Area::Output, "cat", (1, 1), 1).unwrap().number, 10);
        let place = storage.place(Area::Output, "a/b/../c", (1, 1), 1).unwrap();
        assert_eq!((place.subfolder.as_str(), place.stem.as_str(), place.number), ("a", "c", 1));
        assert!(storage.place(Area::Output, "../c", (1, 1), 1).is_err());
    }

    #[test]
    fn the_folders_go_with_the_server() {
        let storage = Storage::open(None, None).unwrap();
        let base = storage.base.clone();
        assert!(base.is_dir());
        drop(storage);
        assert!(!base.exists());
    }
}
