//! The routes that control runs: `/queue`, `/history`, `/interrupt` and `/free`.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use comfy_schema::validate::truthy;
use comfy_schema::{Map, Value};

use super::reply;
use super::request::{Body, Query};
use crate::json::object;
use crate::queue::{Entry, Item};
use crate::state::Shared;
use crate::sync::lock;

/// Handles `GET /queue`.
pub(crate) async fn show(State(shared): State<Arc<Shared>>) -> Response {
    let queue = lock(&shared.queue);
    let running: Value = queue.running().into_iter().map(Item::to_value).collect();
    let pending: Value = queue.pending().iter().map(Item::to_value).collect();
    drop(queue);
    reply::json(&object([("queue_running", running), ("queue_pending", pending)]))
}

/// Handles `POST /queue`.
pub(crate) async fn change(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let request = match members(&body) {
        Ok(request) => request,
        Err(response) => return response,
    };
    if request.get("clear").is_some_and(truthy) {
        lock(&shared.queue).clear();
        shared.queue_changed();
    }
    let Some(ids) = ids(&request) else { return reply::internal_error() };
    for id in ids {
        if lock(&shared.queue).delete(&id) {
            shared.queue_changed();
        }
    }
    reply::empty(200)
}

/// Handles `POST /interrupt`.
pub(crate) async fn interrupt(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let request = match Value::parse(&body.0) {
        Ok(Value::Object(request)) => request,
        Ok(_) => return reply::internal_error(),
        Err(_) => Map::new(),
    };
    match request.get("prompt_id").filter(|id| truthy(id)) {
        None => lock(&shared.queue).interrupt(None),
        Some(id) => id.as_str().is_some_and(|id| lock(&shared.queue).interrupt(Some(id))),
    };
    shared.notify_change();
    reply::empty(200)
}

/// Handles `POST /free`.
pub(crate) async fn free(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let request = match members(&body) {
        Ok(request) => request,
        Err(response) => return response,
    };
    if request.get("free_memory").is_some_and(truthy) {
        lock(&shared.queue).ask_free_memory();
        shared.wake.notify_one();
    }
    reply::empty(200)
}

/// Handles `GET /history`.
pub(crate) async fn history(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = Query::of(query.as_deref());
    let number = |name: &str| query.get(name).map(|text| text.trim().parse::<i64>()).transpose();
    let (Ok(max_items), Ok(offset)) = (number("max_items"), number("offset")) else { return reply::internal_error() };
    let entries = lock(&shared.queue).history.page(max_items, offset);
    reply::json(&entries.iter().map(|entry| pair(entry)).collect::<Map>().into())
}

/// Handles `GET /history/{prompt_id}`.
pub(crate) async fn history_of(State(shared): State<Arc<Shared>>, Path(prompt_id): Path<String>) -> Response {
    let entry = lock(&shared.queue).entry(&prompt_id);
    reply::json(&entry.iter().map(|entry| pair(entry)).collect::<Map>().into())
}

fn pair(entry: &Entry) -> (comfy_schema::Text, Value) {
    (entry.item.prompt_id.clone(), entry.to_value())
}

/// Handles `POST /history`.
pub(crate) async fn change_history(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let request = match members(&body) {
        Ok(request) => request,
        Err(response) => return response,
    };
    let Some(ids) = ids(&request) else { return reply::internal_error() };
    let mut queue = lock(&shared.queue);
    if request.get("clear").is_some_and(truthy) {
        queue.history.clear();
    }
    for id in ids {
        queue.history.remove(&id);
    }
    drop(queue);
    reply::empty(200)
}

#[expect(clippy::result_large_err, reason = "the error is the response")]
fn members(body: &Body) -> Result<Map, Response> {
    match body.json()? {
        Value::Object(request) => Ok(request),
        // In Python, `"name" in body` is false for most lists and strings, and raises an exception for other types.
        Value::Array(_) | Value::String(_) => Ok(Map::new()),
        _ => Err(reply::internal_error()),
    }
}

/// Returns the ids to delete: the items over which Python iterates, which for a string are its characters. Returns
/// `None` if Python raises an exception instead.
fn ids(request: &Map) -> Option<Vec<String>> {
    match request.get("delete") {
        None => Some(Vec::new()),
        Some(Value::Array(ids)) => Some(ids.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Some(Value::Object(ids)) => Some(ids.keys().map(ToString::to_string).collect()),
        Some(Value::String(text)) => Some(text.chars().map(String::from).collect()),
        Some(_) => None,
    }
}
