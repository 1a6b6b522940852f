//! Compares the verdicts on the templates of ComfyUI with those of the server.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use comfy_schema::validate::Validator;
use comfy_schema::{Schema, Value};

use super::{at, data};

#[test]
fn templates_are_as_valid_as_the_server_found_them() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(root.join("validation/object_info.json"))?)?;
    let mut recorded = BTreeMap::new();
    for line in fs::read_to_string(root.join("validation/cases.jsonl"))?.lines() {
        let case = Value::parse(line.as_bytes())?;
        if at(&case, "mutation").and_then(Value::as_str) == Some("original") {
            let base = at(&case, "base").and_then(Value::as_str).ok_or("no base")?.to_owned();
            let valid = at(&case, "verdict").and_then(|verdict| at(verdict, "valid")).and_then(Value::as_bool);
            recorded.insert(base, valid.ok_or("no verdict")?);
        }
    }
    assert!(recorded.len() > 100);
    for (base, valid) in &recorded {
        let Ok(bytes) = fs::read(root.join("templates").join(base)) else { continue };
        let verdict = Validator::new(&schema).check(&Value::parse(&bytes)?, None);
        assert_eq!(verdict.is_valid(), *valid, "{base}: {}", verdict.to_response());
    }
    Ok(())
}
