//! Dynamic inputs: those that share a type, grow, or bring inputs of their own.

use super::input::{input, split_types};
use super::report::{Place, Report};
use crate::{
    Autogrow, BranchDef, DynamicGroup, DynamicSlot, InputDef, InputKind, InputOptions, Map, MatchType, Section, Text,
    Value,
};

/// The server's own cap on the children of a growing list.
const MOST_NAMES: usize = 100;
/// What the server assumes where a group does not say how many rows it may have.
const MOST_ROWS: usize = 20;

/// Of what a dynamic input is read.
pub(super) struct Context<'a> {
    /// Where.
    pub(super) at: &'a Place<'a>,
    /// Its name.
    pub(super) name: &'a Text,
    /// Its section.
    pub(super) section: Section,
    /// How many levels of dynamic inputs may still follow.
    pub(super) nesting: usize,
}

impl Context<'_> {
    /// One level further in; `None`, reported, where that is too deep.
    fn deeper(&self, report: &mut Report) -> Option<usize> {
        let deeper = self.nesting.checked_sub(1);
        if deeper.is_none() {
            report.add(self.at, "dynamic inputs are nested too deep");
        }
        deeper
    }
}

/// `["COMFY_MATCHTYPE_V3", {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}]`
pub(super) fn match_type(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let at = context.at.index(1);
    let template = template(&at, options, report)?;
    let at = at.key("template");
    let Some(template_id) = template.get("template_id").and_then(Value::as_str) else {
        report.add(&at, "no `template_id`");
        return None;
    };
    let allowed = match template.get("allowed_types") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(types)) => split_types(types),
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(Text::new).collect(),
        Some(other) => {
            report.add(&at.key("allowed_types"), format_args!("{} instead of a comma list", other.kind_name()));
            Vec::new()
        }
    };
    let any = allowed.iter().any(|word| word == "*");
    Some(InputKind::Match(MatchType {
        template_id: template_id.into(),
        allowed: if any { Vec::new() } else { allowed },
    }))
}

/// `["COMFY_AUTOGROW_V3", {"template": {"input": {…}, "prefix": "image", "min": 1, "max": 50}}]`, or with `names`
pub(super) fn autogrow(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
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
    Some(InputKind::Autogrow(Autogrow { names, min, element: Box::new(element) }))
}

/// The template's first input; the server ignores others.
fn element(at: &Place<'_>, template: &Map, nesting: usize, report: &mut Report) -> Option<InputDef> {
    let sections = template.get("input").and_then(Value::as_object);
    let mut inputs = sections.map(|sections| inputs(&at.key("input"), sections, nesting, report)).unwrap_or_default();
    if inputs.is_empty() {
        report.add(&at.key("input"), "no input for the children to be");
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
            report.add(&at.key("names"), "not an array of strings");
            return None;
        };
        return Some(names.iter().filter_map(Value::as_str).take(MOST_NAMES).map(Text::new).collect());
    }
    let Some(prefix) = template.get("prefix").and_then(Value::as_str) else {
        report.add(at, "neither `names` nor `prefix` for the children");
        return None;
    };
    let max = count(at, template, "max", report).unwrap_or(MOST_NAMES).min(MOST_NAMES);
    Some((0..max).map(|index| Text::new(format!("{prefix}{index}"))).collect())
}

/// `["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "a", "inputs": {…}}, …]}]`
pub(super) fn combo(context: &Context<'_>, options: &mut InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let Some(held) = options.take_held() else {
        report.add(&at, "no `options`");
        return None;
    };
    let branches = branches(&at.key("options"), &held, nesting, report);
    // Only what the branches reproduce is left to them alone.
    if branches.as_ref().is_none_or(|branches| crate::write::branches_value(branches) != held) {
        options.put_back(held);
    }
    branches.map(InputKind::DynamicCombo)
}

fn branches(at: &Place<'_>, options: &Value, nesting: usize, report: &mut Report) -> Option<Vec<BranchDef>> {
    let Some(options) = options.as_array() else {
        report.add(at, format_args!("{} instead of an array of branches", options.kind_name()));
        return None;
    };
    let mut branches = Vec::with_capacity(options.len());
    for (index, option) in options.iter().enumerate() {
        let at = at.index(index);
        let Some(key) = option.as_object().and_then(|option| option.get("key")).and_then(Value::as_str) else {
            report.add(&at, "a branch without a `key` that is a string");
            return None;
        };
        let inputs = match option.as_object().and_then(|option| option.get("inputs")) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Object(sections)) => inputs(&at.key("inputs"), sections, nesting, report),
            Some(other) => {
                report.add(&at.key("inputs"), format_args!("{} instead of an object of sections", other.kind_name()));
                return None;
            }
        };
        branches.push(BranchDef { key: key.into(), inputs });
    }
    Some(branches)
}

/// `["COMFY_DYNAMICSLOT_V3", {"slotType": "IMAGE", "inputs": {…}}]`
pub(super) fn slot(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let Some(word) = options.slot_type() else {
        report.add(&at, "no `slotType`");
        return None;
    };
    let spec = Value::Array(vec![Value::from(word)]);
    let (slot, _) = input(&at.key("slotType"), context.name.clone(), context.section, spec, nesting, report);
    let inputs = options.inputs().map(|sections| inputs(&at.key("inputs"), sections, nesting, report));
    Some(InputKind::DynamicSlot(DynamicSlot { slot: Box::new(slot), inputs: inputs.unwrap_or_default() }))
}

/// `["COMFY_DYNAMICGROUP_V3", {"template": {"required": {…}}, "min": 0, "max": 20}]`
pub(super) fn group(context: &Context<'_>, options: &InputOptions, report: &mut Report) -> Option<InputKind> {
    let nesting = context.deeper(report)?;
    let at = context.at.index(1);
    let template = template(&at, options, report)?;
    let inputs = inputs(&at.key("template"), template, nesting, report);
    let min = count(&at, options.map(), "min", report).unwrap_or(0);
    let max = count(&at, options.map(), "max", report).unwrap_or(MOST_ROWS);
    if min > max {
        report.add(&at.key("min"), format_args!("{min} is more than the maximum {max}"));
    }
    Some(InputKind::DynamicGroup(DynamicGroup { inputs, min, max }))
}

fn template<'o>(at: &Place<'_>, options: &'o InputOptions, report: &mut Report) -> Option<&'o Map> {
    let template = options.template();
    if template.is_none() {
        report.add(at, "no `template`");
    }
    template
}

/// A count, if there is one.
fn count(at: &Place<'_>, map: &Map, key: &str, report: &mut Report) -> Option<usize> {
    let value = map.get(key)?;
    let count = value.as_i128().and_then(|count| usize::try_from(count).ok());
    if count.is_none() {
        report.add(&at.key(key), format_args!("{value} is not a count"));
    }
    count
}

/// The inputs of a template or branch: required ones first.
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
                        report.add(&at, "the input is required too, and that counts");
                        continue;
                    }
                    // What the input does not reproduce stays in the parent's options.
                    let (input, _) = input(&at, name.clone(), section, spec.clone(), nesting, report);
                    inputs.push(input);
                }
            }
            Some(other) => {
                report.add(&at, format_args!("{} instead of an object of inputs", other.kind_name()));
            }
        }
    }
    for (name, _) in sections.iter().filter(|(name, _)| !["required", "optional"].contains(&name.as_str())) {
        report.add(&at.key(name), "unknown section; only required and optional count here");
    }
    inputs.shrink_to_fit();
    inputs
}
