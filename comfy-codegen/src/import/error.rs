//! What can be wrong with a prompt, and what is worth knowing about one.

use std::fmt::{self, Write as _};

use comfy_schema::Text;
use thiserror::Error;

/// A node of the file, for messages: `node 12:5 (KSampler, "Upscale")`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its id.
    pub id: Text,
    /// Its class; `None` if the file says none.
    pub class: Option<Text>,
    /// Its title, if it has one.
    pub title: Option<Text>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}", Shown(&self.id))?;
        match (&self.class, &self.title) {
            (Some(class), Some(title)) if class != title => write!(f, " ({}, {:?})", Shown(class), Shown(title).cut()),
            (Some(class), _) => write!(f, " ({})", Shown(class)),
            (None, Some(title)) => write!(f, " ({:?})", Shown(title).cut()),
            (None, None) => Ok(()),
        }
    }
}

/// A text of a file, cut to what a message can hold, without what would confuse a terminal.
pub(super) struct Shown<'t>(pub(super) &'t str);

impl Shown<'_> {
    /// The longest text that is shown, in characters.
    const MOST: usize = 80;

    fn cut(&self) -> String {
        let mut chars = self.0.chars();
        let mut cut: String = chars.by_ref().take(Self::MOST).collect();
        if chars.next().is_some() {
            cut.push('…');
        }
        cut
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cut()
            .chars()
            .try_for_each(|c| if c.is_control() { write!(f, "{}", c.escape_default()) } else { write!(f, "{c}") })
    }
}

/// Why a prompt cannot become Rust.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// It is no object of nodes.
    #[error("a prompt is an object of node id to node, not {found}; give a workflow in API format")]
    NotAPrompt {
        /// What it is.
        found: &'static str,
    },
    /// There is nothing in it.
    #[error("the prompt has no nodes; export one with nodes")]
    Empty,
    /// A node is not what a node must be.
    #[error("{place}: {problem}")]
    Node {
        /// Which node.
        place: Place,
        /// What is wrong, with the input if it is about one.
        problem: String,
    },
    /// Nodes need each other, so that none of them can come first.
    #[error("these nodes need each other in a circle, which no server can run: {}", circle(nodes))]
    Cycle {
        /// The nodes, each of which needs the next, and the last the first.
        nodes: Vec<Place>,
    },
    /// More nodes than are read.
    #[error("the prompt has {found} nodes; at most {} are imported; split the workflow", super::prompt::MOST_NODES)]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// What was to become a parameter is not there.
    #[error(
        "there is no value `{name}` that could be a parameter; write `seed`, `KSampler.seed` or `12.seed`{}",
        meant(suggestions)
    )]
    Parameter {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        suggestions: Vec<String>,
    },
    /// A path or name that is no Rust.
    #[error("`{name}` is no {what} of Rust")]
    Name {
        /// What was given.
        name: String,
        /// What it was to be.
        what: &'static str,
    },
}

/// The first nodes of a circle.
fn circle(nodes: &[Place]) -> String {
    const MOST: usize = 8;
    let mut text = nodes.iter().take(MOST).map(ToString::to_string).collect::<Vec<_>>().join(" → ");
    if nodes.len() > MOST {
        // Writing to a string cannot fail.
        let _ = write!(text, " → … ({} in all)", nodes.len());
    }
    text
}

fn meant(suggestions: &[String]) -> String {
    match suggestions {
        [] => String::new(),
        some => {
            format!("; did you mean {}?", some.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    }
}

/// What a reader of the source should know: something has no typed form, or was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportWarning {
    /// Which node.
    pub place: Place,
    /// What of it.
    pub what: String,
}

impl fmt::Display for ImportWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}
