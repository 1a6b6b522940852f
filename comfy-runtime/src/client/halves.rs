//! Decides where a server's text may have lone surrogates, which Python writes for half a character.
//!
//! A message with half an emoji must not hide how a run ended, so U+FFFD stands for it in texts that are only shown, and
//! a warning of `tracing` names its place. In a name or a value, such as that of a model, it is an error with its place.

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

/// Returns whether a text is only shown, or is data that is not looked at, by the keys of the path to it.
pub(crate) fn is_shown_only<'k>(mut keys: impl Iterator<Item = &'k str>) -> bool {
    keys.any(|key| MESSAGES.contains(&key) || DATA.contains(&key))
}

/// Reports a text in which U+FFFD stands for half a character.
pub(crate) fn report(call: &str, place: &str) {
    tracing::warn!(call, place, "half a character (a lone surrogate) is read as U+FFFD");
}
