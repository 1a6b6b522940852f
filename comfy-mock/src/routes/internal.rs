//! The routes below `/internal`.

use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::{Path, State};
use axum::response::Response;
use comfy_schema::validate::truthy;
use comfy_schema::{Map, Value};

use super::reply;
use super::request::Body;
use crate::json::object;
use crate::state::Shared;
use crate::storage::Area;

/// Handles `GET /internal/logs`.
pub(crate) async fn logs(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(&Value::from(shared.log.text()))
}

/// Handles `GET /internal/logs/raw`.
pub(crate) async fn raw_logs(State(shared): State<Arc<Shared>>) -> Response {
    let size = object([("cols", Value::from(80)), ("rows", Value::from(24))]);
    reply::json(&object([("entries", shared.log.entries()), ("size", size)]))
}

/// Handles `PATCH /internal/logs/subscribe`.
pub(crate) async fn subscribe(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let Ok(Value::Object(request)) = Value::parse(&body.0) else { return reply::internal_error() };
    let (Some(client), Some(enabled)) = (request.get("clientId").and_then(Value::as_str), request.get("enabled"))
    else {
        return reply::internal_error();
    };
    shared.hub.set_logs(client, truthy(enabled));
    reply::empty(200)
}

/// Handles `GET /internal/folder_paths`.
pub(crate) async fn folder_paths(State(shared): State<Arc<Shared>>) -> Response {
    let folders = shared.settings.models.keys().map(|name| {
        let path = shared.storage.models().join(name).display().to_string();
        (name.as_str(), Value::Array(vec![Value::from(path)]))
    });
    reply::json(&folders.collect::<Map>().into())
}

/// Handles `GET /internal/files/{area}`.
pub(crate) async fn files(State(shared): State<Arc<Shared>>, Path(area): Path<String>) -> Response {
    let Some(area) = Area::of(&area) else { return reply::error(400, "Invalid directory type") };
    let entries = fs::read_dir(shared.storage.folder(area)).into_iter().flatten().flatten();
    let mut files: Vec<(SystemTime, String)> = entries
        .filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
            Some((metadata.modified().ok()?, name))
        })
        .collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    reply::json(&files.into_iter().map(|(_, name)| format!("{name} [{}]", area.name())).collect())
}
