//! Workflow files.

use std::path::{Path, PathBuf};

use comfy_schema::{JsonError, Map, Schema, Value};
use thiserror::Error;

use crate::failure::Failure;
use crate::files;
use crate::workflow::{self, Choices};

/// Why a file is not a workflow in API format. Each message ends in what to do about it.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("{} cannot be read: {why}; name a file that exists and may be read, or - for standard input", path.display())]
    Read { path: PathBuf, why: String },

    #[error("{} is not JSON: {source}; save the workflow again with `Export (API)`", path.display())]
    NotJson { path: PathBuf, source: JsonError },

    #[error("{} holds no workflow that can be checked: {why}", path.display())]
    Converted { path: PathBuf, why: String },

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
    /// Reads a file, or standard input. What is not in API format is converted as the editor would queue it; then places
    /// in the file are not known.
    pub(super) fn read(path: &Path, schema: &Schema) -> Result<Self, ReadError> {
        let bytes = bytes(path)?;
        let value = match parse(path, &bytes) {
            Ok(value) if is_ui(&value) => return Self::converted(path, &bytes, schema),
            Ok(value) => value,
            Err(not_json) => {
                return match comfy_convert::read(&bytes) {
                    Err(comfy_convert::DocumentError::Json { .. } | comfy_convert::DocumentError::Empty) => {
                        Err(not_json)
                    }
                    _ => Self::converted(path, &bytes, schema),
                };
            }
        };
        if is_definitions(&value) {
            return Err(ReadError::Definitions { path: path.to_owned() });
        }
        let is_body = is_body(&value);
        let body = if is_body { value } else { body(value) };
        Ok(Self { name: name(path), text: String::from_utf8(bytes).unwrap_or_default(), body, is_body })
    }

    /// What a file in UI format, or a picture, would queue.
    fn converted(path: &Path, bytes: &[u8], schema: &Schema) -> Result<Self, ReadError> {
        let read = comfy_convert::read(bytes).map_err(Failure::from);
        let converted = read.and_then(|document| Choices::QUEUED.prompt(document, || Ok(schema)));
        let (prompt, warnings) =
            converted.map_err(|why| ReadError::Converted { path: path.to_owned(), why: why.to_string() })?;
        workflow::warn(path, &warnings);
        Ok(Self { name: name(path), text: String::new(), body: body(prompt), is_body: false })
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

/// What a file is called in messages.
fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// The body of a request with this graph.
fn body(prompt: Value) -> Value {
    Value::Object(Map::from_iter([("prompt", prompt)]))
}

fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    files::bytes(path).map_err(|why| ReadError::Read { path: path.to_owned(), why: why.to_string() })
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
