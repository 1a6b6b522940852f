//! What people have: files of every form, told apart and read.

use comfy_schema::causes::in_full;
use comfy_schema::{Map, Text, Value};

use crate::error::{Place, ReadError, Warning, WarningKind};
use crate::picture;
use crate::ui::UiWorkflow;

/// In which form a workflow came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// The editor's own file.
    Ui,
    /// The prompt that is queued.
    Api,
    /// The body of a `POST /prompt`.
    Request,
    /// A picture, video or sound of this format: `PNG`, `WebP`, `FLAC`, `Ogg`, `MP3`, `MP4`, `WebM`.
    Picture(&'static str),
}

/// What a file holds: at least one of the two.
#[derive(Debug, Clone)]
#[must_use = "it holds what the file held"]
#[non_exhaustive]
pub struct Document {
    /// In which form it came.
    pub form: Form,
    /// The workflow as the editor saves it. It must be converted.
    pub ui: Option<UiWorkflow>,
    /// The prompt as it was queued, without what belongs to that run: an object of node id to `class_type`, `inputs`
    /// and `_meta`. Values are as they stand in the file, `NaN` included.
    pub api: Option<Value>,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

/// Reads a workflow in any form: UI format (0.4 and v1), API format, the body of a request, or a picture, video or
/// sound that ComfyUI saved (PNG, WebP, FLAC, Opus, MP3, MP4, WebM). JSON may be UTF-8 or UTF-16.
///
/// ```
/// use comfy_convert::{Form, read};
///
/// # fn main() -> Result<(), comfy_convert::ReadError> {
/// let document = read(br#"{"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}, "is_changed": ["x"]}}"#)?;
/// assert_eq!(document.form, Form::Api);
/// assert_eq!(
///     document.api.expect("it is API format").to_string(),
///     r#"{"1":{"class_type":"LoadImage","inputs":{"image":"a.png"}}}"#
/// );
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`ReadError`] says what the bytes are instead.
pub fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    if let Some(found) = picture::read(bytes) {
        let (format, found) = found?;
        return from_picture(format, found);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    match text {
        [] => return Err(ReadError::Empty),
        [b'<', rest @ ..] => return Err(markup(rest)),
        _ => {}
    }
    let value = Value::parse(bytes).map_err(|source| ReadError::Json { source })?;
    from_value(&value)
}

fn markup(rest: &[u8]) -> ReadError {
    let head = String::from_utf8_lossy(rest.get(..200).unwrap_or(rest)).to_ascii_lowercase();
    if head.starts_with("svg") || head.contains("<svg") {
        return ReadError::Unsupported { found: "an SVG picture", remedy: "give the workflow's JSON" };
    }
    ReadError::Html
}

/// A document of JSON.
fn from_value(value: &Value) -> Result<Document, ReadError> {
    let Some(map) = value.as_object() else {
        return Err(ReadError::NotAWorkflow { found: value.kind_name().into() });
    };
    if map.get("nodes").and_then(Value::as_array).is_some() {
        let ui = Some(UiWorkflow::from_value(value)?);
        return Ok(Document { form: Form::Ui, ui, api: None, warnings: Vec::new() });
    }
    if let Some(prompt) = map.get("prompt").and_then(Value::as_object).filter(|prompt| is_prompt(prompt)) {
        let (api, mut warnings) = cleaned(prompt);
        let workflow = ["extra_data", "extra_pnginfo", "workflow"]
            .iter()
            .try_fold(value, |value, key| value.as_object().and_then(|map| map.get(key)));
        let ui = workflow.filter(|workflow| !workflow.is_null()).map(UiWorkflow::from_value).transpose();
        let ui = ui.unwrap_or_else(|error| {
            warnings.push(odd(format!("extra_data.extra_pnginfo.workflow: {}", in_full(&error))));
            None
        });
        return Ok(Document { form: Form::Request, ui, api: Some(api), warnings });
    }
    if is_prompt(map) {
        let (api, warnings) = cleaned(map);
        return Ok(Document { form: Form::Api, ui: None, api: Some(api), warnings });
    }
    Err(ReadError::NotAWorkflow { found: what(map) })
}

