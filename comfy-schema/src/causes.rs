//! Formatting of errors together with their causes.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

use std::error::Error;

use crate::shown::escaped_lines;

/// Returns the message of an error followed by those of its causes, joined with `: `. Errors of
/// other crates may repeat texts of a server, so hidden characters are escaped.
pub fn in_full(error: &dyn Error) -> String {
    let mut text = escaped_lines(error).to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &escaped_lines(error).to_string()]);
        cause = error.source();
    }
    text
}
