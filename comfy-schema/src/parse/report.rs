//! Collects the issues of a node definition, each with its place.

use std::fmt::{self, Display, Formatter};

use crate::limits::MAX_ISSUES;
use crate::{Issue, Value};

/// The issues of one node.
#[derive(Debug, Default)]
pub(super) struct Report {
    issues: Vec<Issue>,
    left_out: usize,
    root: String,
}

impl Report {
    /// Adds an issue, or only counts it beyond [`MAX_ISSUES`].
    pub(super) fn add(&mut self, at: &Place<'_>, message: impl Display) {
        if self.issues.len() == MAX_ISSUES {
            self.left_out += 1;
            self.root = at.root().to_string();
            return;
        }
        self.issues.push(Issue { path: at.to_string(), message: message.to_string() });
    }

    /// Adds the issue that a value is of another kind than expected.
    pub(super) fn expected(&mut self, at: &Place<'_>, expected: &str, found: &Value) {
        self.add(at, format_args!("expected {expected}, found {}", found.kind_name()));
    }

    pub(super) fn into_issues(mut self) -> Vec<Issue> {
        if self.left_out > 0 {
            let message = format!("{} more issues are not listed", self.left_out);
            self.issues.push(Issue { path: self.root, message });
        }
        self.issues
    }
}

/// A place in a document. It refers to its parents on the stack, so that its path is formatted only for an issue.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

impl<'p> Place<'p> {
    pub(super) const fn new(class: &'p str) -> Self {
        Self { parent: None, step: Step::Key(class) }
    }

    pub(super) const fn key<'c>(&'c self, key: &'c str) -> Place<'c> {
        Place { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) const fn index(&self, index: usize) -> Place<'_> {
        Place { parent: Some(self), step: Step::Index(index) }
    }

    fn root(&self) -> &Self {
        let mut place = self;
        while let Some(parent) = place.parent {
            place = parent;
        }
        place
    }
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Key(key) if self.parent.is_none() => f.write_str(key),
            Step::Key(key) => write!(f, ".{key}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}
