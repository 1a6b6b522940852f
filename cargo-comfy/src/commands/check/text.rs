//! Findings as text for people.

use std::fmt::Write;

use comfy_schema::Schema;
use comfy_schema::shown::escaped;
use comfy_schema::validate::Verdict;

use super::findings::{self, Finding, Level, Outcome};
use super::locate::Place;
use super::read::Workflow;
use crate::paint::Paint;

/// The maximum length of a line of a file, in characters. Longer lines are left out: repeating a whole workflow on one
/// line would not help.
const MAX_LINE_LEN: usize = 100;

/// Returns the whole text about one workflow: the findings and a summary line. `partial` tells whether dropped outputs
/// are allowed.
pub(super) fn write(workflow: &Workflow, verdict: &Verdict, schema: &Schema, partial: bool, paint: Paint) -> String {
    let mut out = String::new();
    for finding in findings::find(workflow, verdict, schema) {
        write_finding(&mut out, &finding, &workflow.name, paint);
    }
    let outcome = Outcome::of(verdict);
    let word = match outcome {
        Outcome::Valid => paint.good(outcome.word()),
        Outcome::Partial => paint.warning(outcome.word()),
        Outcome::Invalid => paint.error(outcome.word()),
    };
    let hint = if outcome == Outcome::Partial && !partial { "; --partial allows dropped outputs" } else { "" };
    let _ = writeln!(out, "{}: {word}: {}{hint}", escaped(&workflow.name), findings::sum(verdict));
    out
}

fn write_finding(out: &mut String, finding: &Finding<'_>, file: &str, paint: Paint) {
    let head = painted(paint, finding.level, &format!("{}[{}]", word(finding.level), finding.code));
    let _ = writeln!(out, "{head}{}", paint.strong(format!(": {}", finding.headline)));
    let margin = finding.place.as_ref().map_or(1, |place| place.line.to_string().len());
    let gap = " ".repeat(margin);
    let (arrow, file) = (paint.edge("-->"), escaped(file));
    match &finding.place {
        Some(place) => {
            let _ = writeln!(out, "{gap}{arrow} {file}:{}:{}", place.line, place.column);
            write_excerpt(out, place, &gap, finding.level, paint);
        }
        None => {
            let _ = writeln!(out, "{gap}{arrow} {file}");
        }
    }
    for (label, note) in &finding.notes {
        let _ = writeln!(out, "{gap} {} {} {}", paint.edge("="), paint.strong(format!("{label}:")), escaped(note));
    }
    out.push('\n');
}

fn write_excerpt(out: &mut String, place: &Place<'_>, gap: &str, level: Level, paint: Paint) {
    let count = place.excerpt.chars().count();
    if count > MAX_LINE_LEN {
        return;
    }
    // A tab is shown as one blank. An escaped character takes several columns, which moves the mark below.
    let shown = |from: usize, count: usize| {
        let part: String = place.excerpt.chars().skip(from).take(count).collect();
        escaped(part.replace('\t', " ")).to_string()
    };
    let width = |from: usize, count: usize| shown(from, count).chars().count();
    let start = place.column - 1;
    let mark = format!("{}{}", " ".repeat(width(0, start)), "^".repeat(width(start, place.width).max(1)));
    let bar = paint.edge("|");
    let (line, mark) = (paint.edge(place.line), painted(paint, level, &mark));
    let _ = writeln!(out, "{gap} {bar}\n{line} {bar} {}\n{gap} {bar} {mark}", shown(0, count));
}

fn painted(paint: Paint, level: Level, text: &str) -> String {
    match level {
        Level::Error => paint.error(text),
        Level::Warning => paint.warning(text),
        Level::Note => paint.note(text),
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}
