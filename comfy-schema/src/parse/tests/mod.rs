//! Tests of the parser, one per rule of the format.

mod document;
mod dynamic;
mod malformed;
mod node;
mod specs;

use crate::{InputDef, InputKind, NodeDef, Schema, Value};

/// Parses one definition and returns its issues as texts. Checks that it is written as it was read.
#[track_caller]
fn node(definition: &str) -> (NodeDef, Vec<String>) {
    let value = Value::parse(definition.as_bytes()).unwrap();
    let (node, issues) = NodeDef::from_value("N", value.clone());
    assert_eq!(node.to_value(), value, "the definition is written as it was read");
    (node, issues.iter().map(ToString::to_string).collect())
}

/// Parses the specification of one required input `x`.
#[track_caller]
fn spec(spec: &str) -> (InputDef, Vec<String>) {
    let (mut node, issues) = node(&format!(r#"{{"input":{{"required":{{"x":{spec}}}}},"output":[]}}"#));
    (node.inputs.remove(0), issues)
}

/// Parses a specification without issues.
#[track_caller]
fn good(json: &str) -> InputDef {
    let (input, issues) = spec(json);
    assert_eq!(issues, [""; 0]);
    input
}

/// Parses a specification that is kept raw and reported.
#[track_caller]
fn raw(json: &str, issue: &str) {
    let (input, issues) = spec(json);
    assert_eq!(input.kind, InputKind::Raw(Value::parse(json.as_bytes()).unwrap()));
    assert_eq!(issues, [issue]);
}

fn schema(json: &str) -> Schema {
    Schema::from_slice(json.as_bytes()).unwrap()
}

/// Returns the error message for a document that is refused.
fn refused(json: &str) -> String {
    Schema::from_slice(json.as_bytes()).unwrap_err().to_string()
}
