//! Writes files as a whole: a file is replaced by a complete one or stays as it is.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
#[cfg(feature = "run")]
use std::{mem, sync::TryLockError, thread, time::Duration};

use tempfile::NamedTempFile;

/// Held while a temporary file exists.
static UNFINISHED: Mutex<()> = Mutex::new(());

/// How often, and how long in between, [`settle`] looks whether files are complete.
#[cfg(feature = "run")]
const SETTLE_LOOKS: (u32, Duration) = (100, Duration::from_millis(10));

/// Does work that creates temporary files.
pub(crate) fn unfinished<T>(work: impl FnOnce() -> T) -> T {
    let _held = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    work()
}

/// Waits until no temporary file is left, but for a second at most, and lets no other be created: the process ends.
#[cfg(feature = "run")]
pub(crate) fn settle() {
    let (looks, pause) = SETTLE_LOOKS;
    for _ in 0..looks {
        match UNFINISHED.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(pause),
            held => return mem::forget(held),
        }
    }
}

/// Writes a file that the user named, and replaces a regular file that has the name, or the one that a link of the name
/// leads to. A pipe or a device that the user named is written to as it is.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if is_stream(path) {
        // Opened for appending, because standard output may be a file that others write to as well.
        return OpenOptions::new().append(true).open(path)?.write_all(bytes);
    }
    let (target, old) = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => (path.to_owned(), None),
        Err(error) => return Err(error),
        Ok(found) if found.is_symlink() => {
            let target = path.canonicalize()?;
            let old = target.metadata()?;
            (target, Some(old))
        }
        Ok(found) => (path.to_owned(), Some(found)),
    };
    match old {
        None => unfinished(|| persist(new(&target, bytes)?, &target)),
        Some(old) if old.is_file() => unfinished(|| {
            let part = new(&target, bytes)?;
            part.as_file().set_permissions(old.permissions())?;
            persist(part, &target)
        }),
        Some(old) if old.is_dir() => Err(io::Error::new(ErrorKind::IsADirectory, "expected a file, found a folder")),
        Some(_) if target == path => OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Some(_) => Err(irregular()),
    }
}

/// Writes a file unless one of the name exists. Returns whether it was written.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    unfinished(|| match new(path, bytes)?.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error),
    })
}

/// Returns an error if something other than a regular file has a path that the user did not name.
pub(crate) fn check_regular(path: &Path) -> io::Result<()> {
    match path.symlink_metadata() {
        Ok(found) if !found.is_file() => Err(irregular()),
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns a complete temporary file in the folder of a path. It is removed unless it is renamed.
fn new(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).map_or(PathBuf::from("."), Path::to_owned);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".comfy-").suffix(".part");
    // The umask decides on the permissions, as for any other file; the default is for secrets.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = builder.tempfile_in(folder)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    Ok(part)
}

fn persist(part: NamedTempFile, path: &Path) -> io::Result<()> {
    part.persist(path).map(drop).map_err(|error| error.error)
}

fn irregular() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "it exists and is not a regular file")
}

/// Returns whether the path names an open stream of a process, such as `/dev/stdout` and `/dev/fd/63`. Other files in
/// `/dev`, such as those in `/dev/shm`, are files and devices like any others.
fn is_stream(path: &Path) -> bool {
    let is_known = [Path::new("/dev/stdout"), Path::new("/dev/stderr")].contains(&path);
    let is_numbered = path
        .parent()
        .is_some_and(|folder| folder == Path::new("/dev/fd") || folder.starts_with("/proc") && folder.ends_with("fd"));
    cfg!(unix) && (is_known || is_numbered)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_written_as_a_whole_or_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write(&path, b"old").unwrap();
        assert!(!create(&path, b"other").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert!(create(&folder.path().join("b.json"), b"b").unwrap());
        assert!(write(folder.path(), b"x").is_err(), "a folder");
        assert!(write(&folder.path().join("none/a.json"), b"x").is_err());
        assert_eq!(names(folder.path()), ["a.json", "b.json"], "no temporary file is left");
    }

    #[cfg(unix)]
    #[test]
    fn the_permissions_of_a_file_stay() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.json");
        write(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_to_a_regular_file_only() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").unwrap();
        symlink("a", path("link")).unwrap();
        write(&path("link"), b"new").unwrap();
        assert_eq!(fs::read(path("a")).unwrap(), b"new");
        assert!(path("link").is_symlink());
        symlink("nothing", path("dangling")).unwrap();
        symlink("/dev/null", path("device")).unwrap();
        for name in ["dangling", "device"] {
            assert!(write(&path(name), b"x").is_err(), "{name}");
            assert!(check_regular(&path(name)).is_err() && path(name).is_symlink(), "{name}");
        }
        assert!(check_regular(&path("a")).is_ok() && check_regular(&path("new")).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_open_streams_are_appended_to() {
        for stream in ["/dev/stdout", "/dev/stderr", "/dev/fd/63", "/proc/self/fd/1", "/proc/7/fd/1"] {
            assert!(is_stream(Path::new(stream)), "{stream}");
        }
        for file in ["/dev/null", "/dev/shm/a.json", "/dev/fd", "/proc/self/cwd/a.json", "a/fd/1", "stdout"] {
            assert!(!is_stream(Path::new(file)), "{file}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_or_device_that_the_user_named_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(check_regular(&path).is_err());
        let read = std::thread::spawn({
            let path = path.clone();
            move || fs::read(path).unwrap()
        });
        write(&path, b"through").unwrap();
        assert_eq!(read.join().unwrap(), b"through");
        write(Path::new("/dev/null"), b"gone").unwrap();
        assert_eq!(names(folder.path()), ["pipe"]);
    }
}
