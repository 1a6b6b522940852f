//! Places complete files: below a folder without leaving it, and without destroying what is there.

use std::fs::{self, FileType};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::super::error::Error;
use super::super::limits::MAX_NUMBERED_NAMES;
use super::name;
use super::part::{Part, failed};

/// Creates the subfolder below a folder, and returns its path. No part of it may be a link that leaves the folder.
pub(super) fn subfolder(folder: &Path, parts: &[&str]) -> Result<PathBuf, Error> {
    create_folder(folder)?;
    let root = folder.canonicalize().map_err(failed(folder))?;
    let mut path = folder.to_owned();
    for part in parts {
        path.push(part);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(&path)(error)),
            _ => {}
        }
        let real = path.canonicalize().map_err(failed(&path))?;
        if !real.starts_with(&root) {
            return Err(refused(&path, "the folder is a link that leaves the output folder"));
        }
        if !real.is_dir() {
            return Err(refused(&path, "expected a folder, found another file"));
        }
    }
    Ok(path)
}

/// Creates a folder and its parents.
pub(super) fn create_folder(folder: &Path) -> Result<(), Error> {
    if folder.as_os_str().is_empty() { Ok(()) } else { fs::create_dir_all(folder).map_err(failed(folder)) }
}

/// Renames a complete file to a name in a folder below `root`, or to the first free name after it: `cat (2).png`.
pub(super) fn under_free_name(mut part: Part, root: &Path, folder: &Path, file: &str) -> Result<PathBuf, Error> {
    for number in 1..=MAX_NUMBERED_NAMES {
        let path = folder.join(if number == 1 { file.to_owned() } else { name::numbered(file, number) });
        if is_taken(&path, root)? {
            continue;
        }
        match rename_to_new(part, &path) {
            Ok(()) => return Ok(path),
            // Another program has taken the name meanwhile.
            Err((back, error)) if error.kind() == ErrorKind::AlreadyExists => part = back,
            Err((_, error)) => return Err(failed(&path)(error)),
        }
    }
    Err(refused(&folder.join(file), "10,000 files of this name exist; move them, or save to another folder"))
}

/// Renames a complete file to a name in a folder below `root`, and replaces a regular file of that name.
pub(super) fn over_old(part: Part, root: &Path, folder: &Path, file: &str) -> Result<PathBuf, Error> {
    let path = folder.join(file);
    is_taken(&path, root)?;
    part.replace(&path).map_err(|(_, error)| failed(&path)(error))?;
    Ok(path)
}

/// Returns the file that a path of the user leads to: the path itself, or the regular file behind a link.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, Error> {
    let found = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path.to_owned()),
        found => found.map_err(failed(path))?,
    };
    let real = if found.is_symlink() { path.canonicalize().map_err(failed(path))? } else { path.to_owned() };
    let kind = real.symlink_metadata().map_err(failed(&real))?.file_type();
    if kind.is_file() { Ok(real) } else { Err(irregular(path, kind)) }
}

/// Renames a complete file to a path, and replaces a regular file there.
pub(super) fn at(part: Part, path: &Path) -> Result<(), Error> {
    part.replace(path).map_err(|(_, error)| failed(path)(error))
}

/// Returns whether a regular file has the path. A file of another kind, and a link that leaves the folder, is an error.
fn is_taken(path: &Path, root: &Path) -> Result<bool, Error> {
    let kind = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        found => found.map_err(failed(path))?.file_type(),
    };
    if kind.is_symlink() {
        let root = root.canonicalize().map_err(failed(root))?;
        let real = path.canonicalize().ok().filter(|real| real.starts_with(&root));
        let kind = real.and_then(|real| real.metadata().ok()).map(|found| found.file_type());
        return match kind {
            Some(kind) if kind.is_file() => Ok(true),
            Some(kind) => Err(irregular(path, kind)),
            None => Err(refused(path, "it is a link that leaves the output folder or leads nowhere")),
        };
    }
    if kind.is_file() { Ok(true) } else { Err(irregular(path, kind)) }
}

/// Renames a file to a path that must not exist.
fn rename_to_new(part: Part, path: &Path) -> Result<(), (Part, io::Error)> {
    let part = match part.rename_to_new(path) {
        Ok(()) => return Ok(()),
        Err((part, error)) if error.kind() == ErrorKind::AlreadyExists => return Err((part, error)),
        Err((part, _)) => part,
    };
    // The file system has neither a rename that keeps what is there nor hard links, as on some network drives. An empty
    // file reserves the name, and is then replaced.
    if let Err(error) = fs::File::create_new(path) {
        return Err((part, error));
    }
    part.replace(path).inspect_err(|_| {
        // The reservation is of no use any more; the error of the rename is the one to report.
        _ = fs::remove_file(path);
    })
}

fn irregular(path: &Path, kind: FileType) -> Error {
    let is_folder = kind.is_dir();
    refused(path, if is_folder { "expected a file, found a folder" } else { "it exists and is not a regular file" })
}

