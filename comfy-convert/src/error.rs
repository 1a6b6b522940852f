//! Errors and warnings of reading and converting workflows.

use std::fmt;

use comfy_schema::prompt::NodeLabel;
use comfy_schema::shown::escaped;
use comfy_schema::{JsonError, Text};
use thiserror::Error;

/// The error of [`read`](crate::read): the bytes hold no workflow.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The file is empty or holds only white space.
    #[error("the file is empty; give a workflow that ComfyUI saved or exported, or a picture that it made")]
    Empty,
    /// The text is not JSON.
    #[error(
        "this is not JSON: error at line {}, column {}; give a workflow that ComfyUI saved or exported, or a picture \
         that it made",
        source.line, source.column
    )]
    Json {
        /// The syntax error and its position.
        source: JsonError,
    },
    /// The text is a web page.
    #[error("this is a web page, not a workflow; download the file itself")]
    Html,
    /// The JSON is neither a workflow nor a prompt.
    #[error(
        "expected a workflow (UI format: an object with `nodes` and `links`; API format: an object of nodes with a \
         `class_type`), found {}",
        escaped(found)
    )]
    NotAWorkflow {
        /// A description of the JSON.
        found: String,
    },
    /// A node of a UI workflow cannot be identified.
    #[error("{} {reason}; the file is damaged, save it again in the editor", escaped(path))]
    Node {
        /// The position of the node in the file: `nodes[3]`.
        path: String,
        /// A description of the fault: `is not an object`.
        reason: &'static str,
    },
    /// The file has more subgraph definitions than the limit.
    #[error("the file has more than {max} subgraph definitions; split the workflow")]
    TooManySubgraphs {
        /// The maximum number of definitions.
        max: usize,
    },
    /// The nodes of the file have more inputs and outputs than the limit.
    #[error("the nodes of the file have more than {max} inputs and outputs; split the workflow")]
    TooManySlots {
        /// The maximum number of inputs and outputs.
        max: usize,
    },
    /// A picture, video or sound unpacks to more text than the limit.
    #[error("the {format} file unpacks to more than {} MiB of text; use the file that ComfyUI saved", max >> 20)]
    TooMuchText {
        /// The format of the file.
        format: &'static str,
        /// The maximum size of the text, in bytes.
        max: usize,
    },
    /// The JSON in a picture, video or sound takes more memory than the limit.
    #[error("the JSON in the {format} file takes more than {} MiB of memory; use the file that ComfyUI saved", max >> 20)]
    TooMuchJson {
        /// The format of the file.
        format: &'static str,
        /// The maximum memory of the JSON of a text, in bytes.
        max: usize,
    },
    /// A picture, video or sound holds no workflow.
    #[error("{}", no_workflow(format, found))]
    NoWorkflow {
        /// The format of the file: `PNG`.
        format: &'static str,
        /// The keys of the metadata found in the file.
        found: Vec<String>,
    },
    /// A picture, video or sound is truncated or damaged, and no workflow was found before that point.
    #[error("the {format} file is damaged: {}; copy or download it again", escaped(reason))]
    Damaged {
        /// The format of the file.
        format: &'static str,
        /// A description of the damage.
        reason: String,
    },
    /// The metadata under the key `workflow` or `prompt` cannot be read as a workflow or prompt.
    #[error("cannot read the metadata `{key}` of this {format} file; use the file that ComfyUI saved, unchanged")]
    Metadata {
        /// The format of the file.
        format: &'static str,
        /// The key of the metadata: `workflow` or `prompt`.
        key: &'static str,
        /// The error of reading the metadata.
        source: Box<Self>,
    },
    /// The file is of a kind that cannot hold a workflow.
    #[error("{found} does not hold a workflow in ComfyUI's form; {remedy}")]
    Unsupported {
        /// A description of the file: `a JPEG picture`.
        found: &'static str,
        /// The remedy that the message suggests.
        remedy: &'static str,
    },
}

fn no_workflow(format: &str, found: &[String]) -> String {
    let found =
        if found.is_empty() { "no metadata at all".into() } else { format!("only {}", escaped(found.join(", "))) };
    format!(
        "this {format} file holds no workflow, {found}; ComfyUI writes `prompt` and `workflow` unless it runs with \
         --disable-metadata, and most sites and messengers remove them"
    )
}

