//! The outputs of a definition: five parallel arrays.

use super::input::split_types;
use super::report::{Place, Report};
use crate::{Key, NodeDef, OutputDef, OutputKind, Text, Value};

/// The arrays, as they were.
pub(super) struct Parts {
    pub(super) types: Option<Value>,
    pub(super) names: Option<Value>,
    pub(super) lists: Option<Value>,
    pub(super) tooltips: Option<Value>,
    pub(super) matchtypes: Option<Value>,
}

/// Fills the node's outputs; arrays that they do not reproduce go to its `raw`.
pub(super) fn outputs(root: &Place<'_>, node: &mut NodeDef, parts: Parts, report: &mut Report) {
    let matchtypes = parts.matchtypes.as_ref().and_then(Value::as_array).unwrap_or_default();
    node.outputs = kinds(root, parts.types.as_ref(), matchtypes, report)
        .into_iter()
        .map(|kind| OutputDef::new(kind.type_word(), kind))
        .collect();
    names(&root.key(Key::OutputName.as_str()), node, parts.names.as_ref(), report);
    lists(&root.key(Key::OutputIsList.as_str()), node, parts.lists.as_ref(), report);
    tooltips(&root.key(Key::OutputTooltips.as_str()), node, parts.tooltips.as_ref(), report);
    if let Some(other) = parts.matchtypes.as_ref().filter(|value| !value.is_null() && value.as_array().is_none()) {
        let message = format!("{} instead of an array of template ids", other.kind_name());
        report.add(&root.key(Key::OutputMatchtypes.as_str()), message);
    }
    let given = [
        (Key::Output, parts.types),
        (Key::OutputName, parts.names),
        (Key::OutputIsList, parts.lists),
        (Key::OutputTooltips, parts.tooltips),
        (Key::OutputMatchtypes, parts.matchtypes),
    ];
    for (key, value) in given {
        if let Some(value) = value
            && node.outputs_value(key) != value
        {
            node.raw.push_unchecked(key.as_str().into(), value);
        }
    }
}

fn kinds(root: &Place<'_>, types: Option<&Value>, matchtypes: &[Value], report: &mut Report) -> Vec<OutputKind> {
    let at = root.key(Key::Output.as_str());
    match types {
        Some(Value::Array(types)) => types
            .iter()
            .enumerate()
            .map(|(slot, one)| kind(&at.index(slot), one, matchtypes.get(slot), report))
            .collect(),
        // `RETURN_TYPES = ("IMAGE")`: a forgotten comma.
        Some(Value::String(_)) => {
            report.add(&at, "a string instead of an array; taken as one output");
            types.into_iter().map(|one| kind(&at, one, matchtypes.first(), report)).collect()
        }
        Some(other) => {
            report.add(&at, format_args!("{} instead of an array; taken as no outputs", other.kind_name()));
            Vec::new()
        }
        None => {
            report.add(root, "the definition has no `output`; taken as no outputs");
            Vec::new()
        }
    }
}

fn kind(at: &Place<'_>, value: &Value, matchtype: Option<&Value>, report: &mut Report) -> OutputKind {
    match value {
        Value::String(word) if word == "COMFY_MATCHTYPE_V3" => {
            let id = matchtype.and_then(Value::as_str);
            if id.is_none() {
                report.add(at, "a matched type, but `output_matchtypes` does not name its template");
            }
            OutputKind::Match(id.map(Text::new))
        }
        Value::String(word) if word == "*" => OutputKind::Any,
        Value::String(word) if !word.trim().is_empty() => {
            let types = split_types(word);
            if types.len() > 1 { OutputKind::Union(types) } else { OutputKind::Type(word.clone()) }
        }
        Value::Array(values) => OutputKind::Combo(values.clone()),
        other => {
            report.add(at, format_args!("{other} is not a type word"));
            OutputKind::Raw(other.clone())
        }
    }
}

fn names(at: &Place<'_>, node: &mut NodeDef, names: Option<&Value>, report: &mut Report) {
    let Some(names) = array(at, node, names, report) else {
        return;
    };
    for (slot, (output, name)) in node.outputs.iter_mut().zip(names).enumerate() {
        match name {
            Value::String(name) => output.name = name.clone(),
            // Without names of its own a classic node repeats its types, and a type may be an array of options.
            Value::Null | Value::Array(_) => {}
            other => report.add(&at.index(slot), format_args!("{other} is not a name")),
        }
    }
}

fn lists(at: &Place<'_>, node: &mut NodeDef, lists: Option<&Value>, report: &mut Report) {
    let Some(lists) = array(at, node, lists, report) else {
        return;
    };
    for (slot, (output, is_list)) in node.outputs.iter_mut().zip(lists).enumerate() {
        match is_list {
            Value::Bool(is_list) => output.is_list = *is_list,
            // Core nodes of 0.26 write null for false.
            Value::Null => {}
            other => report.add(&at.index(slot), format_args!("{other} is not a boolean")),
        }
    }
}

fn tooltips(at: &Place<'_>, node: &mut NodeDef, tooltips: Option<&Value>, report: &mut Report) {
    // Core nodes have more tooltips than outputs; nobody minds.
    let Some(tooltips) = tooltips.filter(|value| !value.is_null()) else {
        return;
    };
    let Some(tooltips) = tooltips.as_array() else {
        return report.add(at, format_args!("{} instead of an array", tooltips.kind_name()));
    };
    for (slot, (output, tooltip)) in node.outputs.iter_mut().zip(tooltips).enumerate() {
        match tooltip {
            Value::String(text) => output.tooltip = Some(text.clone()),
            Value::Null => {}
            other => report.add(&at.index(slot), format_args!("{} instead of a string", other.kind_name())),
        }
    }
}

/// A parallel array; says so if it is none or has not one entry per output.
fn array<'v>(at: &Place<'_>, node: &NodeDef, value: Option<&'v Value>, report: &mut Report) -> Option<&'v [Value]> {
    let value = value?;
    let Some(entries) = value.as_array() else {
        report.add(at, format_args!("{} instead of an array", value.kind_name()));
        return None;
    };
    if entries.len() != node.outputs.len() {
        report.add(at, format_args!("{} entries for {} outputs", entries.len(), node.outputs.len()));
    }
    Some(entries)
}
