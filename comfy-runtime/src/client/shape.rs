//! The shape of responses. What a login page, a proxy or another program answers in place of a ComfyUI server is often
//! JSON with status 200, so that a response of another shape is an error, and never an empty queue, history or list.

use std::fmt::{self, Write as _};

use comfy_schema::shown::shortened;
use comfy_schema::{Map, Value};

use super::call_name::CallName;
use super::error::Error;
use super::json;
use super::limits::MAX_PAGE_CHARS;
use super::words;

/// About the longest secret, in characters.
const SECRET_CHARS: usize = 4096;

/// Returns the members of a response that is an object.
pub(crate) fn object(call: &CallName, response: Value) -> Result<Map, Error> {
    match response {
        Value::Object(map) => Ok(map),
        other => Err(unexpected(call, &other, "an object")),
    }
}

/// Returns the members of a response that is an object of arrays, objects, ….
pub(crate) fn object_of(
    call: &CallName,
    response: Value,
    is_member: fn(&Value) -> bool,
    expected: &str,
) -> Result<Map, Error> {
    match response {
        Value::Object(map) if map.iter().all(|(_, value)| is_member(value)) => Ok(map),
        other => Err(unexpected(call, &other, expected)),
    }
}

/// Returns the elements of a response that is an array.
pub(crate) fn array(call: &CallName, response: Value) -> Result<Vec<Value>, Error> {
    match response {
        Value::Array(items) => Ok(items),
        other => Err(unexpected(call, &other, "an array")),
    }
}

/// Returns the strings of a response that is an array of strings.
pub(crate) fn strings(call: &CallName, response: &Value) -> Result<Vec<String>, Error> {
    let strings = response.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    strings.flatten().ok_or_else(|| unexpected(call, response, "an array of strings"))
}

/// Returns the response if it has this member of the right type.
pub(crate) fn with(
    call: &CallName,
    response: Value,
    key: &str,
    is_member: fn(&Value) -> bool,
    expected: &str,
) -> Result<Value, Error> {
    if json::get(&response, key).is_some_and(is_member) {
        return Ok(response);
    }
    Err(unexpected(call, &response, expected))
}

pub(crate) fn is_array(value: &Value) -> bool {
    value.as_array().is_some()
}

pub(crate) fn is_object(value: &Value) -> bool {
    value.as_object().is_some()
}

pub(crate) fn is_string(value: &Value) -> bool {
    value.as_str().is_some()
}

/// Returns the error for a response of another shape, with the first words of the response.
pub(crate) fn unexpected(call: &CallName, response: &Value, expected: &str) -> Error {
    let beginning = beginning(response);
    let shown = shortened(&call.redaction().text(&beginning), MAX_PAGE_CHARS);
    invalid(call, expected, &format!("`{shown}`"))
}

/// Returns the error for a body of another shape, with its first words.
pub(crate) fn unexpected_body(call: &CallName, body: &[u8], expected: &str) -> Error {
    let message = words::error_message(call.redaction(), body);
    invalid(call, expected, if message.is_empty() { "an empty body" } else { &message })
}

fn invalid(call: &CallName, expected: &str, found: &str) -> Error {
    let reason = format!("expected {expected}, found {found}; is a login page or a proxy in front of the server?");
    Error::InvalidResponse { call: call.to_string(), reason }
}

/// Returns the first characters of a value's JSON, and more than are shown, so that no secret is cut off unseen.
fn beginning(value: &Value) -> String {
    let mut beginning = Beginning { text: String::new(), left: MAX_PAGE_CHARS + SECRET_CHARS };
    // An error means that the limit is reached.
    _ = write!(beginning, "{value}");
    beginning.text
}

/// A text that ends after a number of characters, so that a large response is not written as a whole.
struct Beginning {
    text: String,
    left: usize,
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        for c in part.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use comfy_schema::server::redaction::Redaction;

    use super::{CallName, unexpected};

    #[test]
    fn a_response_of_another_shape_is_quoted_up_to_a_limit() {
        let call = CallName::new("GET /queue".to_owned(), &Redaction::default());
        let login = Value::parse(br#"{"detail": "Not authenticated"}"#).unwrap();
        let error = unexpected(&call, &login, "a queue").to_string();
        let start = r#"GET /queue: invalid response: expected a queue, found `{"detail":"Not authenticated"}`"#;
        assert!(error.starts_with(start), "{error}");
        let long: Value = std::iter::repeat_n("words", 100_000).collect();
        let error = unexpected(&call, &long, "a queue").to_string();
        assert!(error.contains('…') && error.len() < 300, "{error}");
    }
}
