//! Writes a plan as Rust source.
//!
//! The source is written as text, line by line, and comes out readable. Going through token trees and a formatter
//! would take twenty times as long, and a build script pays that at every build.

mod builder;
mod docs;
mod dynamic;
mod imports;
mod kinds;
mod node;
mod record;
mod shared;
mod text;
mod writer;

use crate::names::Ident;
use crate::plan::Plan;
use writer::{Writer, line};

/// What is written besides the necessary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Constructors and setters.
    pub(crate) builders: bool,
    /// Documentation.
    pub(crate) docs: bool,
}

/// The format of the generated code, which `comfy_runtime::generated_format!` checks. See there for when to raise it.
const FORMAT: u32 = 1;

/// Writes everything that a plan holds.
pub(crate) fn emit(plan: &Plan<'_>, style: Style) -> String {
    let mut out = Writer::default();
    line!(out, "::comfy_runtime::generated_format!({FORMAT});");
    for node in &plan.nodes {
        node::emit(node, &plan.shared, style, &mut out);
    }
    shared::emit(&plan.shared, style, &mut out);
    imports::emit_prelude(plan, style, &mut out);
    out.finish()
}

/// The lints that fields of these names need allowed: they are spelled as the schema spells them.
fn lints_of<'i>(mut idents: impl Iterator<Item = &'i Ident>) -> &'static [&'static str] {
    let is_snake = |name: &str| !name.contains(char::is_uppercase) && !name.trim_matches('_').contains("__");
    if idents.all(|ident| is_snake(ident.name())) { &[] } else { &["non_snake_case"] }
}

/// Allows what generated code does by its nature, whatever lints the crate around it sets, and `more` lints.
///
/// It stands at every outermost item and counts for what is inside: the file is included in the middle of a module, where no inner attribute may
/// stand, and in a module of its own the items would have longer names in every message.
fn allow(out: &mut Writer, style: Style, more: &[&str]) {
    if out.depth() > 0 {
        return;
    }
    let undocumented: &[&str] = if style.docs { &[] } else { &["missing_docs"] };
    let lints: Vec<&str> = ALWAYS_ALLOWED.iter().chain(undocumented).chain(more).copied().collect();
    line!(out, "#[allow({})]", lints.join(", "));
}

/// A node that is not used is no dead code, and what rustc and clippy like in code that people write (few arguments,
/// `new` that gives `Self`, …) is not for code that they do not.
const ALWAYS_ALLOWED: [&str; 4] = ["dead_code", "unreachable_pub", "clippy::all", "clippy::pedantic"];
