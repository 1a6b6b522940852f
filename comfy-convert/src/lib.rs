//! A workflow as people have it (editor JSON, API JSON, or a picture) becomes the prompt the front end would queue.
//!
//! [`read`] takes the bytes of any such file and says what they hold. A workflow in UI format is converted by
//! [`Converter`], which follows the stock front end 1.45 to the letter: the same node ids, inputs, values and titles.
//! Neither does any I/O.
//!
//! ```no_run
//! use comfy_convert::{Converter, read};
//! use comfy_schema::Schema;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::from_slice(&std::fs::read("schemas/comfyui-0.26.0.json")?)?;
//! let document = read(&std::fs::read("portrait.png")?)?;
//! if let Some(workflow) = &document.ui {
//!     let converted = Converter::new(&schema).convert(workflow)?;
//!     println!("{}", converted.prompt);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The folders show the way of the data: `ui` (the file as a tolerant model) → `load` with `widgets` (classes, values,
//! slots and types) → `flatten` (subgraphs, virtual nodes, links) → `emit`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod convert;
mod document;
mod emit;
mod error;
mod flatten;
mod load;
mod picture;
mod to_ui;
mod ui;
mod widgets;

pub use comfy_schema;
pub use convert::{Converted, Converter, DateTime};
pub use document::{Document, Form, read};
pub use error::{ConvertError, Place, ReadError, Warning, WarningKind};
pub use to_ui::{BoxSize, Lost, ToUiError, UiDocument, to_ui};
pub use ui::UiWorkflow;

#[cfg(test)]
mod tests {
    use super::*;

    const fn goes_to_other_threads<T: Send + Sync + 'static>() {}

    #[test]
    fn types_go_to_other_threads() {
        goes_to_other_threads::<Converter<'static>>();
        goes_to_other_threads::<Converted>();
        goes_to_other_threads::<Document>();
        goes_to_other_threads::<UiDocument>();
        goes_to_other_threads::<UiWorkflow>();
        goes_to_other_threads::<ConvertError>();
        goes_to_other_threads::<ReadError>();
        goes_to_other_threads::<ToUiError>();
    }
}
