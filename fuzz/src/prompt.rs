//! Feeds bytes to the validator as a request body. Checking never panics, and the response is JSON.

use comfy_schema::Value;
use comfy_schema::validate::Validator;

use crate::RULES;

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Ok(body) = Value::parse(bytes) else {
        return;
    };
    let validator = Validator::new(&RULES);
    // Checks the bytes as a prompt, which random input finds sooner, and as a request body with a prompt.
    for verdict in [validator.check(&body, None), validator.check_body(&body)] {
        assert_eq!(verdict.is_valid(), !verdict.outputs().is_empty());
        let written = verdict.to_response().to_string();
        Value::parse(written.as_bytes()).expect("the response is JSON");
    }
}
