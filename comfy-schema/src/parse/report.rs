//! Collecting what was odd, with its place.

use std::fmt::{self, Display, Formatter};

use crate::Issue;

/// The most issues that one node reports. A definition of millions of odd entries must not outgrow its text.
const MOST_PER_NODE: usize = 100;

/// The issues of one node.
#[derive(Debug, Default)]
pub(super) struct Report {
    issues: Vec<Issue>,
    left_out: usize,
    root: String,
}

impl Report {
    /// Notes what is odd at a place.
    pub(super) fn add(&mut self, at: &Place<'_>, message: impl Display) {
        if self.issues.len() == MOST_PER_NODE {
            self.left_out += 1;
            self.root = at.root().to_string();
            return;
        }
        self.issues.push(Issue { path: at.to_string(), message: message.to_string() });
    }

    pub(super) fn into_issues(mut self) -> Vec<Issue> {
        if self.left_out > 0 {
            let message = format!("{} more oddities are not listed", self.left_out);
            self.issues.push(Issue { path: self.root, message });
        }
        self.issues
    }
}

/// A place in a document, as a chain up the stack: only a report turns it into text.
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
