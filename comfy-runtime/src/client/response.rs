//! Parses the JSON that a server sends, with the lone surrogates that Python writes for half a character.
//!
//! A message with half an emoji must not hide how a run ended, so U+FFFD stands for it in texts that are only shown, and
//! a warning of `tracing` names its place. In a name or a value, such as that of a model, it is an error with its place.

use comfy_schema::Value;

use super::json_reader::{self, JsonFault, JsonReader, KeepAll};
use super::limits::JsonBounds;

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

/// Parses the answer to a call, which is complete.
pub(crate) fn parse(call: &str, body: &[u8]) -> Result<Value, JsonFault> {
    json_reader::read(JsonReader::new(call, JsonBounds::response(body.len()), &KeepAll), body)
}

/// Parses an event, or the body that explains a failed call. Every text may have lone surrogates: what happened is told
/// by the queue and the history.
pub(crate) fn parse_message(call: &str, body: &[u8]) -> Result<Value, JsonFault> {
    json_reader::read(JsonReader::message(call, JsonBounds::event(), &KeepAll), body)
}

/// Returns whether a text is only shown, or is data that is not looked at, by the keys of the path to it.
pub(crate) fn is_shown_only<'k>(mut keys: impl Iterator<Item = &'k str>) -> bool {
    keys.any(|key| MESSAGES.contains(&key) || DATA.contains(&key))
}

/// Reports a text in which U+FFFD stands for half a character.
pub(crate) fn report(call: &str, place: &str) {
    tracing::warn!(call, place, "half a character (a lone surrogate) is read as U+FFFD");
}

#[cfg(test)]
mod tests {
    use super::{parse, parse_message};

    #[test]
    fn messages_with_half_a_character_are_read() {
        for json in [
            r#"{"error": {"message": "\ud83d", "details": "\udc00x"}, "node_errors": {"3": {"errors": ["\ud83d"]}}}"#,
            r#"{"id": {"status": {"messages": [["execution_error", {"exception_message": "\ud83d"}]]}, "outputs": {}}}"#,
            r#"{"queue_running": [[1, "id", {"3": {"inputs": {"text": "\ud83d"}}}]], "queue_pending": []}"#,
        ] {
            let value = parse("GET /history", json.as_bytes()).unwrap();
            assert!(value.to_string().contains('\u{fffd}'), "{value}");
        }
    }

    #[test]
    fn names_with_half_a_character_are_errors_with_their_place() {
        for (json, place) in [
            (r#"["a.safetensors", "caf\udce9.safetensors"]"#, "`[1]`"),
            (r#"{"name": "\udce9.png", "subfolder": ""}"#, "`name`"),
            (r#"{"Node\ud83d": {}}"#, "`Node\u{fffd}`"),
        ] {
            let error = parse("GET /models/checkpoints", json.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(place), "{error}");
        }
    }

    #[test]
    fn an_event_with_half_a_character_is_read() {
        let event = parse_message("WebSocket", br#"{"type": "x", "data": {"display": "\ud83d"}}"#).unwrap();
        assert!(event.to_string().contains('\u{fffd}'));
    }
}
