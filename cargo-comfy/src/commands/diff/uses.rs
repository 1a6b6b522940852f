//! What uses the nodes: workflows and Rust sources.

use std::fs;
use std::path::{Path, PathBuf};

use comfy_codegen::Config;
use comfy_schema::{Schema, Value};

use crate::definitions;
use crate::failure::{Failure, IntoFailure};
use crate::workflow::Choices;

/// What `--uses` names.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// Workflows in API format, by file.
    pub(super) workflows: Vec<(String, Value)>,
    /// The classes that Rust sources use, and where the sources are.
    pub(super) classes: Vec<String>,
    pub(super) sources: Vec<String>,
}

impl Uses {
    /// Reads what these paths name. `origin` is where the old definitions came from.
    pub(super) fn find(paths: &[PathBuf], origin: &str, old: &Schema) -> Result<Self, Failure> {
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
            uses.classes = sources.iter().fold(definitions::config_of(origin), Config::used_in).classes()?;
            uses.sources = sources.iter().map(|path| path.display().to_string()).collect();
        }
        if uses.workflows.is_empty() && uses.sources.is_empty() {
            return Err("there is no workflow and no Rust source in what --uses names".to_owned().into_failure());
        }
        Ok(uses)
    }

    /// Workflows and sources in a folder, at any depth. JSON that is no workflow is passed over.
    fn folder(&mut self, folder: &Path, old: &Schema, sources: &mut Vec<PathBuf>) -> Result<(), Failure> {
        let mut open = vec![folder.to_owned()];
        let mut rust = false;
        let mut found = Vec::new();
        while let Some(folder) = open.pop() {
            let list = || fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>();
            let entries = list().map_err(|error| format!("{}: {error}", folder.display()).into_failure())?;
            for entry in entries {
                let path = entry.path();
                // Links to folders may lead in circles.
                if entry.file_type()?.is_dir() {
                    open.push(path);
                } else if is_rust(&path) {
                    rust = true;
                } else if path.extension().is_some_and(|ending| ending == "json") {
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
    path.extension().is_some_and(|ending| ending == "rs")
}
