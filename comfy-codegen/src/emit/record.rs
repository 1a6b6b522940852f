//! Writes the struct of a node, a branch or a row, and its trait implementations.

use super::docs;
use super::kinds::{Types, generics};
use super::writer::{Writer, line, open};
use super::{Style, allow, lints_of};
use crate::plan::{Field, Record};
use crate::text::literal;

/// A struct with a descriptor: a node, a branch of a choice, or a row of a group.
pub(super) struct Form<'p> {
    pub(super) ident: &'p str,
    /// The name in the schema.
    pub(super) exact: &'p str,
    pub(super) record: &'p Record<'p>,
    pub(super) docs: Vec<Vec<String>>,
    /// The associated type `Placed` of the struct's `impl Node`.
    pub(super) placed: String,
    /// The note of the attribute `deprecated`, if the node is deprecated.
    pub(super) deprecated: Option<String>,
}

/// Writes the struct and `impl Node`.
pub(super) fn emit(form: &Form<'_>, types: Types<'_>, style: Style, out: &mut Writer) {
    let ident = form.ident;
    let parameters = form.record.parameters.len();
    out.gap();
    if style.docs {
        docs::paragraphs(out, &form.docs);
        docs::alias_of(out, form.exact, ident);
    }
    if let Some(note) = &form.deprecated {
        line!(out, "#[deprecated(note = {})]", literal(note));
    }
    allow(out, style, lints_of(form.record.idents()));
    if form.record.fields.is_empty() {
        line!(out, "pub struct {ident} {{}}");
    } else {
        open!(out, "pub struct {ident}{}", generics(parameters, " = Unknown"));
        form.record.fields.iter().for_each(|field| emit_field(field, types, style, out));
        out.close();
    }
    let generics = generics(parameters, "");
    allow_deprecated(form, out);
    open!(out, "impl{generics} Node for {ident}{generics}");
    line!(out, "const DESC: Desc = Desc::new({});", literal(&form.record.desc));
    line!(out, "type Placed = {};", form.placed);
    out.close();
}

/// Writes the attribute that lets the items of a deprecated node use it.
pub(super) fn allow_deprecated(form: &Form<'_>, out: &mut Writer) {
    if form.deprecated.is_some() {
        line!(out, "#[allow(deprecated)]");
    }
}

fn emit_field(field: &Field<'_>, types: Types<'_>, style: Style, out: &mut Writer) {
    if style.docs {
        docs::paragraphs(out, &docs::field(field, types.shared));
        docs::alias_of(out, &field.source.name, field.ident.name());
    }
    line!(out, "pub {}: {},", field.ident, types.field(&field.kind));
}
