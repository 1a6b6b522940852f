//! Feeds bytes to the reader of node definitions. Reading never panics, and writing and reading again returns the same schema.

use comfy_schema::{Schema, Value};

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Ok(schema) = Schema::from_slice(bytes) else {
        return;
    };
    let written = schema.to_json();
    let again = Schema::from_slice(written.as_bytes()).expect("written definitions are read");
    assert_eq!(again.nodes, schema.nodes);
    // Half a character in a description is replaced, and reported as an issue.
    let original = Value::parse_lossy(bytes, |_| true).expect("a schema is JSON");
    let rewritten = Value::parse(written.as_bytes()).expect("written definitions are JSON");
    assert_eq!(rewritten, original);
}
