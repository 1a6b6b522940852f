//! Lists of the files in the server's folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use comfy_schema::shown;
use comfy_schema::validate::{Files, Folder};
use thiserror::Error;

use crate::failure::Failure;

/// The error of a folder that cannot be listed.
#[derive(Debug, Error)]
#[error("cannot list the folder {}; name a folder that exists and is readable", shown::path(path))]
struct ListError {
    path: PathBuf,
    source: io::Error,
}

/// Lists the input, output and temp folders, as far as they are given.
pub(super) fn list(folders: [Option<&Path>; 3]) -> Result<Files, Failure> {
    let mut files = Files::new();
    for (kind, folder) in [Folder::Input, Folder::Output, Folder::Temp].into_iter().zip(folders) {
        if let Some(folder) = folder {
            files = files.with(kind, names(folder)?);
        }
    }
    Ok(files)
}

/// Returns every file below a folder, by its path from there with slashes. Links to folders are not followed.
fn names(root: &Path) -> Result<Vec<String>, ListError> {
    let mut found = Vec::new();
    let mut open = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let list = || fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>();
        let entries = list().map_err(|source| ListError { path: folder.clone(), source })?;
        for entry in entries {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push((entry.path(), format!("{name}/")));
            } else {
                found.push(name);
            }
        }
    }
    Ok(found)
}
