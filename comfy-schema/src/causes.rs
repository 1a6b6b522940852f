//! Errors with what caused them. Shared by the workspace's crates; may change in any version.

use std::error::Error;

/// An error and its causes in one line, for where only one line can be told.
pub fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    text
}
