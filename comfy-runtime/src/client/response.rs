//! Parses the JSON that a server sends, with the lone surrogates that Python writes for half a character.
//!
//! A message with half an emoji must not hide how a run ended, so U+FFFD stands for it in texts that are only shown, and
//! a warning of `tracing` names its place. In a name or a value, such as that of a model, it is an error with its place.

use std::fmt;

use comfy_schema::{JsonError, LoneSurrogate, Step, Value};

/// The keys of members that hold messages of the server, with all that is in them.
const MESSAGES: [&str; 12] = [
    "error",
    "errors",
    "node_errors",
    "messages",
    "message",
    "details",
    "exception_message",
    "exception_type",
    "traceback",
    "current_inputs",
    "current_outputs",
    "entries",
];

/// The keys of members that repeat the prompts of all clients, of which only the ids are read, and of members with the
/// results of nodes. A run must get its ending although another prompt, or a text that a node shows, has half a
/// character.
const DATA: [&str; 7] = ["prompt", "queue_running", "queue_pending", "extra_data", "workflow", "outputs", "output"];

/// Parses an answer that is not read while it arrives.
pub(crate) fn parse(body: &[u8]) -> Result<Value, JsonError> {
    read(body, |at| at.path().iter().filter_map(Step::key).any(is_for_people))
}

/// Parses a body that tells why a call failed or what was submitted. Every text in it may have half a character.
pub(crate) fn parse_message(body: &[u8]) -> Result<Value, JsonError> {
    read(body, |_| true)
}

fn read(body: &[u8], allows: impl Fn(&LoneSurrogate<'_>) -> bool) -> Result<Value, JsonError> {
    Value::parse_lossy(body, |at| {
        let is_allowed = allows(at);
        if is_allowed {
            report(at);
        }
        is_allowed
    })
}

/// Returns whether what a member with this key holds is only for people, or not read at all.
pub(super) fn is_for_people(key: &str) -> bool {
    MESSAGES.contains(&key) || DATA.contains(&key)
}

/// Reports a place where U+FFFD stands for half a character.
pub(super) fn report(place: &dyn fmt::Display) {
    tracing::warn!(%place, "half a character (a lone surrogate) is read as U+FFFD");
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_message};

    #[test]
    fn messages_with_half_a_character_are_read() {
        let json = r#"{"error": {"message": "\ud83d", "details": "\udc00x"}, "node_errors": {"3": {"errors": ["\ud83d"]}}}"#;
        for value in [parse(json.as_bytes()).unwrap(), parse_message(json.as_bytes()).unwrap()] {
            assert!(value.to_string().contains('\u{fffd}'), "{value}");
        }
    }

    #[test]
    fn a_name_with_half_a_character_is_an_error_with_its_place() {
        let error = parse(br#"{"name": "\udce9.png", "subfolder": ""}"#).unwrap_err();
        assert!(error.to_string().contains("`name`"), "{error}");
    }
}
