//! Feeds bytes to the converter as a workflow. Reading and converting never panic, and the converted prompt is JSON.

use comfy_convert::{Converter, read};
use comfy_schema::Value;

use crate::CLASSES;

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Ok(document) = read(bytes) else {
        return;
    };
    let Some(workflow) = document.ui() else {
        return;
    };
    for converter in [Converter::new(&CLASSES), Converter::new(&CLASSES).follow_get_set().list_inactive()] {
        if let Ok(converted) = converter.convert(workflow) {
            let text = converted.prompt.to_string();
            assert_eq!(Value::parse(text.as_bytes()).expect("a prompt is JSON"), converted.prompt);
        }
    }
}
