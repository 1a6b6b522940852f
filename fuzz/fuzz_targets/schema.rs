//! Feeds bytes to the reader of node definitions. Reading never panics, and writing and reading again returns the same schema.
//!
//! ```text
//! cargo install cargo-fuzz
//! mkdir -p fuzz/corpus/schema && cp comfy-schema/tests/fixtures/malformed.json fuzz/corpus/schema/
//! cargo +nightly fuzz run schema -- -dict=fuzz/schema.dict -max_len=4096 -max_total_time=120
//! ```

#![no_main]

use comfy_schema::{Schema, Value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(schema) = Schema::from_slice(bytes) else {
        return;
    };
    let written = schema.to_json();
    let again = Schema::from_slice(written.as_bytes()).expect("written definitions are read");
    assert_eq!(again.nodes, schema.nodes);
    let original = Value::parse(bytes).expect("a schema is JSON");
    let rewritten = Value::parse(written.as_bytes()).expect("written definitions are JSON");
    assert_eq!(rewritten, original);
});
