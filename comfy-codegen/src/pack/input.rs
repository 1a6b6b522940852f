//! One input of a descriptor.

use comfy_schema::{InputKind, Value};

use super::encoder::{Encoder, json_escaped};
use crate::plan::{Bound, Branch, Combo, Field, Grow, Kind, Primitive, Shared, UnionId};

const REQUIRED: u8 = 1;
/// Its exact name is empty.
const NAMELESS: u8 = 2;

/// Writes everything about an input but its length.
pub(super) fn body(field: &Field<'_>, shared: &Shared<'_>, out: &mut Encoder) {
    let ident = field.ident.name();
    let name = json_escaped(&field.source.name);
    out.letter(letter(&field.kind));
    let nameless = field.source.name.is_empty();
    out.flags(if field.required { REQUIRED } else { 0 } | if nameless { NAMELESS } else { 0 });
    out.string(ident);
    out.string(if name == ident { "" } else { &name });
    out.string(&type_text(&field.kind, shared));
    out.string(field.sent_default().unwrap_or_default());
    out.string(&field.min.as_ref().map(bound).unwrap_or_default());
    out.string(&field.max.as_ref().map(bound).unwrap_or_default());
    tail(field, shared, out);
}

/// Which kind it is.
fn letter(kind: &Kind<'_>) -> char {
    match kind {
        Kind::Primitive(Primitive::Int) => 'I',
        Kind::Primitive(Primitive::Float) => 'F',
        Kind::Primitive(Primitive::String) => 'S',
        Kind::Primitive(Primitive::Boolean) => 'B',
        Kind::Link(_) => 'L',
        Kind::Widget(_) => 'W',
        Kind::Union(_) => 'U',
        Kind::Any => 'A',
        Kind::Match { .. } => 'T',
        Kind::Combo(Combo { multiselect: false, closed: true, .. }) => 'C',
        Kind::Combo(Combo { multiselect: false, closed: false, .. }) => 'O',
        Kind::Combo(Combo { multiselect: true, closed: true, .. }) => 'M',
        Kind::Combo(Combo { multiselect: true, closed: false, .. }) => 'N',
        Kind::Grow(_) => 'G',
        Kind::Choice(_) => 'D',
        Kind::Rows(_) => 'P',
        Kind::Raw => 'R',
    }
}

/// What messages call the type.
pub(crate) fn type_text(kind: &Kind<'_>, shared: &Shared<'_>) -> String {
    match kind {
        Kind::Primitive(primitive) => primitive.word().to_owned(),
        Kind::Link(word) | Kind::Widget(word) => shared.words[word.0].exact.to_owned(),
        Kind::Combo(_) => "COMBO".to_owned(),
        Kind::Union(union) | Kind::Match { allowed: Some(union), .. } => union_text(*union, shared),
        Kind::Any | Kind::Match { allowed: None, .. } => "*".to_owned(),
        Kind::Grow(grow) => format!("[{}]", type_text(&grow.element.kind, shared)),
        Kind::Choice(_) => "branch".to_owned(),
        Kind::Rows(_) => "[row]".to_owned(),
        Kind::Raw => "JSON".to_owned(),
    }
}

fn union_text(union: UnionId, shared: &Shared<'_>) -> String {
    let members = &shared.unions[union.0].members;
    members.iter().map(|member| shared.words[member.0].exact).collect::<Vec<_>>().join(",")
}

fn bound(bound: &Bound) -> String {
    match bound {
        Bound::Int(value) => format!("i{value}"),
        Bound::Float(value, text) => float(*value, text),
    }
}

fn float(value: f64, text: &str) -> String {
    format!("f{:016x}{text}", value.to_bits())
}

/// What only this kind has.
fn tail(field: &Field<'_>, shared: &Shared<'_>, out: &mut Encoder) {
    match &field.kind {
        Kind::Combo(Combo { closed: true, .. }) => options(field, out),
        Kind::Grow(grow) => autogrow(grow, shared, out),
        Kind::Choice(choice) => {
            out.number(choice.branches.len());
            choice.branches.iter().for_each(|choice| branch(choice, out));
        }
        Kind::Rows(rows) => {
            out.number(rows.source.min);
            out.number(rows.source.max);
        }
        _ => {}
    }
}

fn options(field: &Field<'_>, out: &mut Encoder) {
    let InputKind::Combo(combo) = &field.source.kind else {
        return out.number(0);
    };
    out.number(combo.values.len());
    for value in &combo.values {
        out.string(&option(value));
    }
}

fn option(value: &Value) -> String {
    match value {
        Value::String(text) => format!("s{text}"),
        Value::Int(number) => format!("i{number}"),
        Value::Float(number) if number.is_finite() => float(*number, &value.to_string()),
        Value::Bool(_) => format!("b{value}"),
        _ => format!("j{value}"),
    }
}

fn autogrow(grow: &Grow<'_>, shared: &Shared<'_>, out: &mut Encoder) {
    out.number(grow.source.min);
    out.number(grow.source.names.len());
    for name in &grow.source.names {
        out.string(&json_escaped(name));
    }
    out.nested(|element| body(&grow.element, shared, element));
}

/// The key of a branch, and what it sends besides if it is given alone.
fn branch(branch: &Branch<'_>, out: &mut Encoder) {
    out.string(branch.key);
    let Some(implied) = &branch.implied else { return out.letter('!') };
    out.letter('=');
    out.number(implied.len());
    for (name, json) in implied {
        out.string(&json_escaped(name));
        out.string(json);
    }
}
