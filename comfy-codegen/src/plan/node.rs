//! Plans a node class.

use comfy_schema as schema;

use super::Context;
use super::model::{Node, Output, OutputKind, Record};
use super::path::Path;
use super::{combo, kind};
use crate::names::{Ident, Suffix, Wish, exact_or_snake, settle, snake_case};

/// Plans a node. It is named later, together with all other nodes.
pub(super) fn plan<'s>(source: &'s schema::NodeDef, context: &mut Context<'s, '_>) -> Node<'s> {
    let path = Path::class(&source.class);
    let record = kind::record(&source.inputs, &source.class, path, context);
    let outputs = outputs(source, &record, path, context);
    Node {
        source,
        ident: String::new(),
        outputs_ident: String::new(),
        builder_ident: String::new(),
        module: String::new(),
        record,
        outputs,
        warnings: std::mem::take(&mut context.warnings),
        raw_inputs: std::mem::take(&mut context.raw_inputs),
    }
}

fn outputs<'s>(
    source: &'s schema::NodeDef,
    record: &Record<'s>,
    path: Path<'_>,
    context: &mut Context<'s, '_>,
) -> Vec<Output<'s>> {
    let wanted: Vec<String> =
        source.outputs.iter().map(|output| Ident::new(wanted_name(output)).name().into()).collect();
    // The wishes have no exact names, so that equal names are numbered by slot.
    let wishes: Vec<Wish<'_>> = wanted.iter().map(|wanted| Wish { exact: "", wanted: wanted.clone() }).collect();
    let idents = settle(&wishes, Suffix::Snake);
    source
        .outputs
        .iter()
        .zip(idents)
        .map(|(output, ident)| Output {
            source: output,
            ident: Ident::new(ident),
            kind: output_kind(output, &source.class, record, path, context),
        })
        .collect()
}

/// Returns the output's name in snake case. A V1 node that does not name its outputs has their type words, in capitals.
fn wanted_name(output: &schema::OutputDef) -> String {
    if output.name.is_empty() {
        return "output".to_owned();
    }
    let plain = exact_or_snake(&output.name);
    if plain.chars().any(char::is_uppercase) { snake_case(&output.name) } else { plain }
}

fn output_kind<'s>(
    output: &'s schema::OutputDef,
    class: &'s str,
    record: &Record<'s>,
    path: Path<'_>,
    context: &mut Context<'s, '_>,
) -> OutputKind {
    match &output.kind {
        schema::OutputKind::Type(word) => OutputKind::Type(context.tables.word(word)),
        schema::OutputKind::Union(words) if words.iter().all(|word| word != "*") => {
            OutputKind::Union(context.tables.union(words.iter().map(schema::Text::as_str)))
        }
        schema::OutputKind::Combo(values) => {
            let list =
                combo::enumerable(values).filter(|values| !values.iter().any(|value| combo::is_file_name(value)));
            OutputKind::Listed(list.map(|values| context.tables.list(values, &output.name, class)))
        }
        schema::OutputKind::Match(Some(template)) => {
            record.parameters.iter().position(|known| known == template).map_or_else(
                || {
                    context.warn(
                        path,
                        format_args!(
                            "no input shares the match type of the output `{}`; it can be linked to any input",
                            output.name
                        ),
                    );
                    OutputKind::Any
                },
                OutputKind::Parameter,
            )
        }
        schema::OutputKind::Raw(_) => {
            context.warn(
                path,
                format_args!(
                    "the type of the output `{}` is not understood; it can be linked to any input",
                    output.name
                ),
            );
            OutputKind::Any
        }
        _ => OutputKind::Any,
    }
}
