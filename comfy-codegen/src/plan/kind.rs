//! What an input takes becomes the kind of its field.

use comfy_schema::{Autogrow, BranchDef, DynamicGroup, InputDef, InputKind, MatchType, Section, Text};

use super::model::{Branch, Choice, Combo, Field, Grow, Kind, Primitive, Rows};
use super::path::Path;
use super::record::{self, Parameters};
use super::{Context, combo, default};
use crate::names::{Ident, exact_or_snake};

/// One input as a field. Its identifier is provisional: the record settles it among its siblings.
pub(super) fn field<'s>(
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

/// Whether something must be sent for an input. What the section says does not count for lists: the server asks for
/// their first children, whatever section the list is in.
fn is_required(input: &InputDef) -> bool {
    match &input.kind {
        InputKind::Autogrow(grow) => grow.min > 0,
        InputKind::DynamicGroup(group) => group.min > 0,
        _ => input.section == Section::Required,
    }
}

/// The front end selects the first branch of a choice; so do we, if its key is all that must be given.
fn first_branch(choice: &Choice<'_>) -> Option<String> {
    let first = choice.branches.first()?;
    first.implied.as_ref()?;
    Some(comfy_schema::Value::from(first.key).to_string())
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
        InputKind::DynamicSlot(_) => raw(path, "a dynamic slot, which no server of today accepts", context),
        InputKind::Raw(_) => raw(path, "not understood", context),
        _ => raw(path, "of a kind that this generator does not know", context),
    }
}

fn raw<'s>(path: Path<'_>, why: &str, context: &mut Context<'_, '_>) -> Kind<'s> {
    context.warn(path, format_args!("{why}; it takes any JSON, unchecked"));
    context.raw_inputs.push(path.to_string());
    Kind::Raw
}

fn combo_kind<'s>(
    input: &'s InputDef,
    list: &'s comfy_schema::ComboDef,
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
    // Nothing is sent for an element that is not there.
    element.default = None;
    Kind::Grow(Grow { source: grow, element: Box::new(element) })
}

fn choice<'s>(branches: &'s [BranchDef], class: &'s str, path: Path<'_>, context: &mut Context<'s, '_>) -> Choice<'s> {
    let branches = branches
        .iter()
        .map(|branch| {
            let record = record::plan(&branch.inputs, class, path.branch(&branch.key), context);
            Branch {
                key: &branch.key,
                ident: String::new(),
                builder_ident: String::new(),
                module: String::new(),
                implied: record::implied(&record),
                record,
            }
        })
        .collect();
    Choice { module: String::new(), branches }
}

fn rows<'s>(group: &'s DynamicGroup, class: &'s str, path: Path<'_>, context: &mut Context<'s, '_>) -> Rows<'s> {
    let record = record::plan(&group.inputs, class, path.element(), context);
    Rows { source: group, module: String::new(), record }
}
