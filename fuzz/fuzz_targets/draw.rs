//! Feeds bytes to the drawing as a prompt. Drawing it, laying it out for the editor and comparing it with a schema never
//! panic, and the file for the editor is a workflow.
//!
//! ```text
//! cargo +nightly fuzz run draw -- -dict=fuzz/prompt.dict -max_len=4096 -max_total_time=120
//! ```

#![no_main]

use std::sync::LazyLock;

use comfy_convert::UiWorkflow;
use comfy_draw::{Drawing, to_ui};
use comfy_schema::drift::Comparison;
use comfy_schema::{Schema, Value};
use libfuzzer_sys::fuzz_target;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::from_slice(include_bytes!("../../comfy-schema/tests/fixtures/rules.json")).expect("the fixture is a schema")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(prompt) = Value::parse(bytes) else {
        return;
    };
    for schema in [None, Some(&*SCHEMA)] {
        if let Ok(drawing) = Drawing::new(&prompt, schema) {
            assert!(drawing.svg().ends_with("</svg>\n"));
            assert!(drawing.mermaid().starts_with("flowchart LR\n"));
        }
    }
    if let Ok(document) = to_ui(&prompt, &SCHEMA) {
        let text = document.workflow.to_string();
        let value = Value::parse(text.as_bytes()).expect("the file is JSON");
        UiWorkflow::from_value(&value).expect("the file is a workflow");
    }
    if let Ok(findings) = Comparison::new(&SCHEMA, &SCHEMA).workflow(&prompt) {
        assert!(findings.is_empty());
    }
});
