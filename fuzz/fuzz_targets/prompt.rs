//! Feeds bytes to the validator as a request body. Checking never panics, and the response is JSON.
//!
//! ```text
//! cargo +nightly fuzz run prompt -- -dict=fuzz/prompt.dict -max_len=4096 -max_total_time=120
//! ```

#![no_main]

use std::sync::LazyLock;

use comfy_schema::validate::Validator;
use comfy_schema::{Schema, Value};
use libfuzzer_sys::fuzz_target;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::from_slice(include_bytes!("../../comfy-schema/tests/fixtures/rules.json")).expect("the fixture is a schema")
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(body) = Value::parse(bytes) else {
        return;
    };
    let validator = Validator::new(&SCHEMA);
    // Checks the bytes as a prompt, which random input finds sooner, and as a request body with a prompt.
    for verdict in [validator.check(&body, None), validator.check_body(&body)] {
        assert_eq!(verdict.is_valid(), !verdict.outputs().is_empty());
        let written = verdict.to_response().to_string();
        Value::parse(written.as_bytes()).expect("the response is JSON");
    }
});
