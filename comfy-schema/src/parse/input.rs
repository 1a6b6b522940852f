//! Parses one input: its kind, and the inputs that a dynamic kind holds.
//!
//! Dynamic inputs hold inputs, so the functions of this file are mutually recursive; `nesting` bounds the recursion.

use super::report::{Place, Report};
use super::spec::{Head, Parts, take_apart};
use super::{check, combo};
use crate::limits::{MAX_CHILDREN, MAX_INPUT_DEPTH};
use crate::model::{Shape, branches_value, join_types, split_types};
use crate::widgets::has_widget;
use crate::{
    Autogrow, BranchDef, DynamicGroup, DynamicSlot, InputDef, InputKind, InputOptions, Map, MatchType, Section, Text,
    Value,
};

/// The maximum number of rows that the server assumes for a group without `max`.
const DEFAULT_MAX_ROWS: usize = 20;

/// The context of a dynamic input.
struct Context<'a> {
    at: &'a Place<'a>,
    name: &'a Text,
    section: Section,
    /// The number of levels of dynamic inputs that may still be nested in this one.
    nesting: usize,
}

impl Context<'_> {
    /// Returns the value of `nesting` for the inputs inside this one, or reports an issue if it is used up.
    fn deeper(&self, report: &mut Report) -> Option<usize> {
        let deeper = self.nesting.checked_sub(1);
        if deeper.is_none() {
            report.add(self.at, format_args!("dynamic inputs are nested deeper than {MAX_INPUT_DEPTH} levels"));
        }
        deeper
    }
}

/// Parses one specification. The second value is the original specification, if the input does not reproduce it.
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
            let context = Context { at, name: &name, section, nesting };
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

/// Returns the kind that a type word and its options denote. Returns `None` and leaves the options unchanged if a
/// dynamic kind lacks an option that it needs or is nested too deeply.
fn of_word(context: &Context<'_>, word: &Text, options: &mut InputOptions, report: &mut Report) -> Option<InputKind> {
    Some(match word.as_str() {
        "INT" => InputKind::Int,
        "FLOAT" => InputKind::Float,
        "STRING" => InputKind::String,
        "BOOLEAN" => InputKind::Boolean,
        "COMBO" => combo::word(context.at, options, report),
        "COMFY_MATCHTYPE_V3" => return match_type(context, options, report),
        "COMFY_AUTOGROW_V3" => return autogrow(context, options, report),
        "COMFY_DYNAMICCOMBO_V3" => return dynamic_combo(context, options, report),
        "COMFY_DYNAMICSLOT_V3" => return dynamic_slot(context, options, report),
        "COMFY_DYNAMICGROUP_V3" => return dynamic_group(context, options, report),
        _ => socket(word),
    })
}

/// Returns the kind of a type word that is neither dynamic nor a primitive nor a combo.
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

/// Parses `["COMFY_MATCHTYPE_V3", {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}]`.
fn match_type(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let at = context.at.index(1);
    let template = template(&at, options, report)?;
    let at = at.key("template");
    let Some(template_id) = template.get("template_id").and_then(Value::as_str) else {
        report.add(&at, "missing `template_id`");
        return None;
    };
    let allowed = match template.get("allowed_types") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(types)) => split_types(types),
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(Text::new).collect(),
        Some(other) => {
            report.expected(&at.key("allowed_types"), "a comma-separated list of types", other);
            Vec::new()
        }
    };
    let any = allowed.iter().any(|word| word == "*");
    Some(InputKind::Match(MatchType::new(template_id, if any { Vec::new() } else { allowed })))
}

/// Parses `["COMFY_AUTOGROW_V3", {"template": {"input": {…}, "prefix": "image", "min": 1, "max": 50}}]`, or the same
/// with `names` in place of `prefix` and `max`.
fn autogrow(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let template = template(&at, options, report)?;
    let at = at.key("template");
    let element = element(&at, template, nesting, report)?;
    let names = child_names(&at, template, report)?;
    let mut min = count(&at, template, "min", report).unwrap_or(1);
    if element.section == Section::Optional {
        min = 0;
    }
    if min > names.len() {
        report.add(&at.key("min"), format_args!("{min} is more than the {} names", names.len()));
        min = names.len();
    }
    Some(InputKind::Autogrow(Autogrow::new(names, min, element)))
}

/// Parses the template's first input; the server ignores the others.
fn element(at: &Place<'_>, template: &Map, nesting: usize, report: &mut Report) -> Option<InputDef> {
    let sections = template.get("input").and_then(Value::as_object);
    let mut inputs = sections.map(|sections| inputs(&at.key("input"), sections, nesting, report)).unwrap_or_default();
    if inputs.is_empty() {
        report.add(&at.key("input"), "missing the input of the children");
        return None;
    }
    if inputs.len() > 1 {
        report.add(&at.key("input"), format_args!("{} inputs; the server uses only the first", inputs.len()));
    }
    Some(inputs.swap_remove(0))
}

