//! The error for a document that is not a schema.

use thiserror::Error;

use crate::shown::escaped;
use crate::{JsonError, JsonErrorKind, Text};

/// The error for a document that is not the answer of `/object_info`.
///
/// Each message ends with a hint. For an error in the JSON, the [source](std::error::Error::source) describes it in
/// detail.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The document is empty or blank.
    #[error("the document is empty; save the answer of http://<server>:8188/object_info")]
    Empty,

    /// The document is a web page.
    #[error(
        "expected JSON, found a web page that begins with `{}`; a proxy or another server answered, so check the \
         address and the port (the default of ComfyUI is 8188)",
        escaped(start)
    )]
    Html {
        /// The first words of the document.
        start: String,
    },

    /// The document is neither UTF-8 nor UTF-16.
    #[error(
        "invalid UTF-8 or UTF-16 at line {} column {}; save the server's answer without converting it",
        source.line, source.column
    )]
    Encoding {
        /// The position of the first invalid byte.
        source: JsonError,
    },

    /// The document is not JSON at all.
    #[error(
        "expected JSON, found a text that begins with `{}`; save the answer of http://<server>:8188/object_info",
        escaped(start)
    )]
    NotJson {
        /// The first words of the document.
        start: String,
    },

    /// The document is cut off.
    #[error(
        "the document ends too early, {}, at line {} column {}; it was cut off while it was downloaded or copied, so \
         fetch it again",
        middle(node.as_ref()), source.line, source.column
    )]
    Truncated {
        /// The class in whose definition the document ends, if it ends in one.
        node: Option<Text>,
        /// The position of the end.
        source: JsonError,
    },

    /// The JSON has a syntax error.
    #[error(
        "invalid JSON{} at line {} column {}; correct it if the file was edited by hand, or fetch it again",
        within(node.as_ref()), source.line, source.column
    )]
    Syntax {
        /// The class whose definition has the error, if the error is in a definition.
        node: Option<Text>,
        /// The error and its position.
        source: JsonError,
    },

    /// A name or a value has a lone surrogate. In descriptions and tooltips, which are only for people, it is replaced,
    /// and [`Schema::issues`](crate::Schema::issues) reports it.
    #[error(
        "{}, at line {} column {}; rename the file on the server, or correct the node pack, and fetch the definitions again",
        source.reason, source.line, source.column
    )]
    Surrogate {
        /// The lone surrogate, with its place.
        source: JsonError,
    },

    /// The JSON is nested more deeply than the parser allows.
    #[error(
        "the JSON is nested too deeply{} at line {} column {}; remove the entry, or the node pack that it comes from",
        within(node.as_ref()), source.line, source.column
    )]
    TooDeep {
        /// The class whose definition is nested too deeply, if the position is in one.
        node: Option<Text>,
        /// The position.
        source: JsonError,
    },

    /// The document is JSON, but not an object.
    #[error("expected an object of node definitions, found {found}; is this the answer of /object_info?")]
    NotAnObject {
        /// The kind of JSON value found, as [`Value::kind_name`](crate::Value::kind_name) names it.
        found: &'static str,
    },

    /// The document is an empty object.
    #[error(
        "the document has no node definitions; is this the answer of /object_info? \
         (/object_info/<class> answers `{{}}` for a class that the server does not have)"
    )]
    NoNodes,

    /// The document is the body of a failed request.
    #[error(
        "expected the answer of /object_info, found an error message: {}; resolve that error and fetch the \
         answer again",
        escaped(message)
    )]
    ServerError {
        /// The message in the document.
        message: String,
    },

    /// The document is a workflow.
    #[error(
        "expected node definitions, found a workflow in {format} format; give the answer of /object_info here, and the \
         workflow where one is expected"
    )]
    Workflow {
        /// The format: `API` or `UI`.
        format: &'static str,
    },

    /// The document is an object of an unknown kind.
    #[error(
        "expected node definitions, found an object whose first key is `{}`; is this the answer of /object_info?",
        escaped(first)
    )]
    NoDefinitions {
        /// The first key.
        first: Text,
    },
}

fn within(node: Option<&Text>) -> String {
    node.map(|node| format!(" in the definition of node `{}`", escaped(node))).unwrap_or_default()
}

fn middle(node: Option<&Text>) -> String {
    node.map_or_else(|| "between two nodes".into(), |node| format!("in the middle of node `{}`", escaped(node)))
}

impl SchemaError {
    /// Creates the error for an error in the JSON.
    pub(crate) fn from_json(source: JsonError, node: Option<Text>) -> Self {
        match source.kind {
            JsonErrorKind::Encoding => Self::Encoding { source },
            JsonErrorKind::Truncated => Self::Truncated { node, source },
            JsonErrorKind::TooDeep => Self::TooDeep { node, source },
            JsonErrorKind::Surrogate => Self::Surrogate { source },
            _ => Self::Syntax { node, source },
        }
    }
}
