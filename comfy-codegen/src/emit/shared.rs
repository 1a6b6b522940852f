//! Writes the modules of the items that nodes share: options, unions and type words.

use std::collections::BTreeMap;

use super::imports::Imports;
use super::node::emit_copy;
use super::writer::{Writer, line, open};
use super::{Style, allow, docs, imports};
use crate::plan::{Shared, UnionId};
use crate::text::{code, literal};

/// Writes the modules `options`, `unions` and `types`.
pub(super) fn emit(shared: &Shared<'_>, imports: &Imports<'_>, style: Style, out: &mut Writer) {
    module("options", "The options of closed combos, with one enum for every list.", &[], style, out);
    emit_options(shared, style, out);
    out.close();
    module(
        "unions",
        "The unions of types that inputs accept, with one marker for each.",
        &["unused_imports"],
        style,
        out,
    );
    let mark = out.mark();
    emit_unions(shared, style, out);
    imports::close(mark, imports, out);
    let lints = ["non_camel_case_types", "unused_imports"];
    module("types", "The types of sockets, with one marker for every type word.", &lints, style, out);
    emit_types(shared, style, out);
    out.close();
}

fn module(name: &str, doc: &str, lints: &[&str], style: Style, out: &mut Writer) {
    out.gap();
    if style.docs {
        line!(out, "/// {doc}");
    }
    allow(out, style, lints);
    open!(out, "pub mod {name}");
}

fn emit_options(shared: &Shared<'_>, style: Style, out: &mut Writer) {
    let mut lists: Vec<_> = shared.lists.iter().filter(|list| list.used).collect();
    lists.sort_by(|a, b| a.ident.cmp(&b.ident));
    if !lists.is_empty() {
        line!(out, "use super::prelude::ComboEnum;");
    }
    for list in lists {
        let ident = &list.ident;
        out.gap();
        if style.docs {
            line!(out, "/// One of {} options.", list.values.len());
        }
        open!(out, "pub enum {ident}");
        for (value, variant) in list.values.iter().zip(&list.variants) {
            if style.docs {
                line!(out, "/// {}", code(value));
            }
            line!(out, "{variant},");
        }
        out.close();
        emit_copy(ident, "", out);
        open!(out, "impl ComboEnum for {ident}");
        let pairs = list.values.iter().zip(&list.variants);
        let options: Vec<String> =
            pairs.map(|(value, variant)| format!("(Self::{variant}, {})", literal(value))).collect();
        line!(out, "const OPTIONS: &'static [(Self, &'static str)] = &[{}];", options.join(", "));
        // Without this attribute, each function would be compiled even if it is not used.
        line!(out, "#[inline]");
        open!(out, "fn index(&self) -> usize");
        line!(out, "*self as usize");
        out.close();
        out.close();
    }
}

fn emit_unions(shared: &Shared<'_>, style: Style, out: &mut Writer) {
    let mut unions: Vec<_> = (0..shared.unions.len()).map(UnionId).filter(|id| shared.unions[id.0].used).collect();
    unions.sort_by_key(|id| &shared.unions[id.0].ident);
    for &id in &unions {
        let union = &shared.unions[id.0];
        let ident = &union.ident;
        out.gap();
        if style.docs {
            let words: Vec<String> = union.members.iter().map(|member| code(shared.words[member.0].exact)).collect();
            line!(out, "/// One of {}.", words.join(", "));
        }
        line!(out, "pub enum {ident} {{}}");
        for member in &union.members {
            line!(out, "impl MemberOf<{ident}> for {} {{}}", shared.words[member.0].ident);
        }
        for other in unions.iter().filter(|&&other| may_link(shared, id, other)) {
            line!(out, "impl Overlaps<{}> for {ident} {{}}", shared.unions[other.0].ident);
        }
    }
}

/// Returns whether an output of the union `from` may be linked to an input of the union `to`: the server requires one
/// common word.
fn may_link(shared: &Shared<'_>, from: UnionId, to: UnionId) -> bool {
    let (from, to) = (&shared.unions[from.0], &shared.unions[to.0]);
    from.output && from.members.iter().any(|member| to.members.contains(member))
}

fn emit_types(shared: &Shared<'_>, style: Style, out: &mut Writer) {
    line!(out, "pub use ::comfy_runtime::types::*;");
    // Sorted by name, because the words are in the order of the document.
    let own: BTreeMap<&str, &str> = shared
        .words
        .iter()
        .filter(|word| word.used && !word.core)
        .map(|word| (word.ident.as_str(), word.exact))
        .collect();
    for (ident, word) in own {
        out.gap();
        if style.docs {
            line!(out, "/// {}", code(word));
            docs::alias_of(out, word, ident);
        }
        line!(out, "pub enum {ident} {{}}");
    }
}
