//! Feeds bytes to the client as a response of `GET /queue`. Reading it never panics.

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    comfy_runtime::client::fuzz::queue(bytes);
}
