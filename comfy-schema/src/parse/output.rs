//! Parses the outputs of a definition: five parallel arrays.

use super::report::{Place, Report};
use crate::model::split_types;
use crate::{Key, NodeDef, OutputDef, OutputKind, Text, Value};

/// The five arrays, as they were sent.
pub(super) struct Parts {
    pub(super) types: Option<Value>,
    pub(super) names: Option<Value>,
    pub(super) lists: Option<Value>,
    pub(super) tooltips: Option<Value>,
    pub(super) matchtypes: Option<Value>,
}

/// Parses the five arrays into the node's outputs. Arrays that the outputs do not reproduce are kept in `raw`.
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
        report.expected(&root.key(Key::OutputMatchtypes.as_str()), "an array of template ids", other);
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
        // `RETURN_TYPES = ("IMAGE")`, with the comma forgotten.
        Some(Value::String(_)) => {
            report.add(&at, "expected an array, found a string; taken as one output");
            types.into_iter().map(|one| kind(&at, one, matchtypes.first(), report)).collect()
        }
        Some(other) => {
            report.add(&at, format_args!("expected an array, found {}; taken as no outputs", other.kind_name()));
            Vec::new()
        }
        None => {
            report.add(root, "missing `output`; taken as no outputs");
            Vec::new()
        }
    }
}

fn kind(at: &Place<'_>, value: &Value, matchtype: Option<&Value>, report: &mut Report) -> OutputKind {
    match value {
        Value::String(word) if word == "COMFY_MATCHTYPE_V3" => {
            let id = matchtype.and_then(Value::as_str);
            if id.is_none() {
                report.add(at, "missing template id of the matched type in `output_matchtypes`");
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
            report.add(at, format_args!("expected a type word, found {other}"));
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
            // A classic node without names repeats its types, and a type may be an array of options.
            Value::Null | Value::Array(_) => {}
            other => report.add(&at.index(slot), format_args!("expected a name, found {other}")),
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
            // Core nodes of ComfyUI 0.26 write `null` for `false`.
            Value::Null => {}
            other => report.add(&at.index(slot), format_args!("expected a boolean, found {other}")),
        }
    }
}

fn tooltips(at: &Place<'_>, node: &mut NodeDef, tooltips: Option<&Value>, report: &mut Report) {
    // Surplus tooltips are not reported: core nodes have some.
    let Some(tooltips) = tooltips.filter(|value| !value.is_null()) else {
        return;
    };
    let Some(tooltips) = tooltips.as_array() else {
        return report.expected(at, "an array", tooltips);
    };
    for (slot, (output, tooltip)) in node.outputs.iter_mut().zip(tooltips).enumerate() {
        match tooltip {
            Value::String(text) => output.tooltip = Some(text.clone()),
            Value::Null => {}
            other => report.expected(&at.index(slot), "a string", other),
        }
    }
}

/// Returns a parallel array. Reports a value that is not an array and an array without exactly one entry per output.
fn array<'v>(at: &Place<'_>, node: &NodeDef, value: Option<&'v Value>, report: &mut Report) -> Option<&'v [Value]> {
    let value = value?;
    let Some(entries) = value.as_array() else {
        report.expected(at, "an array", value);
        return None;
    };
    if entries.len() != node.outputs.len() {
        report
            .add(at, format_args!("expected {} entries, one per output, found {}", node.outputs.len(), entries.len()));
    }
    Some(entries)
}
