//! Feeds bytes to the drawing as a prompt. Drawing it, laying it out for the editor and comparing it with a schema never
//! panic, and the file for the editor is a workflow.

use comfy_convert::UiWorkflow;
use comfy_draw::{Drawing, to_ui};
use comfy_schema::Value;
use comfy_schema::drift::Comparison;

use crate::RULES;

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Ok(prompt) = Value::parse(bytes) else {
        return;
    };
    for schema in [None, Some(&*RULES)] {
        if let Ok(drawing) = Drawing::new(&prompt, schema) {
            assert!(drawing.svg().ends_with("</svg>\n"));
            assert!(drawing.mermaid().starts_with("flowchart LR\n"));
        }
    }
    if let Ok(document) = to_ui(&prompt, &RULES) {
        let text = document.workflow.to_string();
        let value = Value::parse(text.as_bytes()).expect("the file is JSON");
        UiWorkflow::from_value(&value).expect("the file is a workflow");
    }
    if let Ok(findings) = Comparison::new(&RULES, &RULES).workflow(&prompt) {
        assert!(findings.is_empty());
    }
}