fn from_picture(format: &'static str, found: picture::Found) -> Result<Document, ReadError> {
    let metadata = |key, error| ReadError::Metadata { format, key, source: Box::new(error) };
    let mut problems = found.problems;
    let ui = found.workflow.filter(|workflow| !workflow.is_null()).and_then(|workflow| {
        UiWorkflow::from_value(&workflow).map_err(|error| problems.push(metadata("workflow", error))).ok()
    });
    let mut warnings = Vec::new();
    let api = found.prompt.filter(|prompt| !prompt.is_null()).and_then(|prompt| match prompt.as_object() {
        Some(map) if is_prompt(map) => {
            let (api, stripped) = cleaned(map);
            warnings = stripped;
            Some(api)
        }
        Some(map) => {
            problems.push(metadata("prompt", ReadError::NotAWorkflow { found: what(map) }));
            None
        }
        None => {
            problems.push(metadata("prompt", ReadError::NotAWorkflow { found: prompt.kind_name().into() }));
            None
        }
    });
    if ui.is_none() && api.is_none() {
        return Err(problems.pop().unwrap_or(ReadError::NoWorkflow { format, found: Vec::new() }));
    }
    warnings.extend(problems.into_iter().map(|problem| odd(in_full(&problem))));
    Ok(Document { form: Form::Picture(format), ui, api, warnings })
}

fn odd(what: String) -> Warning {
    Warning { place: None, kind: WarningKind::Odd(what) }
}

/// Whether this is API format: an object in which some entry has a class, or all have inputs. (A front end that knows none
/// of the classes gives none.)
fn is_prompt(map: &Map) -> bool {
    let has = |node: &Value, key: &str, is_right: fn(&Value) -> bool| {
        node.as_object().is_some_and(|node| node.get(key).is_some_and(is_right))
    };
    map.iter().any(|(_, node)| has(node, "class_type", |class| class.as_str().is_some()))
        || !map.is_empty() && map.iter().all(|(_, node)| has(node, "inputs", |inputs| inputs.as_object().is_some()))
}

/// A prompt without what belongs to the run that saved it.
fn cleaned(prompt: &Map) -> (Value, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut nodes = Vec::new();
    for (id, node) in prompt {
        let Some(node) = node.as_object().filter(|node| node.contains_key("inputs") || node.contains_key("class_type"))
        else {
            warnings.push(odd(format!("`{id}` is no node and is left out")));
            continue;
        };
        let mut kept = Map::new();
        for (key, value) in node {
            if matches!(key.as_str(), "class_type" | "inputs" | "_meta") {
                kept.insert(key.clone(), value.clone());
            } else {
                warnings
                    .push(Warning { place: Some(place(id, node)), kind: WarningKind::Stripped { key: key.clone() } });
            }
        }
        nodes.push((id.clone(), Value::Object(kept)));
    }
    (nodes.into_iter().collect::<Map>().into(), warnings)
}

fn place(id: &Text, node: &Map) -> Place {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(Text::new);
    let title = node.get("_meta").and_then(Value::as_object).and_then(|meta| text(meta.get("title")));
    Place { id: id.clone(), class: text(node.get("class_type")).unwrap_or_default(), title, subgraph: None }
}

/// What an object is that is no workflow, in words.
fn what(map: &Map) -> String {
    let is_definition =
        |value: &Value| value.as_object().is_some_and(|node| node.contains_key("input") && node.contains_key("output"));
    if map.iter().any(|(_, value)| is_definition(value)) {
        return "the definitions of nodes (/object_info)".into();
    }
    if map.contains_key("error") || map.contains_key("node_errors") {
        return "the error message of a server".into();
    }
    match map.keys().next() {
        None => "an empty object".into(),
        Some(first) => {
            format!("an object of something else (its first key is `{}`)", first.chars().take(60).collect::<String>())
        }
    }
}