/// The error of converting a workflow. Except for the limits, the front end fails on the same workflows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// An input refers to a link that the file does not have, or that begins at a missing node.
    #[error(
        "{node}: input `{}` refers to link {}, {reason}; reconnect it in the editor and save",
        escaped(input),
        escaped(link)
    )]
    InvalidLink {
        /// The node with the input.
        node: Box<NodeLabel>,
        /// The name of the input.
        input: Text,
        /// The link's id.
        link: String,
        /// A description of the fault.
        reason: &'static str,
    },
    /// A subgraph passes an input straight to an output, which the front end (1.45) cannot convert.
    #[error(
        "{node}: its output {output} comes straight from an input of the subgraph, which the front end cannot convert; \
         connect around the subgraph"
    )]
    NoOutputNode {
        /// The subgraph instance.
        node: Box<NodeLabel>,
        /// The index of the output.
        output: usize,
    },
    /// Links form a cycle through nodes that only pass links on.
    #[error(
        "{node}: its links lead back to itself through bypassed, rerouting or subgraph nodes (two instances of one \
         subgraph in a row through the same bypassed node count as a cycle); reconnect them in the editor"
    )]
    Cycle {
        /// A node of the cycle.
        node: Box<NodeLabel>,
    },
    /// A link leads to an input or output that does not exist.
    #[error("{node}: there is no {}; reconnect it in the editor and save", escaped(slot))]
    NoSlot {
        /// The node that lacks the slot.
        node: Box<NodeLabel>,
        /// The missing slot: `output 3`.
        slot: String,
    },
    /// A subgraph contains itself.
    #[error("{node}: the subgraph `{}` contains itself; remove the inner instance", escaped(subgraph))]
    Recursive {
        /// The inner instance.
        node: Box<NodeLabel>,
        /// The name of the subgraph definition.
        subgraph: Text,
    },
    /// The prefix for the names of saved files is not a string.
    #[error("{node}: expected a string for `filename_prefix`, found {found}; set it again in the editor and save")]
    PrefixNotText {
        /// The node with the prefix.
        node: Box<NodeLabel>,
        /// The kind of value found.
        found: &'static str,
    },
    /// A node takes a picture with a camera, which only a browser can do.
    #[error("{node}: it takes a picture with a camera when it is queued; use `LoadImage` instead")]
    Webcam {
        /// The node with the camera.
        node: Box<NodeLabel>,
    },
    /// Subgraphs are nested deeper than the limit.
    #[error("{node}: subgraphs are nested deeper than {max} levels; flatten the inner ones")]
    TooDeep {
        /// The first instance beyond the limit.
        node: Box<NodeLabel>,
        /// The maximum number of levels.
        max: usize,
    },
    /// The workflow has more nodes than the limit once its subgraphs are written out.
    #[error("written out, the workflow's subgraphs have more than {max} nodes; split the workflow or its subgraphs")]
    TooLarge {
        /// The maximum number of nodes.
        max: usize,
    },
    /// The nodes have more widgets than the limit once subgraphs are written out.
    #[error("written out, the workflow's nodes have more than {max} widgets; split the workflow or its subgraphs")]
    TooManyWidgets {
        /// The maximum number of widgets.
        max: usize,
    },
    /// Links pass through so many nodes that following all of them takes more steps than the limit.
    #[error(
        "{node}: following the workflow's links takes more than {max} steps; flatten its subgraphs or split the workflow"
    )]
    TooManySteps {
        /// The node reached at the limit.
        node: Box<NodeLabel>,
        /// The maximum number of steps.
        max: usize,
    },
}

/// A warning about a file or its conversion. The file is converted nevertheless, as the front end does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConvertWarning {
    /// The node that the warning is about, if any.
    pub node: Option<NodeLabel>,
    /// The kind of warning, with its details.
    pub kind: ConvertWarningKind,
}

impl ConvertWarning {
    /// Creates a warning about an ignored part of a file.
    pub(crate) fn ignored(message: String) -> Self {
        Self { node: None, kind: ConvertWarningKind::Ignored(message) }
    }
}

/// The kinds of [`ConvertWarning`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConvertWarningKind {
    /// The schema does not have the class, so the node has no `class_type` and the server will reject the prompt.
    #[error("the schema does not have this class; the server will reject the prompt{hint}")]
    UnknownClass {
        /// A remedy to append to the message; may be empty.
        hint: String,
    },
    /// The value of an input is known only in a browser or at the moment of queueing.
    #[error("`{}` {reason}", escaped(input))]
    Undecided {
        /// The name of the input.
        input: Text,
        /// The reason why the value is unknown, and the content of the prompt instead.
        reason: &'static str,
    },
    /// The node's values are saved by name, which only the script of its node pack can read, so the prompt lacks them.
    #[error("its values are saved in a form that only the script of its pack reads; they are missing from the prompt")]
    NamedValues,
    /// No node of the workflow is sent, so the prompt is empty and the server will reject it.
    #[error("the prompt is empty, because {reason}; the server will reject it")]
    EmptyPrompt {
        /// The reason, such as `all 2 nodes are muted`.
        reason: String,
    },
    /// A part of the file that does not belong to a workflow was left out.
    #[error("{}", escaped(_0))]
    Ignored(String),
    /// A key of an API-format node was left out, because it must not be sent again.
    #[error("`{}` is left out: it belongs to the run that saved the file", escaped(key))]
    Stripped {
        /// The key.
        key: Text,
    },
}

impl fmt::Display for ConvertWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{node}: {}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}
