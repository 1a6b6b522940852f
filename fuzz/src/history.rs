//! Feeds bytes to the client as a response of `GET /history`. Reading it never panics.

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    comfy_runtime::client::fuzz::history(bytes);
}
