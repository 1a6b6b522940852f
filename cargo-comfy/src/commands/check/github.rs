//! Findings as workflow commands of GitHub Actions, which annotate the lines of a pull request.

use std::env;
use std::fmt::Write;
use std::path::{Path, absolute};

use comfy_schema::Schema;
use comfy_schema::shown::{self, escaped};
use comfy_schema::validate::Verdict;

use super::findings::{self, Finding, Level, Outcome};
use super::locate::Place;
use super::read::{ReadError, Workflow};

/// Returns an annotation for each finding, and one for the outcome unless every output would run.
pub(super) fn write(workflow: &Workflow, verdict: &Verdict, schema: &Schema, partial: bool) -> String {
    let file = workflow.path.as_deref().map(in_repository);
    let mut out = String::new();
    for finding in findings::find(workflow, verdict, schema) {
        let Finding { level, code, headline, place, notes } = finding;
        let lines = notes.iter().map(|(label, note)| format!("{label}: {}", escaped(note)));
        let message: Vec<String> = [escaped(headline).to_string()].into_iter().chain(lines).collect();
        annotate(&mut out, level, file.as_deref(), place.as_ref(), &code, &message.join("\n"));
    }
    let outcome = Outcome::of(verdict);
    let level = match outcome {
        Outcome::Valid => return out,
        Outcome::Partial if partial => Level::Warning,
        Outcome::Partial | Outcome::Invalid => Level::Error,
    };
    let message = format!("{}: {}: {}", escaped(&workflow.name), outcome.word(), findings::sum(verdict));
    annotate(&mut out, level, file.as_deref(), None, outcome.word(), &message);
    out
}

/// Returns the annotation of a file that cannot be checked.
pub(super) fn not_checked(path: &Path, error: &ReadError) -> String {
    let place = match error {
        ReadError::NotJson { source, .. } => {
            Some(Place { line: source.line, column: source.column, excerpt: "", width: 1 })
        }
        _ => None,
    };
    let file = (path.as_os_str() != "-").then(|| in_repository(path));
    let mut out = String::new();
    annotate(&mut out, Level::Error, file.as_deref(), place.as_ref(), "not checked", &escaped(error).to_string());
    out
}

/// Adds an annotation. `message` has no hidden characters apart from line feeds.
fn annotate(out: &mut String, level: Level, file: Option<&str>, place: Option<&Place<'_>>, title: &str, message: &str) {
    let command = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties = Vec::new();
    if let Some(file) = file {
        properties.push(format!("file={}", property(file)));
        // A line without a file would annotate a file of the workflow's own.
        if let Some(place) = place {
            let end = place.column + place.width.saturating_sub(1);
            properties.push(format!("line={},col={},endColumn={end}", place.line, place.column));
        }
    }
    properties.push(format!("title={}", property(title)));
    let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(message));
}

/// Returns a file's path from the root of the repository, where GitHub looks for it, or the path as it was given.
fn in_repository(path: &Path) -> String {
    let root = env::var_os("GITHUB_WORKSPACE").filter(|root| !root.is_empty());
    let below = root.and_then(|root| absolute(path).ok()?.strip_prefix(root).ok().map(Path::to_owned));
    let path = below.as_deref().unwrap_or(path).to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

/// Escapes the message of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property of a command. Hidden characters, which no property needs, are escaped first.
fn property(text: &str) -> String {
    data(&shown::escaped(text).to_string()).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Level, Place, annotate};

    #[test]
    fn a_command_is_one_line_whatever_it_holds() {
        let mut out = String::new();
        let place = Place { line: 3, column: 5, excerpt: "", width: 4 };
        annotate(
            &mut out,
            Level::Note,
            Some("a,b:c%.json"),
            Some(&place),
            "x\n::error::",
            "100 %\r\n::stop-commands::y",
        );
        let expected = "::notice file=a%2Cb%3Ac%25.json,line=3,col=5,endColumn=8,title=x\\n%3A%3Aerror%3A%3A::\
                        100 %25%0D%0A::stop-commands::y\n";
        assert_eq!(out, expected);
        out.clear();
        annotate(&mut out, Level::Error, None, Some(&place), "t", "m");
        assert_eq!(out, "::error title=t::m\n");
    }
}
