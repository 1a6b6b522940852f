//! Writes the items that are generated for a node.

use super::imports::Imports;
use super::kinds::{Types, generics};
use super::record::Form;
use super::writer::{Writer, line, open};
use super::{Style, allow, builder, docs, dynamic, lints_of, record};
use crate::plan::{Node, Output, OutputKind, Shared};
use crate::text::code;

/// Writes a node: its struct, its builder, its outputs and the modules of its dynamic inputs.
pub(super) fn emit(node: &Node<'_>, shared: &Shared<'_>, imports: &Imports<'_>, style: Style, out: &mut Writer) {
    let types = Types { shared, modules: &node.module };
    let form = Form {
        ident: &node.ident,
        exact: &node.source.class,
        record: &node.record,
        docs: docs::node(node, types),
        placed: placed(node, types),
        deprecated: node.source.deprecated.then(|| format!("ComfyUI marks {} as deprecated", code(&node.source.class))),
    };
    record::emit(&form, types, style, out);
    if style.builders {
        builder::emit(&form, &node.builder_ident, types, style, out);
    }
    if node.outputs.len() > 1 {
        emit_outputs(node, types, style, out);
    }
    if node.record.has_modules() {
        dynamic::emit_node_modules(node, shared, imports, style, out);
    }
}

fn placed(node: &Node<'_>, types: Types<'_>) -> String {
    match node.outputs.as_slice() {
        [] => "NoOutput".to_owned(),
        [only] => types.output(only.kind),
        several => format!("{}{}", node.outputs_ident, generics(output_parameters(several), "")),
    }
}

/// Returns the number of type parameters that the outputs need: all up to the last one that an output uses.
fn output_parameters(outputs: &[Output<'_>]) -> usize {
    let parameter = |output: &Output<'_>| match output.kind {
        OutputKind::Parameter(index) => index + 1,
        _ => 0,
    };
    outputs.iter().map(parameter).max().unwrap_or_default()
}

fn emit_outputs(node: &Node<'_>, types: Types<'_>, style: Style, out: &mut Writer) {
    let ident = &node.outputs_ident;
    let generics = generics(output_parameters(&node.outputs), "");
    out.gap();
    if style.docs {
        line!(out, "/// The outputs of [`{}`].", node.ident);
    }
    allow(out, style, lints_of(node.outputs.iter().map(|output| &output.ident)));
    open!(out, "pub struct {ident}{generics}");
    for output in &node.outputs {
        if style.docs {
            docs::paragraphs(out, &docs::output(output, types));
        }
        line!(out, "pub {}: {},", output.ident, types.output(output.kind));
    }
    out.close();
    emit_copy(ident, &generics, out);
    open!(out, "impl{generics} Placed for {ident}{generics}");
    open!(out, "fn placed(node: NodeRef) -> Self");
    let fields: Vec<String> = node.outputs.iter().enumerate().map(|(slot, output)| made(slot, output)).collect();
    line!(out, "Self {{ {} }}", fields.join(", "));
    out.close();
    out.close();
    open!(out, "impl{generics} Handle for {ident}{generics}");
    open!(out, "fn node(&self) -> NodeRef");
    line!(out, "self.{}.node()", node.outputs[0].ident);
    out.close();
    out.close();
}

/// Writes `Copy` and `Clone`. A derive would require `T: Copy`, which no marker is, and takes longer to compile.
pub(super) fn emit_copy(ident: &str, generics: &str, out: &mut Writer) {
    line!(out, "impl{generics} Copy for {ident}{generics} {{}}");
    open!(out, "impl{generics} Clone for {ident}{generics}");
    line!(out, "#[inline]");
    open!(out, "fn clone(&self) -> Self");
    line!(out, "*self");
    out.close();
    out.close();
}

fn made(slot: usize, output: &Output<'_>) -> String {
    let make = match output.kind {
        OutputKind::Any => "any",
        OutputKind::Union(_) => "union",
        _ => "out",
    };
    format!("{}: node.{make}({slot})", output.ident)
}
