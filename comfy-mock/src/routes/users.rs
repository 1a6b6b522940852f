//! The routes of users and settings: `/users` and `/settings`.

use std::fs;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use comfy_schema::{Map, Value};
use uuid::Uuid;

use super::reply;
use super::request::Body;
use crate::json::{dumps, object};
use crate::limits::MAX_USERS;
use crate::state::Shared;
use crate::sync::lock;

/// Handles `GET /users`.
pub(crate) async fn show() -> Response {
    reply::json(&object([("storage", Value::from("server")), ("migrated", Value::Bool(true))]))
}

/// Handles `POST /users`.
pub(crate) async fn add(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let Ok(Value::Object(request)) = Value::parse(&body.0) else { return reply::internal_error() };
    let Some(name) = request.get("username").and_then(Value::as_str).map(str::trim) else {
        return reply::internal_error();
    };
    let mut users = lock(&shared.users);
    if name.is_empty() || name.starts_with("__") {
        return reply::error(400, "Invalid username.");
    }
    if users.len() >= MAX_USERS || users.iter().any(|(_, known)| known == name) {
        return reply::error(400, "Duplicate username.");
    }
    let letters: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let id = format!("{letters}_{}", Uuid::new_v4());
    users.push((id.clone(), name.to_owned()));
    reply::json(&Value::from(id))
}

/// Handles `GET /settings`.
pub(crate) async fn settings(State(shared): State<Arc<Shared>>) -> Response {
    let _held = lock(&shared.settings_file);
    reply::json(&Value::Object(load(&shared)))
}

/// Handles `GET /settings/{id}`.
pub(crate) async fn setting(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let _held = lock(&shared.settings_file);
    reply::json(&load(&shared).get(&id).cloned().into())
}

/// Handles `POST /settings`.
pub(crate) async fn change_settings(State(shared): State<Arc<Shared>>, body: Body) -> Response {
    let Ok(Value::Object(changes)) = Value::parse(&body.0) else { return reply::internal_error() };
    change(&shared, changes)
}

/// Handles `POST /settings/{id}`.
pub(crate) async fn change_setting(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: Body) -> Response {
    let Ok(value) = Value::parse(&body.0) else { return reply::internal_error() };
    change(&shared, Map::from_iter([(id, value)]))
}

fn change(shared: &Shared, changes: Map) -> Response {
    let _held = lock(&shared.settings_file);
    let mut settings = load(shared);
    for (key, value) in changes {
        settings.insert(key, value);
    }
    let path = shared.storage.user().join("comfy.settings.json");
    match fs::write(path, dumps(&Value::Object(settings))) {
        Ok(()) => reply::empty(200),
        Err(_) => reply::internal_error(),
    }
}

fn load(shared: &Shared) -> Map {
    let text = fs::read(shared.storage.user().join("comfy.settings.json"));
    match text.ok().and_then(|text| Value::parse(&text).ok()) {
        Some(Value::Object(settings)) => settings,
        _ => Map::new(),
    }
}
