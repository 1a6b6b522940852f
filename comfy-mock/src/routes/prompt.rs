//! The route of prompts: `/prompt`.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use comfy_schema::prompt::Prompt;
use comfy_schema::validate::{Files, Verdict, to_float, truthy};
use comfy_schema::{Map, Text, Value};
use uuid::Uuid;

use super::reply;
use super::request::Body;
use crate::json::object;
use crate::queue::{Item, Number};
use crate::state::Shared;
use crate::sync::{lock, now};

/// The keys of secrets, which are removed from `extra_data` before the prompt is queued.
const SECRETS: [&str; 2] = ["auth_token_comfy_org", "api_key_comfy_org"];

/// Handles `GET /prompt`.
pub(crate) async fn status(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(&shared.queue_status())
}

/// Handles `POST /prompt`.
pub(crate) async fn submit(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    submitted(&shared, &headers, &body).unwrap_or_else(|response| response)
}

#[expect(clippy::result_large_err, reason = "the error is the response")]
fn submitted(shared: &Shared, headers: &HeaderMap, body: &Body) -> Result<Response, Response> {
    let body = body.json()?;
    let member = |name: &str| body.as_object().and_then(|request| request.get(name));
    // As on a real server, the number is taken before the prompt is validated, so that a rejected request uses up a
    // number as well.
    let number = number(shared, &body)?;
    let files =
        if member("prompt").is_some_and(|prompt| loads_files(shared, prompt)) { shared.files() } else { Files::new() };
    let verdict = shared.definitions.check_body(&body, &files);
    let (outputs, report) = match verdict {
        Verdict::Accepted { outputs, report } => (outputs, report),
        Verdict::Refused { .. } => return Ok(reply::json_with(400, &verdict.to_response())),
        _ => return Err(reply::internal_error()),
    };
    let node_errors = report.node_errors.to_value();
    let Value::Object(prompt) = report.prompt else { return Err(reply::internal_error()) };
    let prompt_id = match member("prompt_id") {
        Some(Value::String(id)) if !shared.faults.has_own_prompt_ids() => id.clone(),
        _ => Text::new(Uuid::new_v4().to_string()),
    };
    let item = Item {
        priority: number.priority,
        number: number.shown.clone(),
        prompt_id: prompt_id.clone(),
        prompt: Arc::new(prompt),
        extra_data: Arc::new(extra_data(member("extra_data"), member("client_id"), headers)),
        outputs: outputs.into(),
    };
    lock(&shared.queue).push(item).map_err(|_| reply::internal_error())?;
    shared.log("got prompt");
    shared.queue_changed();
    shared.wake.notify_one();
    Ok(reply::json(&object([
        ("prompt_id", Value::from(prompt_id)),
        ("number", number.shown),
        ("node_errors", node_errors),
    ])))
}

/// Returns the number that orders the prompt in the queue: the one in the request, or the next of the counter.
#[expect(clippy::result_large_err, reason = "the error is the response")]
fn number(shared: &Shared, body: &Value) -> Result<Number, Response> {
    let request = match body {
        Value::Object(request) => Some(request),
        // In Python, `"number" in body` raises an exception for other types. For lists and strings that hold the word,
        // `check_body` raises the exception that follows.
        Value::Array(_) | Value::String(_) => None,
        _ => return Err(reply::internal_error()),
    };
    let member = |name: &str| request.and_then(|request| request.get(name));
    match member("number") {
        Some(number) => {
            let shown = to_float(number).map_err(|_| reply::internal_error())?;
            Ok(Number { priority: shown.as_f64().unwrap_or_default(), shown })
        }
        None => Ok(lock(&shared.queue).next_number(member("front").is_some_and(truthy))),
    }
}

/// Returns whether files on the disk may affect the verdict. Files are listed only in that case, because it takes time.
fn loads_files(shared: &Shared, prompt: &Value) -> bool {
    let prompt = Prompt::new(prompt).ok();
    let mut classes = prompt.iter().flat_map(Prompt::nodes).filter_map(|node| node.class());
    classes.any(|class| {
        let definition = shared.definitions.schema().node(class);
        class.contains("Load")
            || class.contains("Capture")
            || definition.is_some_and(|node| node.inputs.iter().any(|input| input.options.is_upload()))
    })
}

/// Returns the `extra_data` of the queued prompt: without secrets, and with the client id and the time of its creation.
fn extra_data(given: Option<&Value>, client_id: Option<&Value>, headers: &HeaderMap) -> Map {
    let mut extra = given.and_then(Value::as_object).cloned().unwrap_or_default();
    for secret in SECRETS {
        extra.remove(secret);
    }
    if let Some(client_id) = client_id {
        extra.insert("client_id", client_id.clone());
    }
    let source = headers.get("comfy-usage-source").and_then(|source| source.to_str().ok());
    if let Some(source) = source.filter(|_| !extra.contains_key("comfy_usage_source")) {
        extra.insert("comfy_usage_source", source);
    }
    extra.insert("create_time", now());
    extra
}
