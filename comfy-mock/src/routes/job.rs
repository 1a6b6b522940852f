//! The job of a queued prompt or of a run that has ended, as the routes of jobs show it.

use comfy_schema::{Map, Text, Value};

use crate::json::{map, object};
use crate::queue::{Entry, Item};

/// Maximum length of a text preview, in characters.
const MAX_TEXT_LEN: usize = 1024;

/// The kinds of outputs that can be previewed.
const PREVIEWABLE: [&str; 5] = ["images", "video", "audio", "3d", "text"];

/// The extensions of 3D files.
const MESHES: [&str; 7] = [".obj", ".fbx", ".gltf", ".glb", ".usdz", ".ply", ".splat"];

/// The error for a prompt that makes the server's listing of jobs fail: its `extra_pnginfo`, or the `workflow` in it,
/// is not an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct NullWorkflow;

/// A job, with the values that it is filtered and sorted by.
pub(super) struct Job {
    pub(super) status: &'static str,
    pub(super) workflow_id: Option<Value>,
    pub(super) create_time: f64,
    pub(super) duration: f64,
    value: Map,
}

impl Job {
    /// Returns the job as JSON, without members that are null.
    pub(super) fn to_value(&self) -> Value {
        let kept = self.value.iter().filter(|(_, value)| !value.is_null());
        kept.map(|(key, value)| (key.clone(), value.clone())).collect::<Map>().into()
    }

    /// Creates the job of a pending or running prompt.
    pub(super) fn queued(item: &Item, status: &'static str) -> Result<Self, NullWorkflow> {
        let (create_time, workflow_id) = creation(item)?;
        let value = map([
            ("id", Value::from(&item.prompt_id)),
            ("status", Value::from(status)),
            ("priority", item.number.clone()),
            ("create_time", create_time.clone()),
            ("outputs_count", Value::from(0)),
            ("workflow_id", workflow_id.clone().into()),
        ]);
        Ok(Self { status, workflow_id, create_time: create_time.as_f64().unwrap_or(0.0), duration: 0.0, value })
    }

    /// Creates the job of a run that has ended. `whole` adds the members that only `/api/jobs/{job_id}` shows.
    pub(super) fn ended(entry: &Entry, whole: bool) -> Result<Self, NullWorkflow> {
        let (create_time, workflow_id) = creation(&entry.item)?;
        let message = |kinds: &[&str]| entry.status.messages.iter().find(|(kind, _)| kinds.contains(kind));
        let time = |kinds: &[&str]| message(kinds).and_then(|(_, data)| data.as_object()?.get("timestamp").cloned());
        let start = time(&["execution_start"]);
        let end = time(&["execution_success", "execution_error", "execution_interrupted"]);
        let status = match (entry.status.success, message(&["execution_interrupted"])) {
            (true, _) => "completed",
            (false, Some(_)) => "cancelled",
            (false, None) => "failed",
        };
        let (count, preview) = summary(&entry.outputs);
        let number = |time: &Option<Value>| time.as_ref().and_then(Value::as_f64);
        let duration = number(&end).zip(number(&start)).map_or(0.0, |(end, start)| end - start);
        let mut value = map([
            ("id", Value::from(&entry.item.prompt_id)),
            ("status", Value::from(status)),
            ("priority", entry.item.number.clone()),
            ("create_time", create_time.clone()),
            ("execution_start_time", start.into()),
            ("execution_end_time", end.into()),
            ("execution_error", message(&["execution_error"]).map(|(_, data)| data.clone()).into()),
            ("outputs_count", Value::from(count)),
            ("preview_output", preview.into()),
            ("workflow_id", workflow_id.clone().into()),
        ]);
        if whole {
            value.insert("outputs", normal(&entry.outputs));
            value.insert("execution_status", entry.status.to_value());
            let workflow = object([
                ("prompt", Value::Object(entry.item.prompt.as_ref().clone())),
                ("extra_data", Value::Object(entry.item.extra_data.as_ref().clone())),
            ]);
            value.insert("workflow", workflow);
        }
        Ok(Self { status, workflow_id, create_time: create_time.as_f64().unwrap_or(0.0), duration, value })
    }
}

/// Returns the time of creation, and the id of the workflow.
fn creation(item: &Item) -> Result<(Value, Option<Value>), NullWorkflow> {
    let create_time = item.extra_data.get("create_time").cloned().unwrap_or(Value::Null);
    let Some(info) = item.extra_data.get("extra_pnginfo") else { return Ok((create_time, None)) };
    let Some(workflow) = info.as_object().ok_or(NullWorkflow)?.get("workflow") else { return Ok((create_time, None)) };
    let id = workflow.as_object().ok_or(NullWorkflow)?.get("id").cloned();
    Ok((create_time, id))
}

