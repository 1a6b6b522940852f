//! Detection of the format of workflow files, and reading of their content.

use comfy_schema::causes::in_full;
use comfy_schema::prompt::PromptNode;
use comfy_schema::shown::shortened;
use comfy_schema::{Map, Value};

use crate::error::{ConvertWarning, ConvertWarningKind, DocumentError};
use crate::picture;
use crate::ui::UiWorkflow;

/// The maximum number of characters of a key that a message shows.
const MAX_KEY_LEN: usize = 60;

/// The format of a workflow file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A workflow in UI format, as the editor saves it.
    Ui,
    /// A prompt, as the editor exports and queues it.
    Api,
    /// The body of a `POST /prompt` request.
    Request,
    /// A picture, video or sound of this format: `PNG`, `WebP`, `FLAC`, `Ogg`, `MP3`, `MP4`, `WebM`.
    Picture(&'static str),
}

impl Format {
    /// Returns the format of a JSON document, or `None` if it is not a workflow.
    ///
    /// An object whose `prompt` is in API format is the body of a request, whatever else it holds, because a server
    /// ignores the members that it does not know. An object in which some member has a `class_type`, or all have
    /// `inputs`, is in API format. An object with an array `nodes` is a workflow in UI format, unless its `prompt` is an
    /// object: the editor never writes one, so this is a request with an invalid prompt, and therefore none of these.
    pub fn of(json: &Value) -> Option<Self> {
        let map = json.as_object()?;
        let prompt = map.get("prompt").and_then(Value::as_object);
        if prompt.is_some_and(is_prompt) {
            return Some(Self::Request);
        }
        if is_prompt(map) {
            return Some(Self::Api);
        }
        let has_nodes = map.get("nodes").and_then(Value::as_array).is_some();
        (has_nodes && prompt.is_none()).then_some(Self::Ui)
    }
}

/// The content of a workflow file: a workflow, a prompt, or both.
#[derive(Debug, Clone)]
pub enum Content {
    /// A workflow as the editor saves it. A [`Converter`](crate::Converter) converts it to a prompt.
    Ui(UiWorkflow),
    /// A prompt as it was queued: an object that maps each node id to `class_type`, `inputs` and `_meta`. Other keys,
    /// such as `is_changed`, belong to the run that saved the file and are left out. Values are exactly those of the
    /// file, including `NaN`.
    Api(Value),
    /// A workflow and the prompt that was queued for it.
    Both {
        /// The workflow.
        ui: UiWorkflow,
        /// The prompt.
        api: Value,
    },
}

impl Content {
    /// Creates the content of a file from its parts. Returns `None` if the file has neither.
    fn new(ui: Option<UiWorkflow>, api: Option<Value>) -> Option<Self> {
        Some(match (ui, api) {
            (Some(ui), Some(api)) => Self::Both { ui, api },
            (Some(ui), None) => Self::Ui(ui),
            (None, Some(api)) => Self::Api(api),
            (None, None) => return None,
        })
    }
}

/// A workflow file, as [`read`] returns it.
#[derive(Debug, Clone)]
#[must_use = "reading a document has no effect besides returning it"]
pub struct Document {
    format: Format,
    content: Content,
    warnings: Vec<ConvertWarning>,
}

impl Document {
    /// Returns the format of the file.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the content of the file.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Returns the content of the file, without its format and warnings.
    pub fn into_content(self) -> Content {
        self.content
    }

    /// Returns the workflow as the editor saves it, if the file holds one.
    pub fn ui(&self) -> Option<&UiWorkflow> {
        match &self.content {
            Content::Ui(ui) | Content::Both { ui, .. } => Some(ui),
            Content::Api(_) => None,
        }
    }

    /// Returns the prompt that was queued, if the file holds one.
    pub fn api(&self) -> Option<&Value> {
        match &self.content {
            Content::Api(api) | Content::Both { api, .. } => Some(api),
            Content::Ui(_) => None,
        }
    }

    /// Returns warnings about the parts of the file that were left out.
    pub fn warnings(&self) -> &[ConvertWarning] {
        &self.warnings
    }
}

