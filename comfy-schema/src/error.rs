//! Why a document is not a schema.

use thiserror::Error;

use crate::{JsonError, JsonErrorKind, Text};

/// Why a document is not the answer of `/object_info`. Each message ends in what to do about it; what exactly is
/// wrong with the JSON, if it is that, the [source](std::error::Error::source) says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// No bytes, or only blanks.
    #[error("the document is empty; save the answer of http://<server>:8188/object_info")]
    Empty,

    /// A web page.
    #[error(
        "this is a web page, not JSON: it begins with `{start}`; a proxy or another server answered, check the \
         address and the port (ComfyUI listens on 8188 unless told otherwise)"
    )]
    Html {
        /// Its first words.
        start: String,
    },

    /// Bytes that are neither UTF-8 nor UTF-16.
    #[error(
        "this is not a text in UTF-8 or UTF-16, from line {} column {} on; save the server's answer as it is, without \
         converting it",
        source.line, source.column
    )]
    Encoding {
        /// Where it stops being one.
        source: JsonError,
    },

    /// Not JSON at all.
    #[error("this is not JSON: it begins with `{start}`; save the answer of http://<server>:8188/object_info")]
    NotJson {
        /// Its first words.
        start: String,
    },

    /// The text ends too early.
    #[error(
        "the document ends too early, {}, at line {} column {}; the download or the copy was cut off, fetch it again",
        middle(node.as_ref()), source.line, source.column
    )]
    Truncated {
        /// The definition it ends in, if it ends in one.
        node: Option<Text>,
        /// Where it ends.
        source: JsonError,
    },

    /// A mistake in the JSON.
    #[error(
        "the JSON has a mistake{} at line {} column {}; if the file was edited by hand, mend it there, else fetch it again",
        within(node.as_ref()), source.line, source.column
    )]
    Syntax {
        /// The definition it is in, if it is in one.
        node: Option<Text>,
        /// What and where.
        source: JsonError,
    },

    /// Nested too deep to be a definition.
    #[error(
        "the JSON is nested too deep{} at line {} column {}; no definition of a node is that deep, remove the node's pack \
         or its entry",
        within(node.as_ref()), source.line, source.column
    )]
    TooDeep {
        /// The definition it is in, if it is in one.
        node: Option<Text>,
        /// Where.
        source: JsonError,
    },

    /// JSON, but not an object.
    #[error("the document is {found}, not an object of node definitions; is this the answer of /object_info?")]
    NotAnObject {
        /// What it is instead.
        found: &'static str,
    },

    /// `{}`.
    #[error(
        "the document holds no nodes; is this the answer of /object_info? \
         (/object_info/<class> answers `{{}}` for a class that the server does not have)"
    )]
    NoNodes,

    /// The body of a failed request.
    #[error("this is an error message, not an answer of /object_info: {message}; see to that error and fetch it again")]
    ServerError {
        /// What it says.
        message: String,
    },

    /// A workflow.
    #[error(
        "this is a workflow in {format} format, not the definitions of nodes; give it where a workflow is asked for, \
         and here the answer of /object_info"
    )]
    Workflow {
        /// `API` or `UI`.
        format: &'static str,
    },

    /// An object of something else.
    #[error(
        "no entry of this object looks like a node definition (the first is `{first}`); is this the answer of \
         /object_info?"
    )]
    NoDefinitions {
        /// The first key.
        first: Text,
    },
}

fn within(node: Option<&Text>) -> String {
    node.map(|node| format!(" in the definition of node `{node}`")).unwrap_or_default()
}

fn middle(node: Option<&Text>) -> String {
    node.map_or_else(|| "between two nodes".into(), |node| format!("in the middle of node `{node}`"))
}

impl SchemaError {
    /// What a mistake in the JSON means for a schema.
    pub(crate) fn from_json(source: JsonError, node: Option<Text>) -> Self {
        match source.kind {
            JsonErrorKind::Encoding => Self::Encoding { source },
            JsonErrorKind::Truncated => Self::Truncated { node, source },
            JsonErrorKind::TooDeep => Self::TooDeep { node, source },
            _ => Self::Syntax { node, source },
        }
    }
}
