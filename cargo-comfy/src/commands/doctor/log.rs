//! The custom nodes that failed to load, as the server's log reports them.
//!
//! No route of ComfyUI lists them. The server writes a line for each custom node when it starts, and keeps the last 300
//! entries of its log, so that the lines are gone after a while.

use std::collections::BTreeSet;

/// The line above the list of custom nodes.
const HEADING: &str = "Import times for custom nodes";

/// The part of a line that marks a custom node as failed.
const FAILED: &str = "(IMPORT FAILED)";

/// The beginning of the line that gives the reason: `Cannot import PATH module for custom nodes: REASON`.
const REASON: (&str, &str) = ("Cannot import ", " module for custom nodes:");

/// What a log says about custom nodes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Imports {
    /// Whether the log reaches back to the list of custom nodes.
    pub(super) is_complete: bool,
    /// The custom nodes that failed, with the reason if the log gives it.
    pub(super) failed: Vec<String>,
}

/// Reads the entries of a log. An entry need not be a whole line.
pub(super) fn imports<'e>(entries: impl IntoIterator<Item = &'e str>) -> Imports {
    let text: String = entries.into_iter().collect();
    let lines: Vec<String> = text.split(['\n', '\r']).map(plain).collect();
    let mut reasons = Vec::new();
    let mut failed = BTreeSet::new();
    for line in &lines {
        if let Some((path, reason)) = reason(line) {
            failed.insert(name(path));
            reasons.push((name(path), reason));
        } else if let Some((_, path)) = line.split_once(FAILED) {
            failed.insert(name(path.trim_start_matches(':').trim()));
        }
    }
    let described = failed.iter().map(|failed| {
        let reason = reasons.iter().find(|(name, _)| name == failed).filter(|(_, reason)| !reason.is_empty());
        reason.map_or_else(|| (*failed).to_owned(), |(_, reason)| format!("{failed} ({reason})"))
    });
    Imports { is_complete: lines.iter().any(|line| line.contains(HEADING)), failed: described.collect() }
}

/// Returns the path and the reason of a line about a failed import.
fn reason(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once(REASON.0)?;
    let (path, reason) = rest.split_once(REASON.1)?;
    Some((path, reason.trim()))
}

/// Returns the last part of a path, which is the name of a custom node.
fn name(path: &str) -> &str {
    let path = path.trim().trim_end_matches(['/', '\\']);
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Returns a line without the sequences that set colours.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.strip_prefix('[').map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';'));
        let mut rest = rest.unwrap_or(part).chars();
        rest.next();
        text.push_str(rest.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Imports, imports};

    const LOG: &[&str] = &[
        "Traceback (most recent call last):\nModuleNotFoundError: No module named 'x'\n\n",
        "\u{1b}[33mCannot import /comfy/custom_nodes/broken module for custom nodes: No module named 'x'\u{1b}[0m\n",
        "\nImport times for custom nodes:\n",
        "   0.0 seconds: /comfy/custom_nodes/websocket_image_save.py\n   0.1 seconds (IMPORT ",
        "FAILED): /comfy/custom_nodes/broken\n",
        "   0.2 seconds (IMPORT FAILED): C:\\comfy\\custom_nodes\\other\\\n",
    ];

    #[test]
    fn failed_imports_are_listed_with_their_reason() {
        let found = imports(LOG.iter().copied());
        assert_eq!(found.failed, ["broken (No module named 'x')", "other"]);
        assert!(found.is_complete);
    }

    #[test]
    fn a_log_that_begins_later_is_not_complete() {
        let empty = Imports { is_complete: false, failed: Vec::new() };
        assert_eq!(imports(["got prompt\n", "Prompt executed in 1 s\n"]), empty);
        assert_eq!(imports(LOG[4..].iter().copied()).failed, ["other"]);
    }
}
