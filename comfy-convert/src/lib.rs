//! Converts ComfyUI workflows: a workflow file (editor JSON, API JSON or a picture) to the prompt that the front end
//! would queue, and a prompt to a workflow that the editor opens.
//!
//! [`read`] takes the bytes of any such file and returns its content. [`Converter`] converts a workflow in UI format
//! exactly as the stock front end 1.45 does: to the same node ids, inputs, values and titles. [`to_ui_with`] is the
//! inverse conversion. This crate does no I/O.
//!
//! ```no_run
//! use comfy_convert::{Converter, read};
//! use comfy_schema::Schema;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::from_slice(&std::fs::read("schemas/comfyui-0.26.0.json")?)?;
//! let document = read(&std::fs::read("portrait.png")?)?;
//! if let Some(workflow) = document.ui() {
//!     let converted = Converter::new(&schema).convert(workflow)?;
//!     println!("{}", converted.prompt);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The modules are the stages of a conversion. `ui` parses the file into a model and tolerates what the editor
//! tolerates. `load`, with `widgets`, looks up the class of each node, assigns saved values to widgets and links to
//! slots, and settles the types of slots. `flatten` expands subgraphs and resolves links through virtual nodes. `emit`
//! writes the prompt. `frontend` reimplements the parts of the front end's JavaScript that format numbers, texts, dates
//! and titles. `picture` reads the metadata of pictures, and `to_ui` is the inverse conversion.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod convert;
mod document;
mod emit;
mod error;
mod flatten;
mod frontend;
pub mod limits;
mod load;
mod options;
mod picture;
mod to_ui;
mod ui;
mod widgets;

pub use comfy_schema;
pub use convert::{Converted, Converter};
pub use document::{Content, Document, Format, read};
pub use emit::{InactiveNode, InactiveState, OutgoingLink};
pub use error::{ConvertError, ConvertWarning, ConvertWarningKind, DocumentError};
pub use frontend::date::DateTime;
pub use to_ui::{BoxSize, LostValue, ToUiError, UiDocument, to_ui_with};
pub use ui::UiWorkflow;

#[cfg(test)]
mod tests {
    use super::*;

    const fn assert_send_sync<T: Send + Sync + 'static>() {}

    #[test]
    fn types_are_send_and_sync() {
        assert_send_sync::<Converter<'static>>();
        assert_send_sync::<Converted>();
        assert_send_sync::<Document>();
        assert_send_sync::<UiDocument>();
        assert_send_sync::<UiWorkflow>();
        assert_send_sync::<ConvertError>();
        assert_send_sync::<DocumentError>();
        assert_send_sync::<ToUiError>();
    }
}
