//! Workflow files.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use comfy_schema::{JsonError, Map, Value};
use thiserror::Error;

/// Why a file is not a workflow in API format. Each message ends in what to do about it.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("{} cannot be read: {source}; name a file that exists and may be read, or - for standard input", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("{} is not JSON: {source}; save the workflow again with `Export (API)`", path.display())]
    NotJson { path: PathBuf, source: JsonError },

    #[error(
        "{} is a workflow in UI format, as `Save` writes it; the server takes API format: convert it with \
         `cargo comfy convert {}`, or save it with `Export (API)`", path.display(), path.display()
    )]
    Ui { path: PathBuf },

    #[error("{} holds node definitions, not a workflow; give it as --schema", path.display())]
    Definitions { path: PathBuf },
}

/// A workflow and where it came from.
#[derive(Debug)]
pub(super) struct Workflow {
    /// For messages: the path, or `<stdin>`.
    pub(super) name: String,
    /// The file as text; empty if it is not UTF-8.
    pub(super) text: String,
    /// The request body that it is, or would be sent in.
    pub(super) body: Value,
    /// Whether the file itself is a body.
    pub(super) is_body: bool,
}

impl Workflow {
    pub(super) fn read(path: &Path) -> Result<Self, ReadError> {
        let bytes = bytes(path)?;
        let value = parse(path, &bytes)?;
        if is_ui(&value) {
            return Err(ReadError::Ui { path: path.to_owned() });
        }
        if is_definitions(&value) {
            return Err(ReadError::Definitions { path: path.to_owned() });
        }
        let is_body = is_body(&value);
        let name = if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() };
        let body = if is_body { value } else { Value::Object(Map::from_iter([("prompt", value)])) };
        Ok(Self { name, text: String::from_utf8(bytes).unwrap_or_default(), body, is_body })
    }

    /// The graph.
    pub(super) fn prompt(&self) -> &Value {
        self.body.as_object().and_then(|body| body.get("prompt")).unwrap_or(&Value::Null)
    }
}

/// A file of JSON.
pub(super) fn json(path: &Path) -> Result<Value, ReadError> {
    parse(path, &bytes(path)?)
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    let read = || {
        if !is_stdin(path) {
            return fs::read(path);
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| ReadError::Read { path: path.to_owned(), source })
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Value, ReadError> {
    Value::parse(bytes).map_err(|source| ReadError::NotJson { path: path.to_owned(), source })
}

/// A request body, not a graph with a node that is called `prompt`.
fn is_body(value: &Value) -> bool {
    let prompt = value.as_object().and_then(|map| map.get("prompt"));
    prompt.is_some_and(|prompt| prompt.as_object().is_none_or(|prompt| !prompt.contains_key("class_type")))
}

/// An array of nodes, and of links.
fn is_ui(value: &Value) -> bool {
    let is_array = |key| value.as_object().and_then(|map| map.get(key)).is_some_and(|value| value.as_array().is_some());
    is_array("nodes") && (is_array("links") || value.as_object().is_some_and(|map| map.contains_key("version")))
}

fn is_definitions(value: &Value) -> bool {
    let first = value.as_object().and_then(|map| map.iter().next()).and_then(|(_, node)| node.as_object());
    first.is_some_and(|node| {
        !node.contains_key("class_type") && node.contains_key("input") && node.contains_key("output")
    })
}
