//! Encodes one input of a descriptor.

use comfy_schema::{InputKind, Value};

use super::encoder::{Encoder, json_escaped};
use crate::plan::{Bound, Branch, Combo, Field, Grow, Kind, Primitive, Shared, UnionId};

/// The flag of a required input.
const REQUIRED: u8 = 1;
/// The flag of an input whose exact name is empty.
const NAMELESS: u8 = 2;
/// The flag of an input that must be given.
const NEEDED: u8 = 4;

/// Writes everything about an input except its length. The parts that literals are checked against come first.
pub(super) fn body(field: &Field<'_>, shared: &Shared<'_>, out: &mut Encoder) {
    let ident = field.ident.name();
    let exact = &field.source.name;
    out.letter(letter(&field.kind));
    let flags = [(field.required, REQUIRED), (exact.is_empty(), NAMELESS), (is_needed(field), NEEDED)];
    out.flags(flags.into_iter().filter_map(|(set, flag)| set.then_some(flag)).sum());
    bound(field.min.as_ref(), out);
    bound(field.max.as_ref(), out);
    out.nested(|out| tail(field, shared, out));
    out.string(ident);
    out.string(&if exact == ident { String::new() } else { json_escaped(exact) });
    out.string(&type_text(&field.kind, shared));
    out.string(field.sent_default().unwrap_or_default());
}

/// Returns the letter of a kind.
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

/// Returns the type as messages of the runtime name it.
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

fn bound(bound: Option<&Bound>, out: &mut Encoder) {
    let Some(bound) = bound else { return out.string("") };
    out.nested(|out| match bound {
        Bound::Int(value) => out.text(&format!("i{value}")),
        Bound::Float(value, text) => float(*value, text, out),
    });
}

/// The limit up to which a double represents every integer exactly (2^53).
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Writes a double and its spelling. A whole number, which most bounds are, is written by its digits, which the
/// compiler reads faster; any other by its bits.
fn float(value: f64, text: &str, out: &mut Encoder) {
    let digits = format!("{value:.0}");
    // Minus zero has its sign only in its bits.
    let whole = value.abs() < WHOLE && value.fract() == 0.0 && digits != "-0";
    if whole {
        out.letter('w');
        out.string(&digits);
    } else {
        out.text(&format!("f{:016x}", value.to_bits()));
    }
    out.text(text);
}

/// Returns whether an input must be given, because it is required and has no default to send.
pub(super) fn is_needed(field: &Field<'_>) -> bool {
    field.required
        && match &field.kind {
            Kind::Grow(grow) => grow.source.min > 0,
            Kind::Rows(rows) => rows.source.min > 0,
            _ => field.default.is_none(),
        }
}

/// Writes the part that depends on the kind.
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
        out.nested(|out| option(value, out));
    }
}

fn option(value: &Value, out: &mut Encoder) {
    match value {
        Value::String(text) => out.text(&format!("s{text}")),
        Value::Int(number) => out.text(&format!("i{number}")),
        Value::Float(number) if number.is_finite() => float(*number, &value.to_string(), out),
        Value::Bool(_) => out.text(&format!("b{value}")),
        _ => out.text(&format!("j{value}")),
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

/// Writes the key of a branch, and the inputs that are sent if only the key is given.
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
