//! Writes constructors and setters, for code that creates nodes without the workflow macros.

use super::docs;
use super::kinds::{Types, generics};
use super::record::{Form, allow_deprecated};
use super::writer::{Writer, line, open};
use super::{Style, allow, lints_of};
use crate::plan::{Field, Record};

/// Writes `new`, the builder and its setters.
pub(super) fn emit(form: &Form<'_>, builder: &str, types: Types<'_>, style: Style, out: &mut Writer) {
    let ident = form.ident;
    let parameters = form.record.parameters.len();
    let plain = generics(parameters, "");
    out.gap();
    allow(out, style, lints_of(form.record.idents()));
    allow_deprecated(form, out);
    open!(out, "impl{plain} {ident}{plain}");
    emit_new(form, builder, types, style, out);
    out.close();
    out.gap();
    if style.docs {
        line!(out, "/// The builder that [`{ident}::new`] returns: it sets further inputs, and `graph.add` places it.");
    }
    allow(out, style, &[]);
    line!(out, "#[must_use = \"a node is part of a graph only after `graph.add(…)`\"]");
    let marker = if parameters == 0 { String::new() } else { format!(", {}", phantom(parameters)) };
    line!(out, "pub struct {builder}{}(Builder{marker});", generics(parameters, " = Unknown"));
    if form.record.fields.iter().any(|field| !field.must_be_given()) {
        allow(out, style, lints_of(form.record.idents()));
        open!(out, "impl{plain} {builder}{plain}");
        emit_setters(form, types, style, out);
        out.close();
    }
    allow_deprecated(form, out);
    open!(out, "impl{plain} Build for {builder}{plain}");
    line!(out, "type Node = {ident}{plain};");
    open!(out, "fn build(self) -> Builder");
    line!(out, "self.0");
    out.close();
    out.close();
}

/// Returns the type of the marker field with which a builder uses the type parameters of its node.
fn phantom(parameters: usize) -> String {
    format!("PhantomData<fn() -> ({},)>", generics(parameters, "").trim_matches(['<', '>']))
}

fn emit_new(form: &Form<'_>, builder: &str, types: Types<'_>, style: Style, out: &mut Writer) {
    let given: Vec<(usize, &Field<'_>, String)> = form
        .record
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.must_be_given())
        .map(|(index, field)| (index, field, argument(field, form.record)))
        .collect();
    let arguments: Vec<String> = given
        .iter()
        .map(|(_, field, argument)| format!("{argument}: impl IntoField<{}>", types.field(&field.kind)))
        .collect();
    let parameters = form.record.parameters.len();
    if style.docs {
        line!(out, "/// Creates a builder from the inputs that must be given.");
    }
    open!(out, "pub fn new({}) -> {builder}{}", arguments.join(", "), generics(parameters, ""));
    let sets: Vec<String> =
        given.iter().map(|(index, _, argument)| format!(".set({index}, {argument}.into_slot())")).collect();
    let marker = if parameters == 0 { "" } else { ", PhantomData" };
    line!(out, "{builder}(Builder::new(&Self::DESC){}{marker})", sets.concat());
    out.close();
}

/// Returns the name of the argument for a field. It is the field's own name, unless it could be taken for a constructor
/// (`Some`).
fn argument(field: &Field<'_>, record: &Record<'_>) -> String {
    let mut argument = field.ident.to_string();
    if argument.starts_with(char::is_uppercase) {
        argument.push('_');
        while record.idents().any(|ident| ident.name() == argument) {
            argument.push('_');
        }
    }
    argument
}

fn emit_setters(form: &Form<'_>, types: Types<'_>, style: Style, out: &mut Writer) {
    let marker = if form.record.parameters.is_empty() { "" } else { ", PhantomData" };
    for (index, field) in form.record.fields.iter().enumerate().filter(|(_, field)| !field.must_be_given()) {
        if style.docs {
            line!(out, "/// {}", docs::field_line(field, types.shared));
        }
        let ident = &field.ident;
        open!(out, "pub fn {ident}(self, value: impl IntoField<{}>) -> Self", types.field(&field.kind));
        line!(out, "Self(self.0.set({index}, value.into_slot()){marker})");
        out.close();
    }
}
