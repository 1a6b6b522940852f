//! The fields of a node, a branch or a row.

use comfy_schema::InputDef;

use super::model::{Field, Kind, Record};
use super::path::Path;
use super::{Context, kind};
use crate::names::{Ident, Suffix, Wish, settle};

/// The type parameters of a record: its match templates, in order of appearance.
#[derive(Debug, Default)]
pub(super) struct Parameters<'s>(Vec<&'s str>);

impl<'s> Parameters<'s> {
    /// The parameter of a template.
    pub(super) fn of(&mut self, template: &'s str) -> usize {
        self.0.iter().position(|&known| known == template).unwrap_or_else(|| {
            self.0.push(template);
            self.0.len() - 1
        })
    }
}

/// Plans the inputs of one record, in declared order. `class` is the node they belong to, at whatever depth.
pub(super) fn plan<'s>(
    inputs: &'s [InputDef],
    class: &'s str,
    path: Path<'_>,
    context: &mut Context<'s, '_>,
) -> Record<'s> {
    let mut parameters = Parameters::default();
    let mut fields: Vec<Field<'s>> = inputs
        .iter()
        .map(|input| kind::field(input, class, path.input(&input.name), &mut parameters, context))
        .collect();
    settle_idents(&mut fields);
    Record { fields, parameters: parameters.0, desc: String::new() }
}

fn settle_idents(fields: &mut [Field<'_>]) {
    let wishes: Vec<Wish<'_>> =
        fields.iter().map(|field| Wish { exact: &field.source.name, wanted: field.ident.name().to_owned() }).collect();
    for (field, name) in fields.iter_mut().zip(settle(&wishes, Suffix::Snake)) {
        field.ident = Ident::new(name);
    }
}

/// What is sent for a record of which nothing is given, as dotted names and JSON; `None` if something must be given.
pub(super) fn implied(record: &Record<'_>) -> Option<Vec<(String, String)>> {
    let mut sent = Vec::new();
    for field in record.fields.iter().filter(|field| field.required) {
        let name = field.source.name.as_str();
        sent.push((name.to_owned(), field.default.clone()?));
        if let Kind::Choice(choice) = &field.kind {
            let first = choice.branches.first()?;
            let children = first.implied.as_ref()?;
            sent.extend(children.iter().map(|(child, json)| (format!("{name}.{child}"), json.clone())));
        }
    }
    Some(sent)
}
