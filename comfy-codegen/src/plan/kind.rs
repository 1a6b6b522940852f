//! The field that each input becomes, and the records of fields that nodes, branches and rows have.
//!
//! Fields and records are planned together, because an input may hold a record of its own.

use comfy_schema::{Autogrow, BranchDef, ComboDef, DynamicGroup, InputDef, InputKind, MatchType, Section, Text, Value};

use super::model::{Branch, Choice, Combo, Field, Grow, Kind, Primitive, Record, Rows};
use super::path::Path;
use super::{Context, combo, default};
use crate::names::{Ident, Suffix, Wish, exact_or_snake, settle};

/// Plans one input as a field. Its identifier is provisional: the record settles it among its siblings.
fn field<'s>(
    input: &'s InputDef,
    class: &'s str,
    path: Path<'_>,
    parameters: &mut Parameters<'s>,
    context: &mut Context<'s, '_>,
) -> Field<'s> {
    let kind = kind(input, class, path, parameters, context);
    let bounds = default::bounds(input, path, context);
    let required = is_required(input);
    let default = match &kind {
        Kind::Choice(choice) => first_branch(choice),
        _ => default::default(input, required, &bounds, path, context),
    };
    let ident = Ident::new(exact_or_snake(&input.name));
    Field { source: input, ident, kind, required, default, min: bounds.min, max: bounds.max }
}

/// Returns whether the prompt must have a value for an input. The section of a list does not matter: the server
/// requires the first children in either section.
fn is_required(input: &InputDef) -> bool {
    match &input.kind {
        InputKind::Autogrow(grow) => grow.min > 0,
        InputKind::DynamicGroup(group) => group.min > 0,
        _ => input.section == Section::Required,
    }
}

/// Returns the first branch as the default, if its key is all that must be given. The front end selects it too.
fn first_branch(choice: &Choice<'_>) -> Option<String> {
    let first = choice.branches.first()?;
    first.implied.as_ref()?;
    Some(Value::from(first.key).to_string())
}

fn kind<'s>(
    input: &'s InputDef,
    class: &'s str,
    path: Path<'_>,
    parameters: &mut Parameters<'s>,
    context: &mut Context<'s, '_>,
) -> Kind<'s> {
    match &input.kind {
        InputKind::Int => Kind::Primitive(Primitive::Int),
        InputKind::Float => Kind::Primitive(Primitive::Float),
        InputKind::String => Kind::Primitive(Primitive::String),
        InputKind::Boolean => Kind::Primitive(Primitive::Boolean),
        InputKind::Combo(list) => Kind::Combo(combo_kind(input, list, class, path, context)),
        InputKind::Link(word) => Kind::Link(context.tables.word(word)),
        InputKind::Widget(word) => Kind::Widget(context.tables.word(word)),
        InputKind::Union(words) => union_kind(words, context),
        InputKind::Any => Kind::Any,
        InputKind::Match(template) => match_kind(template, parameters, context),
        InputKind::Autogrow(grow) => grow_kind(grow, class, path, parameters, context),
        InputKind::DynamicCombo(branches) => Kind::Choice(choice(branches, class, path, context)),
        InputKind::DynamicGroup(group) => Kind::Rows(rows(group, class, path, context)),
        InputKind::DynamicSlot(_) => raw(path, "it is a dynamic slot, which no server accepts so far", context),
        InputKind::Raw(_) => raw(path, "its definition is not understood", context),
        _ => raw(path, "this generator does not know its kind", context),
    }
}

fn raw<'s>(path: Path<'_>, reason: &str, context: &mut Context<'_, '_>) -> Kind<'s> {
    context.warn(path, format_args!("{reason}; it takes any JSON, unchecked"));
    context.raw_inputs.push(path.to_string());
    Kind::Raw
}

fn combo_kind<'s>(
    input: &'s InputDef,
    list: &'s ComboDef,
    class: &'s str,
    path: Path<'_>,
    context: &mut Context<'s, '_>,
) -> Combo {
    let open = context.overrides.is_open(path).unwrap_or_else(|| {
        let listed = !list.values.is_empty() && context.overrides.exact();
        !listed && combo::is_open(input, list)
    });
    let values = if open { None } else { combo::enumerable(&list.values) };
    let list_id = values.map(|values| context.tables.list(values, &input.name, class));
    Combo { list: list_id, closed: !open, spelling: list.spelling, multiselect: list.multiselect }
}

fn union_kind<'s>(words: &'s [Text], context: &mut Context<'s, '_>) -> Kind<'s> {
    if words.iter().any(|word| word == "*") {
        return Kind::Any;
    }
    Kind::Union(context.tables.union(words.iter().map(Text::as_str)))
}

fn match_kind<'s>(template: &'s MatchType, parameters: &mut Parameters<'s>, context: &mut Context<'s, '_>) -> Kind<'s> {
    let limited = !template.allowed.is_empty() && template.allowed.iter().all(|word| word != "*");
    let allowed = limited.then(|| context.tables.union(template.allowed.iter().map(Text::as_str)));
    Kind::Match { parameter: parameters.of(&template.template_id), allowed }
}

fn grow_kind<'s>(
    grow: &'s Autogrow,
    class: &'s str,
    path: Path<'_>,
    parameters: &mut Parameters<'s>,
    context: &mut Context<'s, '_>,
) -> Kind<'s> {
    let mut element = field(&grow.element, class, path.element(), parameters, context);
    // Nothing is sent for an element that is not given.
    element.default = None;
    Kind::Grow(Grow { source: grow, element: Box::new(element) })
}

fn choice<'s>(branches: &'s [BranchDef], class: &'s str, path: Path<'_>, context: &mut Context<'s, '_>) -> Choice<'s> {
    let branches = branches
        .iter()
        .map(|branch| {
            let record = record(&branch.inputs, class, path.branch(&branch.key), context);
            Branch {
                key: &branch.key,
                ident: String::new(),
                builder_ident: String::new(),
                module: String::new(),
                implied: implied(&record),
                record,
            }
        })
        .collect();
    Choice { module: String::new(), branches }
}

fn rows<'s>(group: &'s DynamicGroup, class: &'s str, path: Path<'_>, context: &mut Context<'s, '_>) -> Rows<'s> {
    let record = record(&group.inputs, class, path.element(), context);
    Rows { source: group, module: String::new(), record }
}

/// The type parameters of a record: its match templates, in order of appearance.
#[derive(Debug, Default)]
struct Parameters<'s>(Vec<&'s str>);

impl<'s> Parameters<'s> {
    /// Returns the index of a template's parameter, which is added if it is new.
    fn of(&mut self, template: &'s str) -> usize {
        self.0.iter().position(|&known| known == template).unwrap_or_else(|| {
            self.0.push(template);
            self.0.len() - 1
        })
    }
}

/// Plans the inputs of one node, branch or row, in declared order. `class` is the class of the node that contains them,
/// at any depth.
pub(super) fn record<'s>(
    inputs: &'s [InputDef],
    class: &'s str,
    path: Path<'_>,
    context: &mut Context<'s, '_>,
) -> Record<'s> {
    let mut parameters = Parameters::default();
    let mut fields: Vec<Field<'s>> =
        inputs.iter().map(|input| field(input, class, path.input(&input.name), &mut parameters, context)).collect();
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

/// Returns the inputs that are sent for a record without given inputs, as dotted names and JSON, or `None` if an input
/// must be given.
fn implied(record: &Record<'_>) -> Option<Vec<(String, String)>> {
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
