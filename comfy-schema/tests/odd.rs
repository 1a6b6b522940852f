//! A schema with every oddity: what is reported, and that nothing is lost.

use comfy_schema::{Schema, Value};

const ODD: &str = include_str!("fixtures/odd.json");

#[test]
fn every_oddity_is_reported_with_its_place() {
    let schema = Schema::from_slice(ODD.as_bytes()).unwrap();
    let issues: Vec<String> = schema.issues.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(issues.join("\n"));
}

#[test]
fn no_oddity_is_lost() {
    let schema = Schema::from_slice(ODD.as_bytes()).unwrap();
    let original = Value::parse(ODD.as_bytes()).unwrap();
    assert_eq!(Value::parse(schema.to_json().as_bytes()).unwrap(), original);
}
