//! Paths that a client names, kept inside the folder that they are meant for.

use std::path::{Path, PathBuf};

/// Why a path is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Escapes;

/// The path below `root` that `relative` names, with `.` and `..` resolved as the server does it: `a/../b` is `b`.
///
/// Refused is what leaves the folder: too many `..`, absolute paths, a symbolic link on the way; and what would mean
/// something else on another system: backslashes, drives, NUL.
pub(crate) fn below(root: &Path, relative: &str) -> Result<PathBuf, Escapes> {
    let parts = parts(relative)?;
    let path = parts.iter().fold(root.to_owned(), |path, part| path.join(part));
    if leads_outside(root, &path) { Err(Escapes) } else { Ok(path) }
}

/// The parts of a path after `.` and `..` are resolved.
pub(crate) fn parts(relative: &str) -> Result<Vec<&str>, Escapes> {
    if relative.starts_with('/') || relative.contains(['\\', ':', '\0']) {
        return Err(Escapes);
    }
    let mut parts = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop().ok_or(Escapes)?,
            part => parts.push(part),
        }
    }
    Ok(parts)
}

/// Whether what exists of the path is, links followed, outside.
fn leads_outside(root: &Path, path: &Path) -> bool {
    let Ok(root) = root.canonicalize() else { return false };
    // `exists` follows links; a dangling one must not count as free.
    let there = path.ancestors().find(|path| path.symlink_metadata().is_ok());
    there.is_some_and(|there| {
        there.canonicalize().map_or(true, |real| !real.starts_with(&root) && !root.starts_with(&real))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Escapes, below, parts};

    #[test]
    fn dots_are_resolved() {
        assert_eq!(parts("a/./b/../c//d"), Ok(vec!["a", "c", "d"]));
        assert_eq!(parts(""), Ok(vec![]));
    }

    #[test]
    fn what_leaves_the_folder_is_refused() {
        for path in ["..", "a/../../b", "/etc/passwd", "..\\x", "C:\\x", "c:x", "a\0b", "\\\\host\\share", "./../x"] {
            assert_eq!(parts(path), Err(Escapes), "{path:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_leads_out(path in "([a-z./\\\\:\\x00 é]|\\.\\.){0,20}") {
            let root = std::path::Path::new("/no/such/folder");
            if let Ok(found) = below(root, &path) {
                let rest = found.strip_prefix(root).unwrap();
                proptest::prop_assert!(rest.components().all(|part| matches!(part, std::path::Component::Normal(_))));
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_folder_are_refused() {
        let outside = tempfile::tempdir().unwrap();
        let root = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("new"), root.path().join("dangling")).unwrap();
        fs::write(root.path().join("mine"), "x").unwrap();
        assert_eq!(below(root.path(), "link/secret"), Err(Escapes));
        assert_eq!(below(root.path(), "link/not/yet"), Err(Escapes));
        assert_eq!(below(root.path(), "dangling"), Err(Escapes));
        assert!(below(root.path(), "mine").is_ok() && below(root.path(), "new/file").is_ok());
    }
}
