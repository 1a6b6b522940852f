//! The packages of the workspace, as `cargo metadata` lists them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The sources of a package: paths relative to the root of the workspace, with `/` between folders.
pub type Sources = BTreeMap<String, String>;

/// A package of the workspace.
#[derive(Debug)]
pub struct Package {
    /// The name of the package.
    pub name: String,
    /// The folder of the package, relative to the root of the workspace.
    pub folder: String,
    /// Whether the package is published on crates.io.
    pub published: bool,
    /// The root files of its library and its programs, relative to the root of the workspace.
    pub roots: Vec<String>,
    /// The manifest as `cargo metadata` prints it.
    pub manifest: Value,
}

impl Package {
    /// Returns the packages of this workspace that must be published before this one: those that it depends on with a
    /// version, including development dependencies.
    pub fn workspace_dependencies(&self) -> Vec<&str> {
        let list = self.manifest["dependencies"].as_array().map_or(&[][..], Vec::as_slice);
        let ours = list.iter().filter(|dependency| dependency["path"].is_string() && dependency["req"] != "*");
        ours.filter_map(|dependency| dependency["name"].as_str()).collect()
    }

    /// Reads every Rust file below `src`.
    ///
    /// # Errors
    ///
    /// Returns the error of the file system.
    pub fn sources(&self) -> io::Result<Sources> {
        rust_files(&format!("{}/src", self.folder))
    }
}

/// Returns the root folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Reads every Rust file below a folder of the workspace.
///
/// # Errors
///
/// Returns the error of the file system.
pub fn rust_files(folder: &str) -> io::Result<Sources> {
    let mut sources = Sources::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder))? {
            let path = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            let absolute = root().join(&path);
            if absolute.is_dir() {
                folders.push(path);
            } else if absolute.extension().is_some_and(|extension| extension == "rs") {
                sources.insert(path, fs::read_to_string(absolute)?);
            }
        }
    }
    Ok(sources)
}

/// Runs cargo in the root of the workspace and returns what it printed.
///
/// # Errors
///
/// Returns an error if cargo cannot be started or fails, with its messages.
pub fn cargo(arguments: &[&str]) -> io::Result<String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args(arguments).current_dir(root()).output()?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("cargo {} failed: {messages}", arguments.join(" "))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Lists the packages of the workspace.
///
/// # Errors
///
/// Returns an error if cargo fails or prints something unexpected.
pub fn packages() -> io::Result<Vec<Package>> {
    let printed = cargo(&["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&printed)?;
    let list = metadata["packages"].as_array().ok_or_else(|| io::Error::other("cargo metadata lists no packages"))?;
    Ok(list.iter().map(|manifest| package(manifest.clone())).collect())
}

/// Lists the packages that are published.
///
/// # Errors
///
/// Returns an error if cargo fails or prints something unexpected.
pub fn published() -> io::Result<Vec<Package>> {
    Ok(packages()?.into_iter().filter(|package| package.published).collect())
}

fn package(manifest: Value) -> Package {
    let relative = |path: &Value| {
        let path = Path::new(path.as_str().unwrap_or_default());
        let path = path.strip_prefix(root()).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    };
    let folder = relative(&manifest["manifest_path"]).trim_end_matches("/Cargo.toml").to_owned();
    let targets = manifest["targets"].as_array().map_or(&[][..], Vec::as_slice);
    let sources = targets.iter().map(|target| relative(&target["src_path"]));
    let roots = sources.filter(|path| path.starts_with(&format!("{folder}/src/"))).collect();
    Package {
        name: manifest["name"].as_str().unwrap_or_default().to_owned(),
        published: manifest["publish"].is_null(),
        folder,
        roots,
        manifest,
    }
}
