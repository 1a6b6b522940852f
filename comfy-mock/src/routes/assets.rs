//! The routes of assets. They are disabled, as by default on a real server.

use axum::response::Response;
use comfy_schema::{Map, Value};

use super::reply;
use crate::json::object;

/// Handles every route of assets.
pub(crate) async fn disabled() -> Response {
    let error = object([
        ("code", Value::from("SERVICE_DISABLED")),
        ("message", Value::from("Assets are disabled; start the server with --enable-assets")),
        ("details", Value::Object(Map::new())),
    ]);
    reply::json_with(503, &object([("error", error)]))
}
