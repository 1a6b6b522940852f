//! The parts of a request: its query and its body.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use comfy_schema::{JsonError, JsonErrorKind, Value};
use percent_encoding::percent_decode_str;

use super::reply;
use crate::json::object;
use crate::requests;

/// The query of a request: its names and values, decoded.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Parses the part of a URL after the `?`. A `+` stands for a space.
    pub(crate) fn of(query: Option<&str>) -> Self {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// Returns the first value with this name.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    /// Returns whether the value with this name is `true`, in upper or lower case.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// The whole body of a request. A body above the limit is answered with status 413.
pub(crate) struct Body(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let recorded = request.extensions().get::<requests::Request>().cloned();
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| match rejection.status().as_u16() {
            413 => reply::text(413, "413: Request Entity Too Large"),
            _ => reply::internal_error(),
        })?;
        if let Some(recorded) = recorded {
            recorded.set_body(&bytes);
        }
        Ok(Self(bytes))
    }
}

impl Body {
    /// Parses the body as JSON, whatever its content type. The error is a response with status 500, or 400 for half a
    /// character (a lone surrogate), which a real server accepts, but which no Rust text can hold.
    #[expect(clippy::result_large_err, reason = "the error is the response")]
    pub(crate) fn json(&self) -> Result<Value, Response> {
        Value::parse(&self.0).map_err(|error| match error.kind {
            JsonErrorKind::Surrogate => half_a_character(&error),
            _ => reply::internal_error(),
        })
    }
}

/// Returns the response to a body with half a character, in the form of a refused prompt.
fn half_a_character(error: &JsonError) -> Response {
    let error = object([
        ("type", "not_in_the_stand_in".into()),
        ("message", "the stand-in server does not accept half a character (a lone surrogate)".into()),
        ("details", error.to_string().as_str().into()),
        ("extra_info", object([])),
    ]);
    reply::json_with(400, &object([("error", error), ("node_errors", object([]))]))
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn queries_are_decoded() {
        let query = Query::of(Some("a=1&b=x%2Fy+z&c&a=2&preview=webp;75"));
        assert_eq!(query.get("a").as_deref(), Some("1"));
        assert_eq!(query.get("b").as_deref(), Some("x/y z"));
        assert_eq!(query.get("c").as_deref(), Some(""));
        assert_eq!(query.get("preview").as_deref(), Some("webp;75"));
        assert_eq!(Query::of(None).get("a"), None);
    }
}
