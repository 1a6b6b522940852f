//! Constructors for the kinds of responses that the server sends.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response as HttpResponse, StatusCode};
use axum::response::Response;
use comfy_schema::Value;

use crate::json::{dumps, object};

/// Returns a JSON response with status 200.
pub(crate) fn json(value: &Value) -> Response {
    json_with(200, value)
}

/// Returns a JSON response.
pub(crate) fn json_with(status: u16, value: &Value) -> Response {
    json_text(status, dumps(value))
}

/// Returns a response with a JSON document that is already serialized.
pub(crate) fn json_text(status: u16, text: impl Into<Body>) -> Response {
    with(status, "application/json; charset=utf-8", text)
}

/// Returns `{"error": …}` with a status.
pub(crate) fn error(status: u16, message: &str) -> Response {
    json_with(status, &object([("error", Value::from(message))]))
}

/// Returns a response without a body and without a content type.
pub(crate) fn empty(status: u16) -> Response {
    let mut response = HttpResponse::new(Body::empty());
    *response.status_mut() = code(status);
    if status != 204 {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    response
}

/// Returns a text response.
pub(crate) fn text(status: u16, text: impl Into<Body>) -> Response {
    with(status, "text/plain; charset=utf-8", text)
}

/// Returns the response to a request whose handler raised an exception.
pub(crate) fn internal_error() -> Response {
    text(500, "500 Internal Server Error\n\nServer got itself in trouble")
}

/// Returns the response of the static file handler to a path without a file.
pub(crate) fn no_file() -> Response {
    with(404, "application/octet-stream", Body::empty())
}

/// Returns a response with a body and its content type.
pub(crate) fn with(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = HttpResponse::new(body.into());
    *response.status_mut() = code(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
