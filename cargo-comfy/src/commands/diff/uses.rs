//! The workflows and Rust sources that use the compared nodes.

use std::fs;
use std::path::{Path, PathBuf};

use comfy_codegen::Config;
use comfy_schema::{Schema, Value, shown};

use crate::failure::{Failure, IntoFailure};
use crate::workflow::Choices;

/// The workflows and sources that `--uses` names.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// The name and the prompt of each workflow.
    pub(super) workflows: Vec<(String, Value)>,
    /// The classes that Rust sources use.
    pub(super) classes: Vec<String>,
    /// The paths of the Rust sources.
    pub(super) sources: Vec<String>,
}

impl Uses {
    /// Reads the workflows and sources at these paths. `origin` reads the old definitions.
    pub(super) fn find(paths: &[PathBuf], origin: Config, old: &Schema) -> Result<Self, Failure> {
        let mut uses = Self::default();
        let mut sources = Vec::new();
        for path in paths {
            if path.is_dir() {
                uses.folder(path, old, &mut sources)?;
            } else if is_rust(path) {
                sources.push(path.clone());
            } else {
                let read = Choices::AS_WRITTEN.read(path, || Ok(old));
                let (prompt, _) = read.map_err(|failure| failure.about(path))?;
                uses.workflows.push((path.display().to_string(), prompt));
            }
        }
        if !sources.is_empty() {
            uses.classes = sources.iter().fold(origin, Config::used_in).classes()?;
            uses.sources = sources.iter().map(|path| path.display().to_string()).collect();
        }
        if uses.workflows.is_empty() && uses.sources.is_empty() {
            return Err("--uses names neither a workflow nor a Rust source".to_owned().into_failure());
        }
        Ok(uses)
    }

    /// Adds the workflows and sources in a folder, at any depth. JSON files that are not workflows are skipped.
    fn folder(&mut self, folder: &Path, old: &Schema, sources: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let mut open = vec![folder.to_owned()];
        let mut rust = false;
        let mut found = Vec::new();
        while let Some(folder) = open.pop() {
            let list = || fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>();
            let entries = list().map_err(|error| format!("{}: {error}", shown::path(&folder)).into_failure())?;
            for entry in entries {
                let path = entry.path();
                // Links to folders are not followed, because they may form a cycle.
                if entry.file_type()?.is_dir() {
                    open.push(path);
                } else if is_rust(&path) {
                    rust = true;
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    found.push(path);
                }
            }
        }
        found.sort();
        for path in found {
            if let Ok((prompt, _)) = Choices::AS_WRITTEN.read(&path, || Ok(old)) {
                self.workflows.push((path.display().to_string(), prompt));
            }
        }
        if rust {
            sources.push(folder.to_owned());
        }
        Ok(())
    }
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}
