//! A workflow as people have it becomes the prompt that the front end would queue.
mod convert;
mod emit;
mod error;
mod flatten;
mod load;
mod ui;
mod widgets;

pub use convert::{Converted, Converter, DateTime};
pub use error::{ConvertError, Place, ReadError, Warning, WarningKind};
pub use ui::UiWorkflow;
