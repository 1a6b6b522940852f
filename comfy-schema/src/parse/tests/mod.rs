//! One case per rule of the format, named for it.

mod document;
mod dynamic;
mod node;
mod odd;
mod specs;

use crate::{InputDef, InputKind, NodeDef, Schema, Value};

/// Reads one definition; the issues in their printed form. Whatever the case, it must be written as it was.
#[track_caller]
fn node(definition: &str) -> (NodeDef, Vec<String>) {
    let value = Value::parse(definition.as_bytes()).unwrap();
    let (node, issues) = NodeDef::from_value("N", value.clone());
    assert_eq!(node.to_value(), value, "what was written differs from what was read");
    (node, issues.iter().map(ToString::to_string).collect())
}

/// Reads the specification of one required input `x`.
#[track_caller]
fn spec(spec: &str) -> (InputDef, Vec<String>) {
    let (mut node, issues) = node(&format!(r#"{{"input":{{"required":{{"x":{spec}}}}},"output":[]}}"#));
    (node.inputs.remove(0), issues)
}

/// The same, of a specification that is in order.
#[track_caller]
fn good(json: &str) -> InputDef {
    let (input, issues) = spec(json);
    assert_eq!(issues, [""; 0]);
    input
}

/// The same, of one that is kept raw and reported.
#[track_caller]
fn raw(json: &str, issue: &str) {
    let (input, issues) = spec(json);
    assert_eq!(input.kind, InputKind::Raw(Value::parse(json.as_bytes()).unwrap()));
    assert_eq!(issues, [issue]);
}

fn schema(json: &str) -> Schema {
    Schema::from_slice(json.as_bytes()).unwrap()
}

/// The message of a document that is refused.
fn refused(json: &str) -> String {
    Schema::from_slice(json.as_bytes()).unwrap_err().to_string()
}
