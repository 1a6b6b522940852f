//! A schema with every kind of malformed part: all are reported, and none is lost.

use comfy_schema::{Schema, Value};

const MALFORMED: &str = include_str!("fixtures/malformed.json");

#[test]
fn every_malformed_part_is_reported_with_its_place() {
    let schema = Schema::from_slice(MALFORMED.as_bytes()).unwrap();
    let issues: Vec<String> = schema.issues.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(issues.join("\n"));
}

#[test]
fn no_malformed_part_is_lost() {
    let schema = Schema::from_slice(MALFORMED.as_bytes()).unwrap();
    let original = Value::parse(MALFORMED.as_bytes()).unwrap();
    assert_eq!(Value::parse(schema.to_json().as_bytes()).unwrap(), original);
}