fn child_names(at: &Place<'_>, template: &Map, report: &mut Report) -> Option<Vec<Text>> {
    if let Some(names) = template.get("names") {
        let Some(names) = names.as_array().filter(|names| names.iter().all(|name| name.as_str().is_some())) else {
            report.add(&at.key("names"), "expected an array of strings");
            return None;
        };
        return Some(names.iter().filter_map(Value::as_str).take(MAX_CHILDREN).map(Text::new).collect());
    }
    let Some(prefix) = template.get("prefix").and_then(Value::as_str) else {
        report.add(at, "missing `names` or `prefix` of the children");
        return None;
    };
    let max = count(at, template, "max", report).unwrap_or(MAX_CHILDREN).min(MAX_CHILDREN);
    Some((0..max).map(|index| Text::new(format!("{prefix}{index}"))).collect())
}

/// Parses `["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "a", "inputs": {…}}, …]}]`.
fn dynamic_combo(context: &Context<'_>, options: &mut InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let Some(held) = options.take_held() else {
        report.add(&at, "missing `options`");
        return None;
    };
    let branches = branches(&at.key("options"), &held, nesting, report);
    // If the branches do not reproduce the original exactly, the options keep it.
    if branches.as_ref().is_none_or(|branches| branches_value(branches) != held) {
        options.put_back(held);
    }
    branches.map(InputKind::DynamicCombo)
}

fn branches(at: &Place<'_>, options: &Value, nesting: usize, report: &mut Report) -> Option<Vec<BranchDef>> {
    let Some(options) = options.as_array() else {
        report.expected(at, "an array of branches", options);
        return None;
    };
    let mut branches = Vec::with_capacity(options.len());
    for (index, option) in options.iter().enumerate() {
        let at = at.index(index);
        let Some(key) = option.as_object().and_then(|option| option.get("key")).and_then(Value::as_str) else {
            report.add(&at, "expected a branch with a string `key`");
            return None;
        };
        let inputs = match option.as_object().and_then(|option| option.get("inputs")) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(sections)) => inputs(&at.key("inputs"), sections, nesting, report),
            Some(other) => {
                report.expected(&at.key("inputs"), "an object of sections", other);
                return None;
            }
        };
        branches.push(BranchDef::new(key, inputs));
    }
    Some(branches)
}

/// Parses `["COMFY_DYNAMICSLOT_V3", {"slotType": "IMAGE", "inputs": {…}}]`.
fn dynamic_slot(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let Some(word) = options.slot_type() else {
        report.add(&at, "missing `slotType`");
        return None;
    };
    let spec = Value::Array(vec![Value::from(word)]);
    let (slot, _) = input(&at.key("slotType"), context.name.clone(), context.section, spec, nesting, report);
    let inputs = options.inputs().map(|sections| inputs(&at.key("inputs"), sections, nesting, report));
    Some(InputKind::DynamicSlot(DynamicSlot::new(slot, inputs.unwrap_or_default())))
}

/// Parses `["COMFY_DYNAMICGROUP_V3", {"template": {"required": {…}}, "min": 0, "max": 20}]`.
fn dynamic_group(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let template = template(&at, options, report)?;
    let inputs = inputs(&at.key("template"), template, nesting, report);
    let min = count(&at, options.map(), "min", report).unwrap_or(0);
    let max = count(&at, options.map(), "max", report).unwrap_or(DEFAULT_MAX_ROWS);
    if min > max {
        report.add(&at.key("min"), format_args!("{min} is more than the maximum {max}"));
    }
    Some(InputKind::DynamicGroup(DynamicGroup::new(inputs, min, max)))
}

fn template<'o>(at: &Place<'_>, options: &'o InputOptions, report: &mut Report) -> Option<&'o Map> {
    let template = options.template();
    if template.is_none() {
        report.add(at, "missing `template`");
    }
    template
}

/// Returns the count under a key, if there is one.
fn count(at: &Place<'_>, map: &Map, key: &str, report: &mut Report) -> Option<usize> {
    let value = map.get(key)?;
    let count = value.as_i128().and_then(|count| usize::try_from(count).ok());
    if count.is_none() {
        report.add(&at.key(key), format_args!("expected a count, found {value}"));
    }
    count
}

/// Parses the inputs of a template or a branch, required ones first.
fn inputs(at: &Place<'_>, sections: &Map, nesting: usize, report: &mut Report) -> Vec<InputDef> {
    let mut inputs: Vec<InputDef> = Vec::new();
    for (name, section) in [("required", Section::Required), ("optional", Section::Optional)] {
        let at = at.key(name);
        match sections.get(name) {
            None => {}
            Some(Value::Object(specs)) => {
                for (name, spec) in specs {
                    let at = at.key(name);
                    if section == Section::Optional && inputs.iter().any(|input| input.name == *name) {
                        report.add(&at, "the input is also required; the required one counts");
                        continue;
                    }
                    // The second value is not needed: the parent's options keep the original specification.
                    let (input, _) = input(&at, name.clone(), section, spec.clone(), nesting, report);
                    inputs.push(input);
                }
            }
            Some(other) => report.expected(&at, "an object of inputs", other),
        }
    }
    for (name, _) in sections.iter().filter(|(name, _)| !["required", "optional"].contains(&name.as_str())) {
        report.add(&at.key(name), "unknown section; the server reads only required and optional here");
    }
    inputs.shrink_to_fit();
    inputs
}
