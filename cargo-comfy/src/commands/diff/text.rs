//! Reports as text for people.

use std::fmt::Write;

use comfy_schema::drift::Level;
use comfy_schema::shown::escaped;

use super::report::{Entry, Report, Use};
use crate::paint::Paint;

/// The maximum number of uses that are listed for a change.
const MAX_USES: usize = 5;

/// Returns the report, with the most severe changes first and a summary at the end.
pub(super) fn write(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    for entries in report.by_class() {
        let class = entries.first().map(|entry| entry.change.class.as_str()).unwrap_or_default();
        let _ = writeln!(out, "{}", paint.strong(class));
        for entry in entries {
            write_entry(&mut out, entry, paint);
        }
        out.push('\n');
    }
    if report.not_used > 0 {
        let _ = writeln!(out, "{}", not_used(report.not_used));
    }
    let _ = writeln!(out, "{}", summary(report));
    out
}

/// Returns the number of changes of each level: `2 breaking, 1 defaulted, 12 additive`.
pub(super) fn summary(report: &Report) -> String {
    let count = |level: Level| format!("{} {}", report.count(level), level.as_str());
    let counts = [Level::Breaking, Level::Defaulted, Level::Additive].map(count).join(", ");
    match report.workflows.len() {
        0 => counts,
        workflows => {
            let affected = report.workflows.iter().filter(|workflow| workflow.level > Some(Level::Additive)).count();
            format!("{counts}; {affected} of {workflows} workflows must change")
        }
    }
}

/// Returns a line about the changes of used nodes that affect none of the workflows and sources.
pub(super) fn not_used(count: usize) -> String {
    let (noun, verb) = if count == 1 { ("change", "affects") } else { ("changes", "affect") };
    format!("{count} more breaking or defaulted {noun} of these nodes {verb} nothing in use")
}

fn write_entry(out: &mut String, entry: &Entry, paint: Paint) {
    let level = entry.change.level;
    let word = format!("{:<9}", level.as_str());
    let word = match level {
        Level::Breaking => paint.error(word),
        Level::Defaulted => paint.warning(word),
        Level::Additive => paint.note(word),
    };
    let _ = writeln!(out, "  {word}  {}", escaped(&entry.change));
    for place in entry.used.iter().take(MAX_USES) {
        let _ = writeln!(out, "             {} {}", paint.edge("-->"), escaped(place_of(place)));
    }
    if let Some(more @ 1..) = entry.used.len().checked_sub(MAX_USES) {
        let _ = writeln!(out, "                 and {more} more");
    }
}

/// Returns the file and node of a use: `portrait.json: node 3 "Sampler"`.
pub(super) fn place_of(place: &Use) -> String {
    match &place.node {
        None => place.file.clone(),
        Some((id, title)) => {
            let title = title.as_ref().map(|title| format!(" {}", comfy_schema::Value::from(title)));
            format!("{}: node {id}{}", place.file, title.unwrap_or_default())
        }
    }
}