fn refused(path: &Path, reason: &'static str) -> Error {
    Error::File { path: path.to_owned(), reason: io::Error::new(ErrorKind::InvalidInput, reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a complete temporary file with this content.
    fn part(folder: &Path, content: &str) -> Part {
        let (_, part) = Part::create(folder).unwrap();
        fs::write(part.path(), content).unwrap();
        part
    }

    #[test]
    fn a_taken_name_gets_the_first_free_number() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let names: Vec<_> = (0..3)
            .map(|n| under_free_name(part(root, &n.to_string()), root, root, "a.png").unwrap())
            .map(|path| (path.file_name().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
            .collect();
        let expected = [("a.png", "0"), ("a (2).png", "1"), ("a (3).png", "2")];
        assert_eq!(names, expected.map(|(name, content)| (name.into(), content.into())));
        over_old(part(root, "new"), root, root, "a.png").unwrap();
        assert_eq!(fs::read_to_string(root.join("a.png")).unwrap(), "new");
        assert_eq!(fs::read_dir(root).unwrap().count(), 3, "no temporary file is left");
    }

    #[test]
    fn the_files_of_one_name_are_limited() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("a.png"), "").unwrap();
        (2..=MAX_NUMBERED_NAMES).for_each(|number| fs::write(root.join(name::numbered("a.png", number)), "").unwrap());
        let error = under_free_name(part(root, "new"), root, root, "a.png").unwrap_err();
        assert!(error.to_string().contains("10,000 files of this name exist"), "{error}");
        assert_eq!(fs::read_dir(root).unwrap().count(), 10_000, "no temporary file is left");
        let last = root.join("a (10000).png");
        fs::remove_file(&last).unwrap();
        assert_eq!(under_free_name(part(root, "new"), root, root, "a.png").unwrap(), last);
    }

    #[test]
    fn many_writers_of_one_name_lose_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::thread::scope(|scope| {
            for n in 0..16 {
                scope.spawn(move || under_free_name(part(root, &n.to_string()), root, root, "a.png").unwrap());
            }
        });
        let contents: std::collections::BTreeSet<String> =
            fs::read_dir(root).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
        assert_eq!(contents.len(), 16);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_refused_and_kept() {
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path();
        fs::write(other.path().join("secret"), "old").unwrap();
        fs::create_dir(root.join("folder")).unwrap();
        let _socket = UnixListener::bind(root.join("socket")).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(root.join("fifo")).status().unwrap().success());
        symlink(other.path().join("secret"), root.join("link")).unwrap();
        symlink(other.path().join("nothing"), root.join("dangling")).unwrap();
        symlink("/dev/null", root.join("device")).unwrap();
        for name in ["folder", "socket", "fifo", "link", "dangling", "device"] {
            assert!(matches!(under_free_name(part(root, ""), root, root, name), Err(Error::File { .. })), "{name}");
            assert!(matches!(over_old(part(root, ""), root, root, name), Err(Error::File { .. })), "{name}");
        }
        assert_eq!(fs::read_dir(root).unwrap().count(), 6, "nothing was added or removed");
        assert_eq!(fs::read_to_string(other.path().join("secret")).unwrap(), "old");
        assert!(!other.path().join("nothing").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_stays_in_the_folder_is_a_taken_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("a.png"), "old").unwrap();
        std::os::unix::fs::symlink("a.png", root.join("b.png")).unwrap();
        assert_eq!(under_free_name(part(root, "new"), root, root, "b.png").unwrap(), root.join("b (2).png"));
        over_old(part(root, "new"), root, root, "b.png").unwrap();
        assert_eq!(fs::read_to_string(root.join("a.png")).unwrap(), "old", "the link is replaced, not its file");
    }

    #[cfg(unix)]
    #[test]
    fn a_subfolder_that_is_a_link_out_of_the_folder_is_refused_before_anything_is_created() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(other.path(), folder.path().join("a")).unwrap();
        assert!(matches!(subfolder(folder.path(), &["a", "b"]), Err(Error::File { .. })));
        assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0);
        // A link inside is as good as a folder, and the output folder itself may be a link.
        fs::create_dir(folder.path().join("real")).unwrap();
        std::os::unix::fs::symlink("real", folder.path().join("inside")).unwrap();
        assert!(subfolder(folder.path(), &["inside", "b"]).is_ok());
        assert!(subfolder(&folder.path().join("a"), &["c"]).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_path_of_the_user_may_be_a_link_to_a_regular_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::write(root.join("a.png"), "old").unwrap();
        std::os::unix::fs::symlink("a.png", root.join("link")).unwrap();
        assert_eq!(resolved(&root.join("link")).unwrap(), root.join("a.png"));
        assert_eq!(resolved(&root.join("new")).unwrap(), root.join("new"));
        std::os::unix::fs::symlink("/dev/null", root.join("device")).unwrap();
        for name in ["device", "."] {
            assert!(resolved(&root.join(name)).is_err(), "{name}");
        }
    }
}
