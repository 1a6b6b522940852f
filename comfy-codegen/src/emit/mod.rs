//! Writes a plan as Rust source.
//!
//! The source is written as text, line by line, and is readable without formatting. Token trees and a formatter would
//! take twenty times as long, for which every build would pay.

mod builder;
mod docs;
mod dynamic;
mod imports;
mod kinds;
mod node;
mod record;
mod shared;
mod writer;

use crate::names::Ident;
use crate::plan::Plan;
use writer::{Writer, line};

/// The optional parts of the source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether constructors and setters are written.
    pub(crate) builders: bool,
    /// Whether documentation is written.
    pub(crate) docs: bool,
}

/// The format of the generated code, which `comfy_runtime::generated_format!` checks at the beginning of a generated
/// file.
///
/// It is raised, here and in that macro, whenever generated code uses something that an older runtime does not have, or
/// when the runtime changes or drops something that generated code uses: items of `comfy_runtime::generated`, their
/// signatures, or the layout of descriptors. Other changes of the generated code, such as names and documentation, do
/// not raise it.
const FORMAT: u32 = 1;

/// Returns the source for a plan whose nodes have been packed into descriptors.
pub(crate) fn emit(plan: &Plan<'_>, style: Style) -> String {
    let mut out = Writer::default();
    line!(out, "::comfy_runtime::generated_format!({FORMAT});");
    let imports = imports::Imports::new(&plan.shared);
    for node in &plan.nodes {
        node::emit(node, &plan.shared, &imports, style, &mut out);
    }
    shared::emit(&plan.shared, &imports, style, &mut out);
    imports::emit_prelude(plan, style, &mut out);
    out.finish()
}

/// Returns the lints to allow for fields with these names, which are spelled as in the schema.
fn lints_of<'i>(mut idents: impl Iterator<Item = &'i Ident>) -> &'static [&'static str] {
    let is_snake = |name: &str| !name.contains(char::is_uppercase) && !name.trim_matches('_').contains("__");
    if idents.all(|ident| is_snake(ident.name())) { &[] } else { &["non_snake_case"] }
}

/// Writes an attribute that allows the lints that generated code cannot satisfy, and those in `more`.
///
/// The attribute is written at every outermost item and applies to everything inside. The file is included in the
/// middle of a module, where inner attributes are not allowed, and in a module of its own the items would have longer
/// names in every message.
fn allow(out: &mut Writer, style: Style, more: &[&str]) {
    if out.depth() > 0 {
        return;
    }
    let undocumented: &[&str] = if style.docs { &[] } else { &["missing_docs"] };
    let lints: Vec<&str> = ALWAYS_ALLOWED.iter().chain(undocumented).chain(more).copied().collect();
    line!(out, "#[allow({})]", lints.join(", "));
}

/// The lints that are always allowed. An unused node is not dead code, and rules of style for written code (few
/// arguments, a `new` that returns `Self`) do not suit generated code.
const ALWAYS_ALLOWED: [&str; 4] = ["dead_code", "unreachable_pub", "clippy::all", "clippy::pedantic"];
