//! Paths that clients name, confined to the folder that they belong to.

use std::path::{Path, PathBuf};

/// The error for a path that leads out of its folder, or could do so on another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutsideRoot;

/// Returns the path in `root` that `relative` names, with `.` and `..` resolved as the server does: `a/../b` is `b`.
///
/// # Errors
///
/// Returns [`OutsideRoot`] if the path leaves the folder by `..`, as an absolute path or through a symbolic link, and
/// if it contains a backslash, a colon or NUL, which have a meaning on other systems.
pub(crate) fn below(root: &Path, relative: &str) -> Result<PathBuf, OutsideRoot> {
    let parts = parts(relative)?;
    let path = parts.iter().fold(root.to_owned(), |path, part| path.join(part));
    if leads_outside(root, &path) { Err(OutsideRoot) } else { Ok(path) }
}

/// Returns the parts of a path, with `.` and `..` resolved.
pub(crate) fn parts(relative: &str) -> Result<Vec<&str>, OutsideRoot> {
    if relative.starts_with('/') || relative.contains(['\\', ':', '\0']) {
        return Err(OutsideRoot);
    }
    let mut parts = Vec::new();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop().ok_or(OutsideRoot)?,
            part => parts.push(part),
        }
    }
    Ok(parts)
}

/// Returns whether the existing part of a path leads out of the folder when symbolic links are followed.
fn leads_outside(root: &Path, path: &Path) -> bool {
    let Ok(root) = root.canonicalize() else { return false };
    // `symlink_metadata` instead of `exists`, which is false for a dangling link.
    let there = path.ancestors().find(|path| path.symlink_metadata().is_ok());
    there.is_some_and(|there| {
        there.canonicalize().map_or(true, |real| !real.starts_with(&root) && !root.starts_with(&real))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{OutsideRoot, below, parts};

    #[test]
    fn dots_are_resolved() {
        assert_eq!(parts("a/./b/../c//d"), Ok(vec!["a", "c", "d"]));
        assert_eq!(parts(""), Ok(vec![]));
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        for path in ["..", "a/../../b", "/etc/passwd", "..\\x", "C:\\x", "c:x", "a\0b", "\\\\host\\share", "./../x"] {
            assert_eq!(parts(path), Err(OutsideRoot), "{path:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_path_leaves_the_folder(path in "([a-z./\\\\:\\x00 é]|\\.\\.){0,20}") {
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
        assert_eq!(below(root.path(), "link/secret"), Err(OutsideRoot));
        assert_eq!(below(root.path(), "link/not/yet"), Err(OutsideRoot));
        assert_eq!(below(root.path(), "dangling"), Err(OutsideRoot));
        assert!(below(root.path(), "mine").is_ok() && below(root.path(), "new/file").is_ok());
    }
}
