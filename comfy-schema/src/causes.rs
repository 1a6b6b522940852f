//! Errors with their causes. Shared by the workspace's crates; may change in any version.

use std::error::Error;

/// Returns the messages of an error and of its causes as one line.
pub fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    text
}
