//! Formatting of errors together with their causes.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

use std::error::Error;

/// Returns the message of an error followed by those of its causes, joined with `: `.
pub fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    text
}
