//! A ComfyUI workflow as a picture, and laid out for the editor.
//!
//! [`Drawing`] takes a prompt in API format, and a schema if there is one: then sockets have types and colours, and
//! what the validator says is marked. Nothing here does any I/O (the feature `png` reads the system's fonts).
//!
//! ```
//! use comfy_draw::Drawing;
//! use comfy_schema::Value;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let prompt = Value::parse(br#"{
//!     "1": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
//!     "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}, "_meta": {"title": "<Result>"}}
//! }"#)?;
//! let drawing = Drawing::new(&prompt, None)?;
//! assert!(drawing.svg().contains("&lt;Result&gt;"));
//! assert!(drawing.mermaid().contains("n0 --> n1"));
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! * `png`: [`Drawing::png`](Drawing), pictures of pixels.
//! * `runtime`: `ToUi`, for workflows of `comfy-runtime`.
//!
//! Neither is on by default.
//!
//! # How it works
//!
//! The folders show the way of the data: `graph` (what a prompt shows) → `scene` with `layout` (where it stands) →
//! `svg`, `html`, `mermaid`, `png`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod color;
mod editor;
mod graph;
mod html;
mod layout;
mod mermaid;
#[cfg(feature = "png")]
mod png;
mod scene;
mod svg;
mod text;

pub use comfy_convert::{Lost, ToUiError, UiDocument};
pub use comfy_schema;
use comfy_schema::{Schema, Value};
use thiserror::Error;

#[cfg(feature = "runtime")]
pub use editor::ToUi;
pub use editor::to_ui;

use graph::Graph;
use scene::Scene;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DrawError {
    /// What was given is no prompt.
    #[error("a prompt is an object of node id to node, not {found}; give a workflow in API format")]
    NotAPrompt {
        /// What it is.
        found: &'static str,
    },

    /// Nobody could read it.
    #[error("it has {nodes} nodes; pictures are made of at most {most}; draw a part of it")]
    TooLarge {
        /// How many nodes it has.
        nodes: usize,
        /// How many are drawn.
        most: usize,
    },

    /// Nobody could read it.
    #[error("it has {links} links; pictures are made of at most {most}; draw a part of it")]
    TooManyLinks {
        /// How many links it has.
        links: usize,
        /// How many are drawn.
        most: usize,
    },

    /// The editor could not open it.
    #[error(transparent)]
    ToUi(#[from] ToUiError),

    /// Pixels could not be made of it.
    #[error("no pixels could be made of the picture: {why}; take SVG instead")]
    Render {
        /// What the renderer says.
        why: String,
    },
}

/// A picture of a workflow, to be written in one of several forms. The same workflow gives the same bytes.
#[derive(Debug)]
#[must_use = "a drawing is not written anywhere"]
pub struct Drawing {
    graph: Graph,
}

impl Drawing {
    /// Reads a prompt (an object of node id to node) of at most 10,000 nodes and 20,000 links.
    ///
    /// # Errors
    ///
    /// [`DrawError::NotAPrompt`], and what is too large.
    pub fn new(prompt: &Value, schema: Option<&Schema>) -> Result<Self, DrawError> {
        Ok(Self { graph: Graph::new(prompt, schema)? })
    }

    /// How many nodes have errors.
    pub fn error_count(&self) -> usize {
        self.graph.nodes.iter().filter(|node| !node.errors.is_empty()).count()
    }

    /// The picture as SVG. What rests under the pointer shows all of a node's values.
    pub fn svg(&self) -> String {
        svg::write(&self.scene())
    }

    /// The picture as a page of this title, which pans, zooms and searches. One file, no network.
    pub fn html(&self, title: &str) -> String {
        html::write(&self.scene(), title)
    }

    /// The graph as a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        mermaid::write(&self.graph)
    }

    /// The picture as PNG, `scale` pixels a point (1 is the size in the editor). Texts are drawn in the fonts of the
    /// system; without any they are missing.
    ///
    /// A scale below 0.01 or above 16 counts as that, and a picture of more than 8,192 pixels a side is made smaller.
    ///
    /// Needs the feature `png`.
    ///
    /// # Errors
    ///
    /// [`DrawError::Render`].
    #[cfg(feature = "png")]
    pub fn png(&self, scale: f32) -> Result<Vec<u8>, DrawError> {
        png::render(&self.svg(), scale)
    }

    fn scene(&self) -> Scene {
        Scene::new(self.graph.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn goes_to_other_threads<T: Send + Sync + 'static>() {}

    #[test]
    fn types_go_to_other_threads() {
        goes_to_other_threads::<Drawing>();
        goes_to_other_threads::<DrawError>();
    }
}
