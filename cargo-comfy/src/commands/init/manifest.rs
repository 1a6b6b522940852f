//! The changes to a crate's `Cargo.toml`.

use std::path::Path;

use comfy_schema::shown;
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

use crate::failure::{Failure, IntoFailure};

/// A `Cargo.toml` that keeps its comments and its order when it is changed.
pub(super) struct Manifest {
    document: DocumentMut,
    /// The dependencies that were added.
    pub(super) added: Vec<String>,
    /// The dependencies that were there already, perhaps with other versions or features.
    pub(super) kept: Vec<String>,
}

impl Manifest {
    /// Parses the manifest of a package.
    pub(super) fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let document: DocumentMut =
            text.parse().map_err(|error| format!("{}: {error}", shown::path(path)).into_failure())?;
        if document.get("package").is_none() {
            let message =
                "this is the manifest of a workspace; give the folder of one of its packages, or a new folder";
            return Err(format!("{}: {message}", shown::path(path)).into_failure());
        }
        Ok(Self { document, added: Vec::new(), kept: Vec::new() })
    }

    /// Returns the build script that the manifest names, or `none` if it has a `build` key that is not a string. `None`
    /// means that the build script is `build.rs`, if that file exists.
    pub(super) fn build_script(&self) -> Option<String> {
        let build = self.document.get("package")?.get("build")?;
        Some(build.as_str().unwrap_or("none").to_owned())
    }

    /// Adds the missing dependencies: by path into this project's sources if `workspace` is given, else by version.
    pub(super) fn add(&mut self, workspace: Option<&Path>) -> Result<(), Failure> {
        let version = env!("CARGO_PKG_VERSION").rsplit_once('.').map_or("0.1", |(version, _)| version);
        let folder = workspace.map(utf8).transpose()?;
        let ours = |name: &str| {
            let mut table = InlineTable::new();
            match folder {
                Some(folder) => {
                    table.insert("path", Path::new(folder).join(name).to_string_lossy().into_owned().into())
                }
                None => table.insert("version", version.into()),
            };
            table
        };
        let mut runtime = ours("comfy-runtime");
        runtime.insert("features", Value::from_iter(["macros"]));
        self.add_to("dependencies", "comfy-runtime", runtime.into())?;
        self.add_to("build-dependencies", "comfy-codegen", ours("comfy-codegen").into())?;
        self.add_to("dev-dependencies", "insta", "1".into())
    }

    fn add_to(&mut self, table: &str, name: &str, value: Value) -> Result<(), Failure> {
        let item = self.document.entry(table).or_insert_with(|| Item::Table(Table::new()));
        let Some(list) = item.as_table_like_mut() else {
            return Err(format!("Cargo.toml: `{table}` is not a table").into_failure());
        };
        if list.contains_key(name) {
            self.kept.push(format!("{table}.{name}"));
            return Ok(());
        }
        self.added.push(format!("{table}.{name}"));
        list.insert(name, Item::Value(value));
        Ok(())
    }

    /// Returns the text of the changed manifest.
    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }
}

/// Returns a path as text, which TOML needs.
fn utf8(path: &Path) -> Result<&str, Failure> {
    let message = || format!("{}: the path is not UTF-8, so Cargo.toml cannot name it", shown::path(path));
    path.to_str().ok_or_else(|| message().into_failure())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Manifest;

    #[test]
    fn existing_comments_and_versions_are_kept() {
        let text = "[package]\nname = \"a\" # mine\n\n[dependencies]\ncomfy-runtime = \"9\" # old\n";
        let mut manifest = Manifest::parse(text, Path::new("Cargo.toml")).unwrap_or_else(|_| panic!());
        manifest.add(None).unwrap_or_else(|_| panic!());
        assert!(manifest.text().starts_with(text), "{}", manifest.text());
        assert_eq!(manifest.kept, ["dependencies.comfy-runtime"]);
        assert_eq!(manifest.added, ["build-dependencies.comfy-codegen", "dev-dependencies.insta"]);
    }

    #[test]
    fn a_path_is_quoted() {
        let path = "/a\"\n[x]\\\u{1b}'b";
        let mut manifest =
            Manifest::parse("[package]\nname = \"a\"\n", Path::new("Cargo.toml")).unwrap_or_else(|_| panic!());
        manifest.add(Some(Path::new(path))).unwrap_or_else(|_| panic!());
        let text: toml_edit::DocumentMut = manifest.text().parse().unwrap();
        let written = text["build-dependencies"]["comfy-codegen"]["path"].as_str().unwrap();
        assert_eq!(Path::new(written), Path::new(path).join("comfy-codegen"));
    }

    #[test]
    fn a_manifest_without_a_package_is_an_error() {
        assert!(Manifest::parse("[workspace]", Path::new("Cargo.toml")).is_err());
        assert!(Manifest::parse("[", Path::new("Cargo.toml")).is_err());
    }
}
