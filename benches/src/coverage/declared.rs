//! What the raw JSON of a server declares.

use std::error::Error;

use serde_json::{Map, Value};

use super::{Class, Count};

/// The groups of inputs that a program may give; the server fills in the third, `hidden`.
const GROUPS: [&str; 2] = ["required", "optional"];

/// Counts what a document declares: UTF-8 or UTF-16, with or without a mark, with Python's NaN and infinities.
///
/// # Errors
///
/// If it is not JSON, or no object.
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

/// The inputs of both groups; of one that is in both, the first.
fn inputs(input: Option<&Value>) -> Vec<(&String, &Value)> {
    let groups = GROUPS.iter().filter_map(|group| input?.get(group)?.as_object());
    let mut inputs: Vec<(&String, &Value)> = Vec::new();
    for (name, spec) in groups.flatten() {
        if inputs.iter().all(|(known, _)| *known != name) {
            inputs.push((name, spec));
        }
    }
    inputs
}

/// Counts what is inside a dynamic combo, an autogrow input of one, and a group of rows.
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
            // One element, repeated: not a branch itself, but it may have some.
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

/// A document as text, whatever its encoding.
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

/// Writes `null` for `NaN`, `Infinity` and `-Infinity` outside of texts.
fn without_python(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut quoted = false;
    // Between quotes every other piece is text; an escaped quote does not end one.
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
