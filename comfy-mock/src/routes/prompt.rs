//! `/prompt`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use comfy_schema::validate::{Files, Verdict};
use comfy_schema::{Map, Text, Value};
use uuid::Uuid;

use super::reply;
use super::request::Body;
use crate::json::{float, map, object, truthy};
use crate::queue::{Item, Number};
use crate::state::{Shared, lock, now};

/// What is taken out of `extra_data` before anything else sees it.
const SECRETS: [&str; 2] = ["auth_token_comfy_org", "api_key_comfy_org"];

/// `GET /prompt`
pub(crate) async fn status(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(&shared.queue_status())
}

/// `POST /prompt`
pub(crate) async fn submit(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    submitted(&shared, &headers, &body).unwrap_or_else(|answer| answer)
}

#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn submitted(shared: &Shared, headers: &HeaderMap, body: &Body) -> Result<Response, Response> {
    let request = request(body.json()?)?;
    let number = number(shared, &request)?;
    let Some(prompt) = request.get("prompt") else {
        return Ok(refused("no_prompt", "No prompt provided", "No prompt provided"));
    };
    let prompt_id = match request.get("prompt_id") {
        None | Some(Value::Null) => Text::new(Uuid::new_v4().to_string()),
        Some(Value::String(id)) if is_canonical_uuid(id) => id.clone(),
        Some(id) => return Ok(refused("invalid_prompt_id", "The prompt id is not a UUID", &id.to_string())),
    };
    let targets = request.get("partial_execution_targets");
    let files = if loads_files(shared, prompt) { shared.files() } else { Files::new() };
    let verdict = shared.definitions.check(prompt, targets, &files);
    let (outputs, report) = match verdict {
        Verdict::Accepted { outputs, report } => (outputs, report),
        Verdict::Refused { .. } => return Ok(reply::json_with(400, &verdict.to_response())),
        _ => return Err(reply::raised()),
    };
    let node_errors = report.node_errors.to_value();
    let Value::Object(prompt) = report.prompt else { return Err(reply::raised()) };
    let item = Item {
        priority: number.priority,
        number: number.shown.clone(),
        prompt_id: prompt_id.clone(),
        prompt: Arc::new(prompt),
        extra_data: Arc::new(extra_data(&request, headers)?),
        outputs: outputs.into(),
    };
    lock(&shared.queue).push(item).map_err(|_| reply::raised())?;
    shared.log("got prompt");
    shared.queue_changed();
    shared.wake.notify_one();
    Ok(reply::json(&object([
        ("prompt_id", Value::from(prompt_id)),
        ("number", number.shown),
        ("node_errors", node_errors),
    ])))
}

/// The members of the request. An array or a text has none of the names, but can be asked for them; a number cannot.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn request(body: Value) -> Result<Map, Response> {
    match body {
        Value::Object(request) => Ok(request),
        Value::Array(values) if !values.iter().any(|value| matches!(value.as_str(), Some("number" | "prompt"))) => {
            Ok(Map::new())
        }
        Value::String(text) if !text.contains("number") && !text.contains("prompt") => Ok(Map::new()),
        _ => Err(reply::raised()),
    }
}

#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn number(shared: &Shared, request: &Map) -> Result<Number, Response> {
    match request.get("number") {
        Some(number) => {
            let priority = float(number).ok_or_else(reply::raised)?;
            Ok(Number { priority, shown: Value::Float(priority) })
        }
        None => Ok(lock(&shared.queue).next_number(request.get("front").is_some_and(truthy))),
    }
}

/// Whether a file on the disk has a part in the verdict; looking for all of them takes time.
fn loads_files(shared: &Shared, prompt: &Value) -> bool {
    let nodes = prompt.as_object().into_iter().flat_map(Map::iter).filter_map(|(_, node)| node.as_object());
    let mut classes = nodes.filter_map(|node| node.get("class_type").and_then(Value::as_str));
    classes.any(|class| {
        let definition = shared.definitions.schema().node(class);
        class.contains("Load")
            || class.contains("Capture")
            || definition.is_some_and(|node| node.inputs.iter().any(|input| input.options.is_upload()))
    })
}

/// What goes with the prompt: without secrets, with the client and the time.
#[expect(clippy::result_large_err, reason = "the error is the answer")]
fn extra_data(request: &Map, headers: &HeaderMap) -> Result<Map, Response> {
    let mut extra = match request.get("extra_data") {
        None => Map::new(),
        Some(Value::Object(extra)) => extra.clone(),
        Some(_) => return Err(reply::raised()),
    };
    for secret in SECRETS {
        extra.remove(secret);
    }
    if let Some(client_id) = request.get("client_id") {
        extra.insert("client_id", client_id.clone());
    }
    let source = headers.get("comfy-usage-source").and_then(|source| source.to_str().ok());
    if let Some(source) = source.filter(|_| !extra.contains_key("comfy_usage_source")) {
        extra.insert("comfy_usage_source", source);
    }
    extra.insert("create_time", now());
    Ok(extra)
}

fn refused(kind: &str, message: &str, details: &str) -> Response {
    let error = map([
        ("type", Value::from(kind)),
        ("message", Value::from(message)),
        ("details", Value::from(details)),
        ("extra_info", Value::Object(Map::new())),
    ]);
    reply::json_with(400, &object([("error", Value::Object(error)), ("node_errors", Value::Object(Map::new()))]))
}

/// Whether a text is a UUID as it is usually written: lower case, hyphens.
pub(super) fn is_canonical_uuid(text: &str) -> bool {
    Uuid::parse_str(text).is_ok_and(|uuid| uuid.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::is_canonical_uuid;

    #[test]
    fn only_the_usual_form_of_a_uuid_is_taken() {
        assert!(is_canonical_uuid("88c7d7d7-66c3-44c5-b8a5-c79cb9592d4b"));
        for text in ["88C7D7D7-66c3-44c5-b8a5-c79cb9592d4b", "88c7d7d766c344c5b8a5c79cb9592d4b", "x", ""] {
            assert!(!is_canonical_uuid(text), "{text}");
        }
    }
}
