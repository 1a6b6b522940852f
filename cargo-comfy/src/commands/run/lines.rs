//! Events as lines of JSON.

use std::path::Path;

use comfy_runtime::client::{Error, Event, Map, OutputFile, Uploaded, Value};
use comfy_schema::validate::Verdict;

use super::set::Place;

/// Returns an event as an object: the member `event` with its name, and the members that belong to it.
pub(super) fn event(event: &Event) -> Value {
    let node = |node: &str| ("node", Value::from(node));
    match event {
        Event::Queued { position, .. } => line("queued", [("position", Value::Int(*position as i128))]),
        Event::Started => line("started", []),
        Event::Cached { nodes, .. } => line("cached", [("nodes", nodes.iter().map(String::as_str).collect())]),
        Event::Executing { node: id, display_node, .. } => {
            line("executing", [node(id), ("display_node", display_node.as_str().into())])
        }
        Event::Progress { node: id, value, max, .. } => {
            line("progress", [node(id), ("value", number(*value)), ("max", number(*max))])
        }
        Event::Preview(preview) => line("preview", picture(preview)),
        Event::Image(image) => line("image", picture(image)),
        Event::Text { node: id, text, .. } => line("text", [node(id), ("text", text.as_str().into())]),
        Event::Executed { node: id, output, .. } => line("executed", [node(id), ("output", output.clone())]),
        Event::Blocked(error) => line("blocked", [node(&error.node.id), ("message", error.message.as_str().into())]),
        Event::Resubmitted { prompt_id, .. } => line("resubmitted", [("prompt_id", prompt_id.as_str().into())]),
        Event::Finished(done) => {
            let outputs = Value::Object(done.outputs().clone());
            line("finished", [("prompt_id", done.prompt_id().into()), ("outputs", outputs)])
        }
        Event::Failed(error) => line(
            "failed",
            [
                node(&error.node.id),
                ("class", error.node.class.as_str().into()),
                ("exception_type", error.exception_type.as_str().into()),
                ("message", error.message.as_str().into()),
                ("traceback", error.traceback.iter().map(String::as_str).collect()),
            ],
        ),
        Event::Interrupted(interruption) => line(
            "interrupted",
            [("node", interruption.node.as_ref().map_or(Value::Null, |node| node.id.as_str().into()))],
        ),
        Event::Deleted(_) => line("deleted", []),
        Event::Lost(lost) => line("lost", [("message", lost.to_string().into())]),
        Event::Stalled(stalled) => line("stalled", [("message", stalled.to_string().into())]),
        Event::Unknown { kind, data, .. } => line("unknown", [("type", kind.as_str().into()), ("data", data.clone())]),
        // Every known event has an arm above. This one is required because the enum may grow.
        other => line("unknown", [("type", format!("{other:?}").into())]),
    }
}

/// Returns the line for a workflow that the server rejected, as a whole or in part.
pub(super) fn rejected(error: &Error) -> Value {
    let raw = match error {
        Error::Rejected(rejection) => rejection.raw.clone(),
        _ => Value::Null,
    };
    line("rejected", [("message", error.to_string().into()), ("answer", raw)])
}

/// Returns the line for a workflow that the check before the submission refused.
pub(super) fn refused(report: &str, verdict: &Verdict) -> Value {
    line("rejected", [("message", report.into()), ("answer", verdict.to_response())])
}

/// Returns the line for a file that was uploaded for an input.
pub(super) fn uploaded(place: &Place, path: &Path, uploaded: &Uploaded) -> Value {
    line(
        "uploaded",
        [
            ("node", place.node.as_str().into()),
            ("input", place.input.as_str().into()),
            ("path", path.display().to_string().into()),
            ("name", uploaded.value().into()),
        ],
    )
}

/// Returns the line for a file that was saved.
pub(super) fn saved(file: &OutputFile, path: &Path) -> Value {
    line("saved", [("node", file.node.id.as_str().into()), ("path", path.display().to_string().into())])
}

/// Returns the line for a file that could not be saved.
pub(super) fn not_saved(file: &OutputFile, error: &Error) -> Value {
    line(
        "not_saved",
        [
            ("node", file.node.id.as_str().into()),
            ("filename", file.filename.as_str().into()),
            ("subfolder", file.subfolder.as_str().into()),
            ("message", error.to_string().into()),
        ],
    )
}

/// Returns the texts in a node's output.
pub(super) fn texts(output: &Value) -> impl Iterator<Item = &str> {
    let texts = output.as_object().and_then(|output| output.get("text"));
    texts.and_then(Value::as_array).unwrap_or_default().iter().filter_map(Value::as_str)
}

fn picture(preview: &comfy_runtime::client::Preview) -> [(&'static str, Value); 3] {
    let node = preview.node.as_deref().map_or(Value::Null, Value::from);
    let size = Value::Int(preview.bytes.len() as i128);
    [("node", node), ("format", preview.format.extension().into()), ("bytes", size)]
}

/// Returns a number as an integer if it is whole, as counts of steps are.
pub(crate) fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "within what a float holds exactly")]
    if value.fract() == 0.0 && value.abs() < 1e15 { Value::Int(value as i128) } else { Value::Float(value) }
}

fn line<const N: usize>(event: &str, members: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    map.insert("event", event);
    for (key, value) in members {
        map.insert(key, value);
    }
    Value::Object(map)
}
