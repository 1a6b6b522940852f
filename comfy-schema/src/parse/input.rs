//! One input specification.

use super::report::{Place, Report};
use super::{check, combo, dynamic};
use crate::options::Shape;
use crate::widgets::has_widget;
use crate::{InputDef, InputKind, InputOptions, Section, Text, Value};

/// How deep dynamic inputs may nest in each other. Core nodes nest two deep.
pub(super) const MAX_NESTING: usize = 16;

/// Reads one specification. The second value is the specification as it was, if the input does not reproduce it.
pub(super) fn input(
    at: &Place<'_>,
    name: Text,
    section: Section,
    spec: Value,
    nesting: usize,
    report: &mut Report,
) -> (InputDef, Option<Value>) {
    let Parts { head, mut options, mut raw } = match take_apart(at, spec, report) {
        Ok(parts) => parts,
        Err(spec) => return (raw_input(name, section, spec), None),
    };
    let kind = match head {
        Head::Values(values) => combo::array(at, values, &options, report),
        Head::Word(word) => {
            let context = dynamic::Context { at, name: &name, section, nesting };
            let Some(kind) = of_word(&context, &word, &mut options, report) else {
                let spec = raw.unwrap_or_else(|| options.around(Value::String(word)));
                return (raw_input(name, section, spec), None);
            };
            if let (InputKind::Union(types), None) = (&kind, &raw)
                && join_types(types) != word
            {
                raw = Some(options.around(Value::String(word)));
            }
            kind
        }
    };
    let input = InputDef { name, section, kind, options };
    check::input(at, &input, report);
    (input, raw)
}

fn raw_input(name: Text, section: Section, spec: Value) -> InputDef {
    InputDef { name, section, kind: InputKind::Raw(spec), options: InputOptions::none(Shape::Alone) }
}

/// What stands first in a specification.
enum Head {
    Word(Text),
    Values(Vec<Value>),
}

struct Parts {
    head: Head,
    options: InputOptions,
    /// The whole, if the other two do not reproduce it.
    raw: Option<Value>,
}

/// Takes a specification apart, or gives it back if it has no type.
fn take_apart(at: &Place<'_>, spec: Value, report: &mut Report) -> Result<Parts, Value> {
    let items = match spec {
        Value::Array(items) => items,
        Value::String(word) if !word.trim().is_empty() => {
            report.add(at, "a bare word instead of an array of type and options");
            return Ok(Parts { head: Head::Word(word), options: InputOptions::none(Shape::Bare), raw: None });
        }
        other => {
            report.add(at, format_args!("{} instead of an array of type and options", other.kind_name()));
            return Err(other);
        }
    };
    let raw = match items.as_slice() {
        [_] | [_, Value::Object(_)] => None,
        [] => {
            report.add(at, "an empty array instead of type and options");
            return Err(Value::Array(items));
        }
        [_, Value::Object(_), ..] => {
            report.add(at, format_args!("{} entries instead of type and options", items.len()));
            Some(Value::Array(items.clone()))
        }
        [_, options, ..] => {
            report.add(&at.index(1), format_args!("{} instead of an object of options", options.kind_name()));
            Some(Value::Array(items.clone()))
        }
    };
    let mut rest = items.into_iter();
    let head = match rest.next() {
        Some(Value::String(word)) if !word.trim().is_empty() => Head::Word(word),
        Some(Value::Array(values)) => Head::Values(values),
        first => {
            let found = first.as_ref().map_or("nothing", Value::kind_name);
            report.add(&at.index(0), format_args!("{found} instead of a type word or an array of values"));
            return Err(raw.unwrap_or_else(|| Value::Array(first.into_iter().chain(rest).collect())));
        }
    };
    let options = match rest.next() {
        Some(Value::Object(map)) => InputOptions::new(map),
        _ => InputOptions::none(Shape::Alone),
    };
    Ok(Parts { head, options, raw })
}

/// What a type word means; `None` if its options do not say what they must. Then the options are as they were.
fn of_word(
    context: &dynamic::Context<'_>,
    word: &Text,
    options: &mut InputOptions,
    report: &mut Report,
) -> Option<InputKind> {
    Some(match word.as_str() {
        "INT" => InputKind::Int,
        "FLOAT" => InputKind::Float,
        "STRING" => InputKind::String,
        "BOOLEAN" => InputKind::Boolean,
        "COMBO" => combo::word(context.at, options, report),
        "COMFY_MATCHTYPE_V3" => return dynamic::match_type(context, options, report),
        "COMFY_AUTOGROW_V3" => return dynamic::autogrow(context, options, report),
        "COMFY_DYNAMICCOMBO_V3" => return dynamic::combo(context, options, report),
        "COMFY_DYNAMICSLOT_V3" => return dynamic::slot(context, options, report),
        "COMFY_DYNAMICGROUP_V3" => return dynamic::group(context, options, report),
        _ => socket(word),
    })
}

/// What a type word that is not dynamic, primitive or a combo means.
fn socket(word: &Text) -> InputKind {
    if word == "*" {
        return InputKind::Any;
    }
    let types = split_types(word);
    if types.len() > 1 {
        return InputKind::Union(types);
    }
    if has_widget(word) { InputKind::Widget(word.clone()) } else { InputKind::Link(word.clone()) }
}

/// The words of a comma list, trimmed. Empty ones do not count.
pub(crate) fn split_types(word: &str) -> Vec<Text> {
    word.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Text::new).collect()
}

/// The comma list of some words.
pub(crate) fn join_types(types: &[Text]) -> String {
    types.join(",")
}
