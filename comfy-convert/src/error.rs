//! What can go wrong, and what is only odd.

use std::fmt;

use comfy_schema::{JsonError, Text};
use thiserror::Error;

/// Where a node stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its id; inside subgraphs the ids of the instances around it, joined with `:`.
    pub id: Text,
    /// Its class.
    pub class: Text,
    /// Its title, if the file has one.
    pub title: Option<Text>,
    /// The name of the subgraph definition it stands in, if it does.
    pub subgraph: Option<Text>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} `{}`", self.id, self.class)?;
        if let Some(title) = self.title.as_ref().filter(|title| **title != self.class) {
            write!(f, " ({title:?})")?;
        }
        match &self.subgraph {
            Some(name) => write!(f, " in subgraph `{name}`"),
            None => Ok(()),
        }
    }
}

/// Why bytes are not a workflow.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// No bytes, or only blanks.
    #[error("the file is empty; give a workflow that ComfyUI saved or exported, or a picture it made")]
    Empty,
    /// Text that is not JSON.
    #[error(
        "this is not JSON from line {} column {} on; give a workflow that ComfyUI saved or exported, or a picture it made",
        source.line, source.column
    )]
    Json {
        /// What and where.
        source: JsonError,
    },
    /// A web page.
    #[error("this is a web page, not a workflow; download the file itself")]
    Html,
    /// JSON of something else.
    #[error(
        "this is {found}, not a workflow; a workflow has `nodes` and `links` (UI format), or is an object of nodes with \
         a `class_type` (API format)"
    )]
    NotAWorkflow {
        /// What it is.
        found: String,
    },
    /// A node of a UI workflow that cannot be told from others.
    #[error("{place} {why}; the file is damaged, save it again in the editor")]
    Node {
        /// `nodes[3]`
        place: String,
        /// What is wrong.
        why: &'static str,
    },
    /// More subgraph definitions than are read.
    #[error("the file has more than {most} subgraph definitions; split the workflow")]
    TooManySubgraphs {
        /// The most that are read.
        most: usize,
    },
    /// A picture, video or sound without a workflow.
    #[error("{}", no_workflow(format, found))]
    NoWorkflow {
        /// Which format it is in: `PNG`.
        format: &'static str,
        /// What metadata it has.
        found: Vec<String>,
    },
    /// A picture, video or sound that is cut off or damaged where the workflow would be.
    #[error("the {format} file is damaged: {why}; copy or download it again")]
    Damaged {
        /// Which format it is in.
        format: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The metadata of a picture that should be a workflow is none.
    #[error("the `{key}` in this {format} file cannot be read; take the file that ComfyUI saved, unchanged")]
    Metadata {
        /// Which format it is in.
        format: &'static str,
        /// `workflow` or `prompt`
        key: &'static str,
        /// Why.
        source: Box<Self>,
    },
    /// A file of another kind.
    #[error("this is {found}, which does not hold a workflow as ComfyUI writes them; {remedy}")]
    Unsupported {
        /// What it is.
        found: &'static str,
        /// What to give instead.
        remedy: &'static str,
    },
}

fn no_workflow(format: &str, found: &[String]) -> String {
    let found = if found.is_empty() { "no metadata at all".into() } else { format!("only {}", found.join(", ")) };
    format!(
        "this {format} file holds no workflow, {found}; ComfyUI writes `prompt` and `workflow` unless it runs with \
         --disable-metadata, and most sites and messengers remove them"
    )
}

/// Why a workflow cannot be converted. The front end fails on the same files, except for the limits.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// An input names a link that the file does not have, or that begins at no node.
    #[error("{place}: input `{input}` names link {link}, {why}; connect it again in the editor and save")]
    InvalidLink {
        /// The node whose input it is.
        place: Box<Place>,
        /// The input.
        input: Text,
        /// The link's id.
        link: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A subgraph passes an input straight to an output, which the front end (1.45) cannot convert.
    #[error(
        "{place}: its output {output} comes straight from an input of the subgraph, which the front end cannot convert; \
         connect around the subgraph"
    )]
    NoOutputNode {
        /// The instance.
        place: Box<Place>,
        /// The output's index.
        output: usize,
    },
    /// A loop through nodes that only pass links on.
    #[error(
        "{place}: its links lead back to itself through bypassed, rerouting or subgraph nodes (two instances of one \
         subgraph in a row through the same bypassed node count as a loop); connect them anew"
    )]
    Loop {
        /// A node of it.
        place: Box<Place>,
    },
    /// A link leads to an input or output that is not there.
    #[error("{place}: there is no {slot}; connect it again in the editor and save")]
    NoSlot {
        /// The node.
        place: Box<Place>,
        /// `output 3`
        slot: String,
    },
    /// A subgraph that contains itself.
    #[error("{place}: the subgraph `{subgraph}` contains itself; take the inner instance out")]
    Recursive {
        /// The inner instance.
        place: Box<Place>,
        /// The name of the definition.
        subgraph: Text,
    },
    /// A name for files that is not a text.
    #[error("{place}: `filename_prefix` is {found}, not a text; set it again in the editor and save")]
    PrefixNotText {
        /// The node.
        place: Box<Place>,
        /// What it is.
        found: &'static str,
    },
    /// A picture of a camera, which only a browser can take.
    #[error("{place}: it takes a picture with a camera when it is queued; use `LoadImage` instead")]
    Webcam {
        /// The node.
        place: Box<Place>,
    },
    /// Deeper nested subgraphs than are converted.
    #[error("{place}: subgraphs are nested deeper than {most} levels; flatten the inner ones")]
    TooDeep {
        /// The innermost instance looked at.
        place: Box<Place>,
        /// The most levels.
        most: usize,
    },
    /// More nodes than are converted: subgraphs in subgraphs multiply.
    #[error("written out, the workflow's subgraphs have more than {most} nodes; split the workflow or its subgraphs")]
    TooLarge {
        /// The most nodes.
        most: usize,
    },
    /// Links through so many nodes that following them all would take too long.
    #[error(
        "{place}: following the workflow's links takes more than {most} steps; flatten its subgraphs or split the workflow"
    )]
    TooManySteps {
        /// The node looked at when it became too many.
        place: Box<Place>,
        /// The most steps.
        most: usize,
    },
}

/// Something that the reader of the prompt should know. The front end converts such a workflow too.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The node concerned, if it is one.
    pub place: Option<Place>,
    /// What it is.
    pub kind: WarningKind,
}

/// The kinds of [`Warning`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WarningKind {
    /// The schema does not have the class, so the node has no `class_type` and the server will refuse the prompt.
    #[error("the schema does not have this class; the server will refuse the prompt{hint}")]
    UnknownClass {
        /// What to do about it; may be empty.
        hint: String,
    },
    /// The value of this input is known only in a browser or at the moment of queueing.
    #[error("`{input}` {why}")]
    Undecided {
        /// The input.
        input: Text,
        /// Why, and what stands there now.
        why: &'static str,
    },
    /// The node's values are saved by name, which only the script of its pack can read: they are missing.
    #[error("its values are saved in a form that only its pack's script reads; they are missing from the prompt")]
    NamedValues,
    /// A part of the file that is no part of a workflow was left out.
    #[error("{0}")]
    Odd(String),
    /// A key of an API-format node that must not be sent again was left out.
    #[error("`{key}` is left out: it is of the run that saved the file")]
    Stripped {
        /// The key.
        key: Text,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}
