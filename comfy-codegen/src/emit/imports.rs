//! Writes the imports of generated modules.
//!
//! Items are imported by name, because rustc prints the whole path of an item that a glob imports, and messages should
//! say `Out<CLIP>`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::writer::{Writer, line, open};
use super::{Style, allow};
use crate::names::reserved::GENERATED;
use crate::plan::{Plan, Shared};

/// The types of plain widgets, which modules may use although no input of the schema links them.
const PRIMITIVES: [&str; 4] = ["BOOLEAN", "FLOAT", "INT", "STRING"];

/// The names that modules may import from the prelude. The keys lack `r#`, since texts are searched for them; the
/// values are the names as written.
#[derive(Debug)]
pub(super) struct Imports<'p> {
    known: HashMap<&'p str, &'p str>,
}

impl<'p> Imports<'p> {
    pub(super) fn new(shared: &'p Shared<'_>) -> Self {
        let words = shared.words.iter().filter(|word| word.used).map(|word| word.ident.as_str());
        let others = GENERATED.into_iter().chain(PRIMITIVES).chain(["PhantomData", "options", "unions"]);
        Self { known: words.chain(others).map(|ident| (ident.trim_start_matches("r#"), ident)).collect() }
    }

    /// Returns the names that the text of a module uses and does not define itself, sorted.
    fn used(&self, text: &str) -> Vec<&'p str> {
        let (mut used, mut defined) = (BTreeSet::new(), HashSet::new());
        for line in text.lines().filter(|line| !line.trim_start().starts_with("///")) {
            let mut before = "";
            for token in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
                if matches!(before, "struct" | "enum") {
                    defined.insert(token);
                }
                if let Some(ident) = self.known.get(token) {
                    used.insert(*ident);
                }
                before = token;
            }
        }
        used.into_iter().filter(|ident| !defined.contains(ident.trim_start_matches("r#"))).collect()
    }
}

/// Begins a module and returns its position in the text, for [`close`].
#[must_use]
pub(super) fn begin(name: &str, out: &mut Writer) -> usize {
    open!(out, "pub mod {name}");
    out.mark()
}

/// Ends a module that began at `mark`, and inserts the imports of the names that it uses.
pub(super) fn close(mark: usize, imports: &Imports<'_>, out: &mut Writer) {
    let used = imports.used(out.since(mark));
    if !used.is_empty() {
        let line = format!("use {}prelude::{{{}}};", "super::".repeat(out.depth()), used.join(", "));
        out.insert(mark, &line);
    }
    out.close();
}

/// Writes the prelude, and the imports of the outermost module from it.
pub(super) fn emit_prelude(plan: &Plan<'_>, style: Style, out: &mut Writer) {
    let words = |core: bool| -> BTreeSet<&str> {
        let used = plan.shared.words.iter().filter(|word| word.used && word.core == core);
        used.map(|word| word.ident.as_str()).collect()
    };
    let (mut core, own) = (words(true), words(false));
    core.extend(PRIMITIVES);
    out.gap();
    allow(out, style, &["unused_imports"]);
    open!(out, "mod prelude");
    line!(out, "pub use super::{{options, unions}};");
    line!(out, "pub use ::comfy_runtime::generated::{{{}}};", GENERATED.join(", "));
    line!(out, "pub use ::core::marker::PhantomData;");
    for (from, words) in [("::comfy_runtime::types", &core), ("super::types", &own)] {
        if !words.is_empty() {
            line!(out, "pub use {from}::{{{}}};", words.iter().copied().collect::<Vec<_>>().join(", "));
        }
    }
    out.close();
    let defined: HashSet<&str> =
        plan.nodes.iter().flat_map(|node| [node.ident.as_str(), &node.builder_ident, &node.outputs_ident]).collect();
    let words = core.iter().chain(&own).copied().filter(|word| !defined.contains(word));
    let names: Vec<&str> = GENERATED.into_iter().chain(["PhantomData"]).chain(words).collect();
    line!(out, "#[allow(unused_imports)]");
    line!(out, "use prelude::{{{}}};", names.join(", "));
}
