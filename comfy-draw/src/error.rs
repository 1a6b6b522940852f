//! The error of drawing a workflow.

use comfy_convert::ToUiError;
use comfy_schema::prompt::NotAPrompt;
use comfy_schema::shown::escaped;
use thiserror::Error;

/// The error of drawing a workflow or laying it out for the editor.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The JSON is not a prompt.
    #[error(transparent)]
    NotAPrompt(#[from] NotAPrompt),

    /// The prompt has more nodes than the limit.
    #[error("the workflow has {nodes} nodes, more than the {max} that a picture can show; draw a part of it")]
    TooManyNodes {
        /// The number of nodes.
        nodes: usize,
        /// The maximum number of nodes.
        max: usize,
    },

    /// The prompt has more links than the limit.
    #[error("the workflow has {links} links, more than the {max} that a picture can show; draw a part of it")]
    TooManyLinks {
        /// The number of links.
        links: usize,
        /// The maximum number of links.
        max: usize,
    },

    /// The prompt cannot be converted to a workflow for the editor.
    #[error(transparent)]
    ToUi(#[from] ToUiError),

    /// The picture cannot be rendered to pixels.
    #[error("cannot render the picture: {}; write SVG instead", escaped(reason))]
    Render {
        /// The renderer's message.
        reason: String,
    },
}
