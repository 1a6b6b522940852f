//! Writes texts of schemas and workflows into Rust source, so that no part of them becomes code or markup.
//!
//! `markdown` writes them into documentation, `rust` into literals and comments.
//!
//! Not public API: comfy-import uses it, and it may change in any version.

mod markdown;
mod rust;

pub use markdown::{code, markdown_line, markdown_lines};
pub use rust::{alias, comment, literal};
