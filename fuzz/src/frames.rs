//! Feeds bytes to a run as frames of the WebSocket. Reading them never panics, and the run has at least its last event.
//!
//! [`crate::parts`] divides an input into frames. A frame that begins with `t` is a text frame, any other a binary one.

use comfy_runtime::client::fuzz::{Message, frames};

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let messages = crate::parts(bytes).map(|part| match part.strip_prefix(b"t").map(std::str::from_utf8) {
        Some(Ok(text)) => Message::Text(text),
        _ => Message::Binary(part),
    });
    assert!(frames(messages) > 0);
}
