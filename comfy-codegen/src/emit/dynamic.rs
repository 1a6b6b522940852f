//! Writes the modules of dynamic inputs: a struct for every branch of a choice, and one for the row of a group.

use super::imports::Imports;
use super::kinds::Types;
use super::record::Form;
use super::writer::{Writer, line, open};
use super::{Style, allow, builder, imports, record};
use crate::plan::{Branch, Choice, Kind, Node, Record, Rows, Shared};
use crate::text::code;

/// The items that the modules of a node may refer to.
struct Scope<'p> {
    shared: &'p Shared<'p>,
    imports: &'p Imports<'p>,
}

/// Writes the module of a node's dynamic inputs.
pub(super) fn emit_node_modules(
    node: &Node<'_>,
    shared: &Shared<'_>,
    imports: &Imports<'_>,
    style: Style,
    out: &mut Writer,
) {
    let scope = &Scope { shared, imports };
    out.gap();
    if style.docs {
        line!(out, "/// The types of the dynamic inputs of [`{}`].", node.ident);
    }
    allow(out, style, &["non_snake_case", "unused_imports"]);
    open!(out, "pub mod {}", node.module);
    emit_modules(&node.record, scope, style, out);
    out.close();
}

fn emit_modules(record: &Record<'_>, scope: &Scope<'_>, style: Style, out: &mut Writer) {
    for field in &record.fields {
        emit_module(&field.kind, &field.source.name, scope, style, out);
    }
}

fn emit_module(kind: &Kind<'_>, input: &str, scope: &Scope<'_>, style: Style, out: &mut Writer) {
    match kind {
        Kind::Choice(choice) => emit_choice(choice, input, scope, style, out),
        Kind::Rows(rows) => emit_rows(rows, input, scope, style, out),
        Kind::Grow(grow) => emit_module(&grow.element.kind, input, scope, style, out),
        _ => {}
    }
}

fn begin(module: &str, doc: &str, style: Style, out: &mut Writer) -> usize {
    out.gap();
    if style.docs {
        line!(out, "/// {doc}");
    }
    imports::begin(module, out)
}

fn emit_choice(choice: &Choice<'_>, input: &str, scope: &Scope<'_>, style: Style, out: &mut Writer) {
    let mark = begin(&choice.module, &format!("The branches of {}.", code(input)), style, out);
    if style.docs {
        line!(out, "/// Marks the branches of this input.");
    }
    line!(out, "pub enum Branches {{}}");
    for branch in &choice.branches {
        emit_branch(branch, input, scope, style, out);
    }
    imports::close(mark, scope.imports, out);
}

fn emit_branch(branch: &Branch<'_>, input: &str, scope: &Scope<'_>, style: Style, out: &mut Writer) {
    let types = Types { shared: scope.shared, modules: &branch.module };
    let form = Form {
        ident: &branch.ident,
        exact: branch.key,
        record: &branch.record,
        docs: vec![vec![format!("The branch {} of {}.", code(branch.key), code(input))]],
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
            line!(out, "/// The types of the dynamic inputs of [`{}`].", branch.ident);
        }
        open!(out, "pub mod {}", branch.module);
        emit_modules(&branch.record, scope, style, out);
        out.close();
    }
}

fn emit_rows(rows: &Rows<'_>, input: &str, scope: &Scope<'_>, style: Style, out: &mut Writer) {
    let mark = begin(&rows.module, &format!("The rows of {}.", code(input)), style, out);
    let types = Types { shared: scope.shared, modules: "row" };
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
            line!(out, "/// The types of the dynamic inputs of [`Row`].");
        }
        open!(out, "pub mod row");
        emit_modules(&rows.record, scope, style, out);
        out.close();
    }
    imports::close(mark, scope.imports, out);
}
