//! Parses JSON that a server sent and that is complete: events, and the bodies of failed calls.

use comfy_schema::Value;

use super::collecting::Collecting;
use super::halves::Halves;
use super::json_fault::JsonFault;
use super::json_reader::{self, JsonReader, KeepAll};
use super::limits::JsonBounds;

/// Parses the answer to a call, which is complete.
pub(crate) fn parse(call: &str, body: &[u8]) -> Result<Value, JsonFault> {
    json_reader::read(JsonReader::new(call, JsonBounds::response(body.len()), &KeepAll), body)
}

/// Parses a message of the server, such as the body that explains a failed call. Every text may have lone surrogates: what happened is told
/// by the queue and the history.
pub(crate) fn parse_message(call: &str, body: &[u8]) -> Result<Value, JsonFault> {
    json_reader::read(JsonReader::message(call, JsonBounds::event(), &KeepAll), body)
}

/// Parses an event, and finds the half characters in the output that it reports.
pub(crate) fn parse_event(body: &[u8]) -> Result<(Value, Halves), JsonFault> {
    let filter = Collecting::in_event(&KeepAll);
    let event = json_reader::read(JsonReader::message("WebSocket", JsonBounds::event(), &filter), body)?;
    Ok((event, filter.into_halves()))
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
