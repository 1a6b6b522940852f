//! Counts the inputs and outputs that the raw JSON of a server declares.

use std::error::Error;

use serde_json::{Map, Value};

use super::{Class, Count};

/// The sections of inputs that a prompt may contain; the server fills in the third, `hidden`.
const SECTIONS: [&str; 2] = ["required", "optional"];

/// Counts what a document declares. It may be UTF-8 or UTF-16, with or without a byte order mark, and may contain the NaN and
/// the infinities that Python writes.
///
/// # Errors
///
/// Returns an error if the document is not a JSON object.
pub fn declared(document: &[u8]) -> Result<Count, Box<dyn Error>> {
    let nodes: Map<String, Value> = serde_json::from_str(&without_python(&text(document)?))?;
    let mut count = Count::default();
    for (name, node) in nodes {
        let mut class = Class::default();
        for (input, spec) in inputs(node.get("input")) {
            class.inputs.insert(input.clone());
            nested(spec, &mut count);
        }
        class.outputs = match node.get("output") {
            Some(Value::Array(outputs)) => outputs.len(),
            Some(Value::String(_)) => 1,
            _ => 0,
        };
        count.classes.insert(name, class);
    }
    Ok(count)
}

/// Returns the inputs of both sections. An input that is in both counts once, with its first definition.
fn inputs(input: Option<&Value>) -> Vec<(&String, &Value)> {
    let sections = SECTIONS.iter().filter_map(|section| input?.get(section)?.as_object());
    let mut inputs: Vec<(&String, &Value)> = Vec::new();
    for (name, spec) in sections.flatten() {
        if inputs.iter().all(|(known, _)| *known != name) {
            inputs.push((name, spec));
        }
    }
    inputs
}

/// Counts the branches and inputs inside of a dynamic combo, a group of rows, or an autogrow input.
fn nested(spec: &Value, count: &mut Count) {
    let (kind, options) = (spec.get(0).and_then(Value::as_str), spec.get(1));
    let template = || options?.get("template");
    let branches: Vec<&Value> = match kind {
        Some("COMFY_DYNAMICCOMBO_V3") => {
            let options = options.and_then(|options| options.get("options")?.as_array());
            options.into_iter().flatten().filter_map(|option| option.get("inputs")).collect()
        }
        Some("COMFY_DYNAMICGROUP_V3") => template().into_iter().collect(),
        Some("COMFY_AUTOGROW_V3") => {
            // The repeated element is not a branch, but it may have branches.
            let elements = inputs(template().and_then(|template| template.get("input")));
            if let Some((_, spec)) = elements.first() {
                nested(spec, count);
            }
            return;
        }
        _ => return,
    };
    for branch in branches {
        let inputs = inputs(Some(branch));
        count.branches += 1;
        count.branch_inputs += inputs.len();
        for (_, spec) in inputs {
            nested(spec, count);
        }
    }
}

/// Decodes a document in UTF-8 or UTF-16.
fn text(document: &[u8]) -> Result<String, Box<dyn Error>> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units)
    };
    Ok(match document {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => String::from_utf8(rest.to_vec())?,
    })
}

/// Replaces `NaN`, `Infinity` and `-Infinity` outside of strings by `null`.
fn without_python(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut quoted = false;
    // Every other piece between quotes is a string; an escaped quote does not end it.
    for piece in json.split_inclusive('"') {
        if quoted {
            out.push_str(piece);
            let body = piece.strip_suffix('"').unwrap_or(piece);
            let escapes = body.len() - body.trim_end_matches('\\').len();
            quoted = escapes % 2 == 1;
        } else {
            let fixed = piece.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
            out.push_str(&fixed);
            quoted = piece.ends_with('"');
        }
    }
    out
}
