//! The difference between a workflow and the prompt that the server has.

use std::fmt;

use comfy_schema::Value;
use comfy_schema::shown::shortened;

use super::limits::MAX_SHOWN_CHARS;
use super::origin::NodeInfo;

/// The first difference between a workflow and the prompt that the server has under an id.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The id of the prompt.
    pub prompt_id: String,
    /// The first node that differs.
    pub node: NodeInfo,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs between a node of a workflow and the node of the prompt that the server has.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// Only the workflow has the node.
    MissingOnServer,
    /// Only the server's prompt has the node.
    OnlyOnServer,
    /// The classes differ.
    #[non_exhaustive]
    Class {
        /// The class in the server's prompt.
        server: String,
    },
    /// An input differs.
    // Not `Input`: with a second public item of that name, rustc writes the whole path of the type in messages.
    #[non_exhaustive]
    InputValue {
        /// The name of the input.
        name: String,
        /// The value in the workflow, `None` if it has none.
        own: Option<Value>,
        /// The value in the server's prompt, `None` if it has none.
        server: Option<Value>,
    },
    /// The server's prompt cannot be compared, because the server does not show it.
    NotShown,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = shortened(&self.prompt_id, MAX_SHOWN_CHARS);
        if self.kind == DifferenceKind::NotShown {
            return write!(
                f,
                "cannot compare the workflow with prompt {id}: the server does not show it; attach without a workflow (`attach_id`)"
            );
        }
        write!(f, "prompt {id} was made from another workflow: {}", self.node)?;
        let shown = |value: &Option<Value>| match value {
            Some(value) => shortened(&value.to_string(), MAX_SHOWN_CHARS),
            None => "not given".to_owned(),
        };
        match &self.kind {
            DifferenceKind::MissingOnServer => f.write_str(" is not in the server's prompt"),
            DifferenceKind::OnlyOnServer => f.write_str(" is only in the server's prompt"),
            DifferenceKind::Class { server } => {
                write!(f, " has the class {} in the server's prompt", shortened(server, MAX_SHOWN_CHARS))
            }
            DifferenceKind::InputValue { name, own, server } => {
                let name = shortened(name, MAX_SHOWN_CHARS);
                write!(f, ": `{name}` is {} here, and {} in the server's prompt", shown(own), shown(server))
            }
            DifferenceKind::NotShown => Ok(()),
        }
    }
}

impl std::error::Error for Difference {}
