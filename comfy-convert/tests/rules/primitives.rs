//! Primitive nodes.

use crate::support::{file, inputs};

fn primitive(values: &str, links: &str) -> String {
    format!(
        r#"{{"id":1,"type":"PrimitiveNode","outputs":[{{"name":"X","type":"X","links":{links}}}],"widgets_values":{values}}}"#
    )
}

#[track_caller]
fn pushes(value: &str, input: &str, expected: &str) {
    let node = format!(
        r#"{{"id":2,"type":"Number","inputs":[{{"name":"{input}","type":"X","widget":{{"name":"{input}"}},"link":7}}],"widgets_values":[5,1.25,"b"]}}"#
    );
    let workflow = file(&[&primitive(value, "[7]"), &node], r#"[[7,1,0,2,0,"X"]]"#, "");
    inputs(&workflow, &format!(r#"{{"2":{expected}}}"#));
}

#[test]
fn the_value_is_pushed_and_rounded_to_steps_from_the_minimum() {
    pushes("[8]", "i", r#"{"i":9,"f":1.25,"c":"b"}"#);
    pushes("[1000]", "i", r#"{"i":101,"f":1.25,"c":"b"}"#);
}

#[test]
fn floats_are_rounded_to_the_decimals_of_the_step_and_bounded() {
    pushes("[0.126]", "f", r#"{"i":5,"f":0.13,"c":"b"}"#);
    pushes("[17]", "f", r#"{"i":5,"f":2,"c":"b"}"#);
}

#[test]
fn null_on_a_combo_is_its_first_option() {
    pushes("[null]", "c", r#"{"i":5,"f":1.25,"c":"a"}"#);
}

#[test]
fn without_a_value_the_targets_own_counts() {
    pushes("[]", "f", r#"{"i":5,"f":1.25,"c":"b"}"#);
}

#[test]
fn a_primitive_without_its_first_link_does_nothing() {
    let node = r#"{"id":2,"type":"Make","inputs":[{"name":"n","type":"INT","widget":{"name":"n"},"link":7}],"widgets_values":[5]}"#;
    let links = r#"[[7,1,0,2,1,"INT"]]"#;
    inputs(&file(&[&primitive("[3]", "[99,7]"), node], links, ""), r#"{"2":{"n":5,"s":"d"}}"#);
    inputs(&file(&[&primitive("[3]", "[7,99]"), node], links, ""), r#"{"2":{"n":3,"s":"d"}}"#);
}

#[test]
fn a_primitive_does_not_work_through_a_reroute() {
    let reroute =
        r#"{"id":3,"type":"Reroute","inputs":[{"name":"","type":"*","link":7}],"outputs":[{"type":"*","links":[8]}]}"#;
    let node = r#"{"id":2,"type":"Make","inputs":[{"name":"n","type":"INT","widget":{"name":"n"},"link":8}],"widgets_values":[5]}"#;
    let workflow = file(&[&primitive("[3]", "[7]"), reroute, node], r#"[[7,1,0,3,0,"*"],[8,3,0,2,1,"*"]]"#, "");
    inputs(&workflow, r#"{"2":{"n":5,"s":"d"}}"#);
}
