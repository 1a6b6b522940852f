//! Feeds bytes to the converter as a workflow. Reading and converting never panic, and the converted prompt is JSON.
//!
//! ```text
//! mkdir -p fuzz/corpus/ui_workflow && cp comfy-convert/tests/fixtures/everything.json fuzz/corpus/ui_workflow/
//! cargo +nightly fuzz run ui_workflow -- -dict=fuzz/workflow.dict -max_len=16384 -max_total_time=120
//! ```

#![no_main]

use std::sync::OnceLock;

use comfy_convert::{Converter, read};
use comfy_schema::{Schema, Value};
use libfuzzer_sys::fuzz_target;

static SCHEMA: OnceLock<Schema> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let schema = SCHEMA.get_or_init(|| {
        let classes = include_bytes!("../../comfy-convert/tests/rules/classes.json");
        Schema::from_slice(classes).expect("the fixture is a schema")
    });
    let Ok(document) = read(bytes) else {
        return;
    };
    let Some(workflow) = document.ui() else {
        return;
    };
    for converter in [Converter::new(schema), Converter::new(schema).follow_get_set().list_inactive()] {
        if let Ok(converted) = converter.convert(workflow) {
            let text = converted.prompt.to_string();
            assert_eq!(Value::parse(text.as_bytes()).expect("a prompt is JSON"), converted.prompt);
        }
    }
});
