//! Finds the files that `comfy-codegen` generated for a package.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use comfy_codegen::Head;

/// Maximum depth of the folders that are searched.
const MAX_DEPTH: usize = 12;

/// Maximum number of files whose first line is read.
const MAX_FILES: usize = 10_000;

/// Maximum length of the first line of a generated file, in bytes.
const MAX_HEAD_BYTES: u64 = 4096;

/// The file that a build script generates.
const BUILT: &str = "comfy_nodes.rs";

/// A file that was generated.
#[derive(Debug)]
pub(super) struct Generated {
    pub(super) path: PathBuf,
    pub(super) head: Head,
    /// Whether a build script wrote the file, rather than a person who checks it in.
    pub(super) is_built: bool,
}

/// Returns the generated files among the sources of a package, and the one of its last build. `target` is the folder of
/// builds if the environment names one.
pub(super) fn find(package: &Path, target: Option<PathBuf>) -> Vec<Generated> {
    let mut sources = Vec::new();
    walk(package, 0, &mut sources);
    sources.sort();
    let sources = sources.into_iter().filter_map(|path| read(path, false));
    sources.chain(last_build(package, target)).collect()
}

/// Collects the Rust files below a folder, without those of builds and of version control.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    // A folder that cannot be read has no sources of this package.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let is_hidden = name.to_string_lossy().starts_with('.');
        // Links are not followed, so that the search ends.
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !is_hidden && depth < MAX_DEPTH && !is_build_folder(&path) {
            walk(&path, depth + 1, found);
        } else if kind.is_file() && found.len() < MAX_FILES && path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Returns whether cargo, or another tool, marked a folder as one that can be made again.
fn is_build_folder(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").exists() || folder.ends_with("node_modules")
}

fn read(path: PathBuf, is_built: bool) -> Option<Generated> {
    let mut start = Vec::new();
    File::open(&path).ok()?.take(MAX_HEAD_BYTES).read_to_end(&mut start).ok()?;
    let head = Head::read(&String::from_utf8_lossy(&start))?;
    Some(Generated { path, head, is_built })
}

/// Returns the newest file that the build script of the package wrote.
fn last_build(package: &Path, target: Option<PathBuf>) -> Option<Generated> {
    let name = package_name(package)?;
    let target = target.or_else(|| target_folder(package))?;
    let mut newest: Option<(SystemTime, PathBuf)> = None;
    // Profiles are below the target folder, and with `--target` one level deeper.
    for profile in subfolders(&target).into_iter().flat_map(|folder| subfolders(&folder).into_iter().chain([folder])) {
        for build in subfolders(&profile.join("build")) {
            let is_of_package = build.file_name().and_then(|build| build.to_str()?.rsplit_once('-'));
            if is_of_package.is_none_or(|(built, _)| built != name) {
                continue;
            }
            let path = build.join("out").join(BUILT);
            if let Ok(time) = modified(&path)
                && newest.as_ref().is_none_or(|(newest, _)| *newest < time)
            {
                newest = Some((time, path));
            }
        }
    }
    read(newest?.1, true)
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// Returns the name of the package whose manifest is in a folder.
fn package_name(package: &Path) -> Option<String> {
    let manifest = fs::read_to_string(package.join("Cargo.toml")).ok()?;
    let manifest: toml_edit::DocumentMut = manifest.parse().ok()?;
    Some(manifest.get("package")?.get("name")?.as_str()?.to_owned())
}

/// Returns the folder `target` in the package or in a folder around it, which is that of its workspace.
fn target_folder(package: &Path) -> Option<PathBuf> {
    let package = fs::canonicalize(package).ok()?;
    package.ancestors().map(|folder| folder.join("target")).find(|target| target.is_dir())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use comfy_codegen::Config;

    use super::find;

    fn generate(schema: &Path, out: &Path) {
        fs::create_dir_all(out.parent().unwrap()).unwrap();
        Config::new().schema(schema).out_file(out).generate().unwrap();
    }

    #[test]
    fn generated_files_are_found_in_sources_and_in_the_last_build() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("Cargo.toml"), "[package]\nname = \"my-crate\"\n").unwrap();
        fs::write(path("a.json"), r#"{"Save": {"input": {}, "output": [], "output_node": true}}"#).unwrap();
        for out in ["src/nodes.rs", "target/debug/build/my-crate-0a/out/comfy_nodes.rs"] {
            generate(&path("a.json"), &path(out));
        }
        // Neither another package nor a copy in a build folder counts.
        fs::write(path("target/CACHEDIR.TAG"), "").unwrap();
        generate(&path("a.json"), &path("target/debug/build/other-0a/out/comfy_nodes.rs"));
        fs::write(path("src/lib.rs"), "// @generated by hand\n").unwrap();
        for target in [None, Some(path("target"))] {
            let found = find(folder.path(), target);
            let names: Vec<_> = found.iter().map(|file| (file.path.ends_with("src/nodes.rs"), file.is_built)).collect();
            assert_eq!(names, [(true, false), (false, true)]);
            assert!(found.iter().all(|file| file.head.is_from(&fs::read(path("a.json")).unwrap())));
        }
    }
}
