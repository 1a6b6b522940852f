//! Checks of the language of sources, as far as a program can check it: documentation, error messages and names.
//!
//! The rules are those of `CONTRIBUTING.md`.

mod docs;
mod messages;
mod names;

use std::collections::BTreeSet;
use std::fmt;

use crate::workspace::Sources;

pub use docs::first_paragraph_fault;
pub use messages::message_fault;
pub use names::OldName;

/// A place in the sources that does not follow the rules.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, relative to the root of the workspace.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The text at fault.
    pub text: String,
    /// The form that is expected instead.
    pub expected: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {:?}: expected {}", self.file, self.line, self.text, self.expected)
    }
}

/// Finds the doc comments whose first paragraph does not begin with a capital letter and end with a full stop. The rule
/// includes those that clap prints as help, because clap removes the full stop.
pub fn docs(sources: &Sources) -> Vec<Finding> {
    findings(sources, docs::check)
}

/// Finds the messages in `#[error("…")]` that begin with a capital letter or end with a full stop, except those in
/// `verbatim`.
pub fn messages(sources: &Sources, verbatim: &[&str]) -> Vec<Finding> {
    findings(sources, |syntax| messages::check(syntax, verbatim))
}

/// Finds the definitions whose name is one that the workspace has given up.
pub fn names(sources: &Sources, old: &[&OldName]) -> Vec<Finding> {
    findings(sources, |syntax| names::check(syntax, old))
}

/// A finding in one file: the line, the text at fault and the expected form.
type InFile = (usize, String, String);

fn findings(sources: &Sources, check: impl Fn(&syn::File) -> Vec<InFile>) -> Vec<Finding> {
    let mut findings = BTreeSet::new();
    for (file, source) in sources {
        let in_file = match syn::parse_file(source) {
            Ok(syntax) => check(&syntax),
            Err(error) => vec![(error.span().start().line, error.to_string(), "Rust".to_owned())],
        };
        for (line, text, expected) in in_file {
            findings.insert(Finding { file: file.clone(), line, text, expected });
        }
    }
    findings.into_iter().collect()
}
