//! A small schema, and short ways to write workflows.

use comfy_convert::{ConvertError, Converted, Converter, UiWorkflow};
use comfy_schema::{Schema, Value};

/// The classes of the test cases.
const CLASSES: &str = include_str!("classes.json");

pub(crate) fn schema() -> Schema {
    Schema::from_slice(CLASSES.as_bytes()).unwrap()
}

pub(crate) fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).map_err(|error| format!("{error}: {text}")).unwrap()
}

/// Returns a file in format 0.4 of these nodes, links and further keys.
pub(crate) fn file(nodes: &[&str], links: &str, more: &str) -> UiWorkflow {
    let comma = if more.is_empty() { "" } else { "," };
    let text = format!(r#"{{"version":0.4,"nodes":[{}],"links":{links}{comma}{more}}}"#, nodes.join(","));
    UiWorkflow::from_value(&json(&text)).unwrap()
}

pub(crate) fn convert(workflow: &UiWorkflow) -> Result<Converted, ConvertError> {
    Converter::new(&schema()).convert(workflow)
}

/// Asserts the whole prompt of a workflow.
#[track_caller]
pub(crate) fn gives(workflow: &UiWorkflow, prompt: &str) {
    let converted = convert(workflow).unwrap();
    assert_eq!(converted.prompt, json(prompt), "{}", converted.prompt);
}

/// Asserts the inputs of the nodes of a workflow: `{"1": {…}}`.
#[track_caller]
pub(crate) fn inputs(workflow: &UiWorkflow, expected: &str) {
    let converted = convert(workflow).unwrap();
    let nodes = converted.prompt.as_object().unwrap();
    let inputs: comfy_schema::Map =
        nodes.iter().map(|(id, node)| (id.clone(), node.as_object().unwrap().get("inputs").unwrap().clone())).collect();
    assert_eq!(Value::from(inputs.clone()), json(expected), "{inputs}");
}

/// Asserts the inputs of a node of this class with these saved values.
#[track_caller]
pub(crate) fn values(class: &str, values: &str, expected: &str) {
    let node = format!(r#"{{"id":1,"type":"{class}","widgets_values":{values}}}"#);
    inputs(&file(&[&node], "[]", ""), &format!(r#"{{"1":{expected}}}"#));
}