/// Returns the number of outputs, and the output to show as the preview: the first previewable one in the output
/// folder, or else the first previewable one.
fn summary(outputs: &Map) -> (usize, Option<Value>) {
    let (mut count, mut best, mut other) = (0, None, None);
    for (node, kind, item) in items(outputs) {
        let Some(item) = shown(kind, item) else { continue };
        count += 1;
        if !is_previewable(kind, &item) {
            continue;
        }
        let saved = item.get("type").and_then(Value::as_str) == Some("output");
        let slot = if saved { &mut best } else { &mut other };
        if slot.is_none() {
            let mut item = item;
            item.insert("nodeId", node);
            if !item.contains_key("mediaType") {
                item.insert("mediaType", kind);
            }
            *slot = Some(Value::Object(item));
        }
    }
    (count, best.or(other))
}

/// Returns the items of all output lists, each with its node and its kind.
fn items(outputs: &Map) -> impl Iterator<Item = (&Text, &Text, &Value)> {
    outputs.iter().flat_map(|(node, output)| {
        let kinds = output.as_object().into_iter().flat_map(Map::iter);
        kinds
            .filter(|(kind, _)| *kind != "animated")
            .flat_map(move |(kind, list)| list.as_array().into_iter().flatten().map(move |item| (node, kind, item)))
    })
}

/// Returns an item as an object, to which texts and names of 3D files are converted; `None` for other items.
fn shown(kind: &str, item: &Value) -> Option<Map> {
    match item {
        Value::Object(item) => Some(item.clone()),
        Value::String(text) if kind == "text" => Some(text_preview(text)),
        Value::String(name) => mesh(name),
        _ => None,
    }
}

fn text_preview(text: &str) -> Map {
    match text.char_indices().nth(MAX_TEXT_LEN) {
        Some((end, _)) => {
            map([("content", Value::from(text.get(..end).unwrap_or(text))), ("truncated", Value::Bool(true))])
        }
        None => map([("content", Value::from(text))]),
    }
}

/// Returns the name of a 3D file as an object; `None` for other names.
fn mesh(name: &str) -> Option<Map> {
    if !is_mesh(name) {
        return None;
    }
    let (subfolder, file) = name.rsplit_once('/').unwrap_or(("", name));
    Some(map([
        ("filename", Value::from(file)),
        ("type", Value::from("output")),
        ("subfolder", Value::from(subfolder)),
        ("mediaType", Value::from("3d")),
    ]))
}

fn is_mesh(name: &str) -> bool {
    MESHES.iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

fn is_previewable(kind: &str, item: &Map) -> bool {
    let format = item.get("format").and_then(Value::as_str).unwrap_or_default();
    PREVIEWABLE.contains(&kind)
        || format.starts_with("video/")
        || format.starts_with("audio/")
        || item.get("filename").and_then(Value::as_str).is_some_and(is_mesh)
}

/// Returns the outputs, with the names of 3D files converted to objects.
fn normal(outputs: &Map) -> Map {
    let list = |kind: &str, list: &Value| match list.as_array() {
        Some(items) if kind != "text" => items
            .iter()
            .map(|item| match item.as_str().and_then(mesh) {
                Some(mesh) => Value::Object(mesh),
                None => item.clone(),
            })
            .collect(),
        _ => list.clone(),
    };
    let kinds = |output: &Value| match output {
        Value::Object(kinds) => {
            kinds.iter().map(|(kind, value)| (kind.clone(), list(kind, value))).collect::<Map>().into()
        }
        other => other.clone(),
    };
    outputs.iter().map(|(node, output)| (node.clone(), kinds(output))).collect()
}

#[cfg(test)]
mod tests {
    use comfy_schema::{Map, Value};

    use super::{normal, summary};

    fn outputs(json: &str) -> Map {
        match Value::parse(json.as_bytes()).unwrap() {
            Value::Object(outputs) => outputs,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_preview_is_a_saved_output_if_there_is_one() {
        let outputs = outputs(
            r#"{"9":{"text":["hello"]},"8":{"images":[{"filename":"a.png","type":"temp"}],"animated":[true]},
            "7":{"images":[{"filename":"b.png","type":"output"}]}}"#,
        );
        let (count, preview) = summary(&outputs);
        assert_eq!(count, 3);
        assert_eq!(
            preview.unwrap().to_string(),
            r#"{"filename":"b.png","type":"output","nodeId":"7","mediaType":"images"}"#
        );
    }

    #[test]
    fn long_text_previews_are_truncated() {
        let long = "ä".repeat(2000);
        let (_, preview) = summary(&outputs(&format!(r#"{{"1":{{"text":["{long}"]}}}}"#)));
        let preview = preview.unwrap();
        let preview = preview.as_object().unwrap();
        assert_eq!(preview.get("content").unwrap().as_str().unwrap().chars().count(), 1024);
        assert_eq!(preview.get("truncated"), Some(&Value::Bool(true)));
    }

    #[test]
    fn names_of_meshes_become_objects() {
        let outputs = normal(&outputs(r#"{"1":{"result":["mesh/a.glb",null]}}"#));
        assert_eq!(
            outputs.to_string(),
            r#"{"1":{"result":[{"filename":"a.glb","type":"output","subfolder":"mesh","mediaType":"3d"},null]}}"#
        );
    }
}