/// Reads a workflow of any format: UI format (0.4 and v1), API format, the body of a request, or a picture, video or
/// sound that ComfyUI saved (PNG, WebP, FLAC, Opus, MP3, MP4, WebM). JSON may be UTF-8 or UTF-16.
///
/// ```
/// use comfy_convert::{Format, read};
///
/// # fn main() -> Result<(), comfy_convert::DocumentError> {
/// let document = read(br#"{"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}, "is_changed": ["x"]}}"#)?;
/// assert_eq!(document.format(), Format::Api);
/// assert_eq!(
///     document.api().expect("the file is in API format").to_string(),
///     r#"{"1":{"class_type":"LoadImage","inputs":{"image":"a.png"}}}"#
/// );
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Returns a [`DocumentError`] if the bytes hold no workflow. Its message names what they hold instead.
pub fn read(bytes: &[u8]) -> Result<Document, DocumentError> {
    if let Some(found) = picture::read(bytes) {
        let (format, found) = found?;
        return from_picture(format, found);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    match text {
        [] => return Err(DocumentError::Empty),
        [b'<', rest @ ..] => return Err(markup(rest)),
        _ => {}
    }
    let value = Value::parse(bytes).map_err(|source| DocumentError::Json { source })?;
    from_value(value)
}

fn markup(rest: &[u8]) -> DocumentError {
    let head = String::from_utf8_lossy(rest.get(..200).unwrap_or(rest)).to_ascii_lowercase();
    if head.starts_with("svg") || head.contains("<svg") {
        return DocumentError::Unsupported { found: "an SVG picture", remedy: "give the workflow's JSON" };
    }
    DocumentError::Html
}

/// Creates a document from a JSON value.
fn from_value(value: Value) -> Result<Document, DocumentError> {
    let not_a_workflow = |found| DocumentError::NotAWorkflow { found };
    let map = value.as_object().ok_or_else(|| not_a_workflow(value.kind_name().into()))?;
    let format = Format::of(&value).ok_or_else(|| not_a_workflow(describe(map)))?;
    if format == Format::Ui {
        let content = Content::Ui(UiWorkflow::from_value(&value)?);
        return Ok(Document { format, content, warnings: Vec::new() });
    }
    let is_request = format == Format::Request;
    let workflow = ["extra_data", "extra_pnginfo", "workflow"]
        .iter()
        .try_fold(&value, |value, key| value.as_object()?.get(key))
        .filter(|workflow| is_request && !workflow.is_null())
        .map(UiWorkflow::from_value);
    let Value::Object(mut map) = value else { return Err(not_a_workflow(value.kind_name().into())) };
    let prompt = match is_request.then(|| map.remove("prompt")).flatten() {
        Some(Value::Object(prompt)) => prompt,
        _ => map,
    };
    let (api, mut warnings) = cleaned(prompt);
    let content = match workflow {
        Some(Ok(ui)) => Content::Both { ui, api },
        Some(Err(error)) => {
            let message = format!("extra_data.extra_pnginfo.workflow: {}", in_full(&error));
            warnings.push(ConvertWarning::ignored(message));
            Content::Api(api)
        }
        None => Content::Api(api),
    };
    Ok(Document { format, content, warnings })
}

fn from_picture(format: &'static str, found: picture::Found) -> Result<Document, DocumentError> {
    let metadata = |key, error| DocumentError::Metadata { format, key, source: Box::new(error) };
    let mut problems = found.problems;
    let ui = found.workflow.filter(|workflow| !workflow.is_null()).and_then(|workflow| {
        UiWorkflow::from_value(&workflow).map_err(|error| problems.push(metadata("workflow", error))).ok()
    });
    let mut warnings = Vec::new();
    let api = found.prompt.filter(|prompt| !prompt.is_null()).and_then(|prompt| {
        let found = match prompt {
            Value::Object(map) if is_prompt(&map) => {
                let (api, stripped) = cleaned(map);
                warnings = stripped;
                return Some(api);
            }
            Value::Object(map) => describe(&map),
            other => other.kind_name().into(),
        };
        problems.push(metadata("prompt", DocumentError::NotAWorkflow { found }));
        None
    });
    let Some(content) = Content::new(ui, api) else {
        return Err(problems.pop().unwrap_or(DocumentError::NoWorkflow { format, found: Vec::new() }));
    };
    warnings.extend(problems.into_iter().map(|problem| ConvertWarning::ignored(in_full(&problem))));
    Ok(Document { format: Format::Picture(format), content, warnings })
}

/// Returns whether an object is in API format: some member has a class, or all have inputs. (A front end that does not
/// know a node's class writes no `class_type` for it.)
fn is_prompt(map: &Map) -> bool {
    let mut nodes = map.iter().map(|(id, json)| PromptNode { id, json });
    nodes.clone().any(|node| node.class().is_some()) || !map.is_empty() && nodes.all(|node| node.inputs().is_some())
}

/// Returns a prompt without the parts that belong to the run that saved it, and a warning about each.
fn cleaned(prompt: Map) -> (Value, Vec<ConvertWarning>) {
    let is_kept = |key: &str| matches!(key, "class_type" | "inputs" | "_meta");
    let mut warnings = Vec::new();
    let mut nodes = Vec::with_capacity(prompt.len());
    for (id, json) in prompt {
        let node = PromptNode { id: &id, json: &json };
        let members = json.as_object();
        if !members.is_some_and(|node| node.contains_key("inputs") || node.contains_key("class_type")) {
            warnings.push(ConvertWarning::ignored(format!("`{id}` is not a node and is left out")));
            continue;
        }
        let stripped = members.into_iter().flat_map(Map::keys).filter(|key| !is_kept(key));
        warnings.extend(stripped.map(|key| {
            let kind = ConvertWarningKind::Stripped { key: key.clone() };
            ConvertWarning { node: Some(node.label()), kind }
        }));
        let kept = match json {
            Value::Object(members) if members.keys().any(|key| !is_kept(key)) => {
                Value::Object(members.into_iter().filter(|(key, _)| is_kept(key)).collect())
            }
            whole => whole,
        };
        nodes.push((id, kept));
    }
    (nodes.into_iter().collect::<Map>().into(), warnings)
}

/// Describes an object that is not a workflow.
fn describe(map: &Map) -> String {
    let is_definition =
        |value: &Value| value.as_object().is_some_and(|node| node.contains_key("input") && node.contains_key("output"));
    if map.iter().any(|(_, value)| is_definition(value)) {
        return "node definitions (/object_info)".into();
    }
    if map.contains_key("error") || map.contains_key("node_errors") {
        return "the error message of a server".into();
    }
    match map.keys().next() {
        None => "an empty object".into(),
        Some(first) => format!("another object (its first key is `{}`)", shortened(first, MAX_KEY_LEN)),
    }
}
