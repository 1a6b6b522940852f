//! The modules of dynamic inputs: a struct for every branch of a choice, one for the row of a group.

use super::kinds::Types;
use super::record::Form;
use super::text::code;
use super::writer::{Writer, line, open};
use super::{Style, allow, builder, record};
use crate::plan::{Branch, Choice, Kind, Node, Record, Rows, Shared};

/// Writes the module of a node's dynamic inputs.
pub(super) fn emit_node_modules(node: &Node<'_>, shared: &Shared<'_>, style: Style, out: &mut Writer) {
    out.gap();
    if style.docs {
        line!(out, "/// What the dynamic inputs of [`{}`] take.", node.ident);
    }
    allow(out, style, &["non_snake_case", "unused_imports"]);
    open!(out, "pub mod {}", node.module);
    emit_modules(&node.record, shared, style, out);
    out.close();
}

fn emit_modules(record: &Record<'_>, shared: &Shared<'_>, style: Style, out: &mut Writer) {
    for field in &record.fields {
        emit_module(&field.kind, &field.source.name, shared, style, out);
    }
}

fn emit_module(kind: &Kind<'_>, input: &str, shared: &Shared<'_>, style: Style, out: &mut Writer) {
    match kind {
        Kind::Choice(choice) => emit_choice(choice, input, shared, style, out),
        Kind::Rows(rows) => emit_rows(rows, input, shared, style, out),
        Kind::Grow(grow) => emit_module(&grow.element.kind, input, shared, style, out),
        _ => {}
    }
}

fn open_module(module: &str, doc: &str, style: Style, out: &mut Writer) {
    out.gap();
    if style.docs {
        line!(out, "/// {doc}");
    }
    open!(out, "pub mod {module}");
    line!(out, "use {}prelude::*;", "super::".repeat(out.depth()));
}

fn emit_choice(choice: &Choice<'_>, input: &str, shared: &Shared<'_>, style: Style, out: &mut Writer) {
    open_module(&choice.module, &format!("The branches of {}.", code(input)), style, out);
    out.gap();
    if style.docs {
        line!(out, "/// Marks the branches of this input.");
    }
    line!(out, "pub enum Branches {{}}");
    for branch in &choice.branches {
        emit_branch(branch, input, shared, style, out);
    }
    out.close();
}

fn emit_branch(branch: &Branch<'_>, input: &str, shared: &Shared<'_>, style: Style, out: &mut Writer) {
    let types = Types { shared, modules: &branch.module };
    let form = Form {
        ident: &branch.ident,
        exact: branch.key,
        record: &branch.record,
        docs: vec![vec![format!("{} of {}.", code(branch.key), code(input))]],
        placed: "Branch<Branches>".to_owned(),
        deprecated: None,
    };
    record::emit(&form, types, style, out);
    if style.builders {
        builder::emit(&form, &branch.builder_ident, types, style, out);
    }
    if branch.record.has_modules() {
        out.gap();
        if style.docs {
            line!(out, "/// What the dynamic inputs of [`{}`] take.", branch.ident);
        }
        open!(out, "pub mod {}", branch.module);
        emit_modules(&branch.record, shared, style, out);
        out.close();
    }
}

fn emit_rows(rows: &Rows<'_>, input: &str, shared: &Shared<'_>, style: Style, out: &mut Writer) {
    open_module(&rows.module, &format!("The rows of {}.", code(input)), style, out);
    let types = Types { shared, modules: "row" };
    let form = Form {
        ident: "Row",
        exact: "Row",
        record: &rows.record,
        docs: vec![vec![format!("A row of {}.", code(input))]],
        placed: "Branch<Row>".to_owned(),
        deprecated: None,
    };
    record::emit(&form, types, style, out);
    if style.builders {
        builder::emit(&form, "RowBuilder", types, style, out);
    }
    if rows.record.has_modules() {
        out.gap();
        if style.docs {
            line!(out, "/// What the dynamic inputs of [`Row`] take.");
        }
        open!(out, "pub mod row");
        emit_modules(&rows.record, shared, style, out);
        out.close();
    }
    out.close();
}
