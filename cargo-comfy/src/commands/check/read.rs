//! Reading the workflow files to check.

use std::path::{Path, PathBuf};

use comfy_convert::{ConvertWarning, ConvertWarningKind, Format};
use comfy_schema::{JsonError, Map, Schema, Value, shown};
use thiserror::Error;

use crate::failure::Failure;
use crate::files;
use crate::workflow::{self, Choices};

/// The reason why a file cannot be checked.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("cannot read {}: {reason}; name a readable file, or - for standard input", shown::path(path))]
    Read { path: PathBuf, reason: String },

    #[error("{} is not JSON: {source}; save the workflow again with `Export (API)`", shown::path(path))]
    NotJson { path: PathBuf, source: JsonError },

    #[error("{} holds no workflow that can be checked: {reason}", shown::path(path))]
    Converted { path: PathBuf, reason: String },

    #[error("{} holds node definitions, not a workflow; give it as --schema", shown::path(path))]
    Definitions { path: PathBuf },
}

/// A workflow and its origin.
#[derive(Debug)]
pub(super) struct Workflow {
    /// The name for messages: the path, or `<stdin>`.
    pub(super) name: String,
    /// The path, unless the workflow came from standard input.
    pub(super) path: Option<PathBuf>,
    /// The text of the file. Empty if the file is not UTF-8 or not in API format.
    pub(super) text: String,
    /// The request body: the file itself, or a body with the file's prompt.
    pub(super) body: Value,
    /// Whether the file itself is a request body.
    pub(super) is_body: bool,
    /// The message about the prompt, if it has no nodes.
    pub(super) empty: Option<String>,
}

impl Workflow {
    /// Reads a file, or standard input. A file that is not in API format is converted as the editor does when it queues
    /// it; the places of its nodes in the text are then unknown.
    pub(super) fn read(path: &Path, schema: &Schema) -> Result<Self, ReadError> {
        let bytes = bytes(path)?;
        let value = match parse(path, &bytes) {
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
        let is_body = match Format::of(&value) {
            Some(Format::Ui) => return Self::converted(path, &bytes, schema),
            Some(Format::Request) => true,
            Some(_) => false,
            // An object with the key `prompt` counts as a request body even if its prompt is invalid. The validator
            // then rejects it as the server does.
            None => value.as_object().is_some_and(|map| map.contains_key("prompt")),
        };
        let body = if is_body { value } else { body(value) };
        Ok(Self::new(path, String::from_utf8(bytes).unwrap_or_default(), body, is_body, &[]))
    }

    /// Creates a workflow of a prompt that was made from a file. The places of its nodes in the text are unknown.
    #[cfg(feature = "run")]
    pub(super) fn of_prompt(path: &Path, prompt: Value) -> Self {
        Self::new(path, String::new(), body(prompt), false, &[])
    }

    /// Converts a file in UI format, or a picture.
    fn converted(path: &Path, bytes: &[u8], schema: &Schema) -> Result<Self, ReadError> {
        let read = comfy_convert::read(bytes).map_err(Failure::from);
        let converted = read.and_then(|document| Choices::QUEUED.prompt(document, || Ok(schema)));
        let (prompt, mut warnings) =
            converted.map_err(|error| ReadError::Converted { path: path.to_owned(), reason: error.to_string() })?;
        let workflow = Self::new(path, String::new(), body(prompt), false, &warnings);
        // The report says it.
        warnings.retain(|warning| !matches!(warning.kind, ConvertWarningKind::EmptyPrompt { .. }));
        workflow::warn(path, &warnings);
        Ok(workflow)
    }

    fn new(path: &Path, text: String, body: Value, is_body: bool, warnings: &[ConvertWarning]) -> Self {
        let mut workflow = Self {
            name: name(path),
            path: (!is_stdin(path)).then(|| path.to_owned()),
            text,
            body,
            is_body,
            empty: None,
        };
        workflow.empty = workflow::empty(workflow.prompt(), warnings);
        workflow
    }

    /// Returns the prompt of the request body.
    pub(super) fn prompt(&self) -> &Value {
        self.body.as_object().and_then(|body| body.get("prompt")).unwrap_or(&Value::Null)
    }
}

/// Reads a file of JSON.
pub(super) fn json(path: &Path) -> Result<Value, ReadError> {
    parse(path, &bytes(path)?)
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the name of a file for messages.
fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// Returns a request body with this prompt.
fn body(prompt: Value) -> Value {
    Value::Object(Map::from_iter([("prompt", prompt)]))
}

fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    files::bytes(path).map_err(|error| ReadError::Read { path: path.to_owned(), reason: error.to_string() })
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Value, ReadError> {
    Value::parse(bytes).map_err(|source| ReadError::NotJson { path: path.to_owned(), source })
}

fn is_definitions(value: &Value) -> bool {
    let first = value.as_object().and_then(|map| map.iter().next()).and_then(|(_, node)| node.as_object());
    first.is_some_and(|node| {
        !node.contains_key("class_type") && node.contains_key("input") && node.contains_key("output")
    })
}
