//! Draws ComfyUI workflows as pictures, and lays them out for the editor.
//!
//! [`Drawing`] takes a prompt in API format, and a schema if there is one: with it, sockets have types and colours, and
//! the problems that the validator finds are marked. This crate does no I/O, except that the feature `png` reads the
//! system's fonts.
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
//! * `png`: [`Drawing::png`](Drawing), which renders pictures as PNG.
//! * `runtime`: `ToUi`, which converts workflows of `comfy-runtime` for the editor.
//!
//! Neither is on by default.
//!
//! # How it works
//!
//! The modules are the stages of drawing: `graph` reads the content of a picture, `scene` and `layout` determine sizes
//! and positions, and `svg`, `html`, `mermaid` and `png` write the formats. `editor` lays out a prompt for the editor.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod color;
mod editor;
mod error;
mod graph;
mod html;
mod layout;
mod limits;
mod mermaid;
#[cfg(feature = "png")]
mod png;
mod scene;
mod svg;
mod text;

use comfy_convert::InactiveNode;
pub use comfy_convert::{LostValue, ToUiError, UiDocument};
pub use comfy_schema;
use comfy_schema::{Schema, Value};

#[cfg(feature = "runtime")]
pub use editor::ToUi;
pub use editor::to_ui;
pub use error::DrawError;

use graph::Graph;
use scene::Scene;

/// A picture of a workflow, which can be written in several formats. The same workflow always gives the same bytes.
#[derive(Debug)]
#[must_use = "a drawing is not written anywhere"]
pub struct Drawing {
    graph: Graph,
}

impl Drawing {
    /// Creates a drawing of a prompt in API format, which may have at most 10,000 nodes and 20,000 links.
    ///
    /// # Errors
    ///
    /// Returns [`DrawError::NotAPrompt`] if the JSON is not a prompt, and an error if it has too many nodes or links.
    pub fn new(prompt: &Value, schema: Option<&Schema>) -> Result<Self, DrawError> {
        Self::with_inactive(prompt, &[], schema)
    }

    /// Creates a drawing of a prompt, and of the muted and bypassed nodes of the workflow that it was converted from.
    /// Those nodes are drawn pale, with a dashed outline and dashed links. They are left out if they make the picture too
    /// large.
    ///
    /// ```
    /// use comfy_convert::{Converter, UiWorkflow};
    /// use comfy_draw::Drawing;
    /// use comfy_schema::{Schema, Value};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let schema = Schema::from_slice(br#"{"Noise": {"input": {}, "output": ["IMAGE"]}}"#)?;
    /// let file = Value::parse(br#"{"nodes": [{"id": 1, "type": "Noise", "mode": 2}], "links": []}"#)?;
    /// let converted = Converter::new(&schema).list_inactive().convert(&UiWorkflow::from_value(&file)?)?;
    /// let drawing = Drawing::with_inactive(&converted.prompt, &converted.inactive, Some(&schema))?;
    /// assert!(drawing.svg().contains("muted"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`new`](Self::new).
    pub fn with_inactive(
        prompt: &Value,
        inactive: &[InactiveNode],
        schema: Option<&Schema>,
    ) -> Result<Self, DrawError> {
        Ok(Self { graph: Graph::new(prompt, inactive, schema)? })
    }

    /// Returns the number of nodes with errors.
    pub fn error_count(&self) -> usize {
        self.graph.nodes.iter().filter(|node| !node.errors.is_empty()).count()
    }

    /// Returns the picture as SVG. A tooltip on each node shows all of its values.
    pub fn svg(&self) -> String {
        svg::write(&self.scene())
    }

    /// Returns the picture as an HTML page with this title, in which a user can pan, zoom and search. It is a single
    /// file and needs no network.
    pub fn html(&self, title: &str) -> String {
        html::write(&self.scene(), title)
    }

    /// Returns the graph as a Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        mermaid::write(&self.graph)
    }

    /// Renders the picture to PNG, with `scale` pixels per point (1 is the size in the editor). Texts are drawn in the
    /// fonts of the system; they are missing if the system has none.
    ///
    /// The scale is clamped to between 0.01 and 16, and a picture of more than 8,192 pixels a side is made smaller.
    ///
    /// This needs the feature `png`.
    ///
    /// # Errors
    ///
    /// Returns [`DrawError::Render`] if the picture cannot be rendered.
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

    const fn assert_send_sync<T: Send + Sync + 'static>() {}

    #[test]
    fn types_are_send_and_sync() {
        assert_send_sync::<Drawing>();
        assert_send_sync::<DrawError>();
    }
}
