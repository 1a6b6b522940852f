//! Malformed parts of definitions, as real servers send them: understood where possible, kept and reported in any case.

use super::{node, raw, schema, spec};
use crate::{InputDef, InputKind, OutputKind, Section, Text, Value};

/// Returns the issues of a definition in which only these keys are malformed.
#[track_caller]
fn issues_of(keys: &str) -> Vec<String> {
    node(&format!(r#"{{"input":{{}},"output":["A","B"],{keys}}}"#)).1
}

#[test]
fn bare_word_specification() {
    let (input, issues) = spec(r#""IMAGE""#);
    assert_eq!(input.kind, InputKind::Link("IMAGE".into()));
    assert_eq!(issues, ["N.input.required.x: expected an array of type and options, found the type word alone"]);
}

#[test]
fn specification_of_three_entries() {
    let (input, issues) = spec(r#"["STRING",{"default":"d"},"a comment"]"#);
    assert_eq!((input.kind, input.options.default()), (InputKind::String, Some(&Value::from("d"))));
    assert_eq!(issues, ["N.input.required.x: expected type and options, found 3 entries"]);
}

#[test]
fn options_that_are_not_an_object() {
    let (input, issues) = spec(r#"["INT",null]"#);
    assert_eq!((input.kind, input.options.len()), (InputKind::Int, 0));
    assert_eq!(issues, ["N.input.required.x[1]: expected an object of options, found null"]);
}

#[test]
fn specifications_without_a_type_are_raw() {
    raw("[]", "N.input.required.x: expected an array of type and options, found an empty array");
    raw("null", "N.input.required.x: expected an array of type and options, found null");
    raw(r#"[{"a":1},{}]"#, "N.input.required.x[0]: expected a type word or an array of values, found an object");
    raw(r#"[" ",{}]"#, "N.input.required.x[0]: expected a type word or an array of values, found a string");
    raw(r#""""#, "N.input.required.x: expected an array of type and options, found a string");
}

#[test]
fn combos_of_lists_and_objects() {
    let (input, issues) = spec(r#"[[[true,false],{"a":1}]]"#);
    assert!(matches!(input.kind, InputKind::Combo(combo) if combo.values.len() == 2));
    assert_eq!(
        issues,
        [
            "N.input.required.x[0][0]: expected a scalar value, found an array",
            "N.input.required.x[0][1]: expected a scalar value, found an object"
        ]
    );
}

#[test]
fn combo_options_that_are_not_an_array() {
    let (input, issues) = spec(r#"["COMBO",{"options":null}]"#);
    assert!(matches!(input.kind, InputKind::Combo(combo) if combo.values.is_empty()));
    assert_eq!(issues, ["N.input.required.x[1].options: expected an array of values, found null"]);
}

#[test]
fn one_input_in_both_sections_is_required() {
    let (node, issues) = node(r#"{"input":{"optional":{"a":["INT"]},"required":{"a":["FLOAT"]}},"output":[]}"#);
    assert!(matches!(node.inputs.as_slice(), [InputDef { section: Section::Required, kind: InputKind::Float, .. }]));
    assert_eq!(issues, ["N.input.optional.a: the input is also required; the required one counts"]);
}

#[test]
fn unknown_sections() {
    let (node, issues) = node(r#"{"input":{"required":{},"extra":{"a":["INT"]}},"output":[]}"#);
    assert!(node.inputs.is_empty() && node.raw.contains_key("input"));
    assert_eq!(issues, ["N.input.extra: unknown section; the server reads only required, optional and hidden"]);
}

#[test]
fn sections_and_inputs_that_are_not_objects() {
    let at = "N.input";
    let of = |input: &str| node(&format!(r#"{{"input":{input},"output":[]}}"#)).1;
    assert_eq!(of("null"), [format!("{at}: expected an object of sections, found null")]);
    assert_eq!(of("[]"), [format!("{at}: expected an object of sections, found an array")]);
    assert_eq!(
        of(r#"{"required":{},"hidden":null}"#),
        [format!("{at}.hidden: expected an object of inputs, found null")]
    );
    assert_eq!(of(r#"{"required":null}"#), [format!("{at}.required: expected an object of inputs, found null")]);
}

#[test]
fn input_order_that_disagrees_with_the_inputs() {
    let (node, issues) = node(
        r#"{"input":{"required":{"a":["INT"],"b":["INT"]}},"input_order":{"required":["b","c"],"optional":1},"output":[]}"#,
    );
    assert_eq!(node.inputs[0].name, "b");
    assert_eq!(
        issues,
        [
            "N.input_order.required: missing declared inputs: `a`",
            "N.input_order.required: undeclared inputs: `c`",
            "N.input_order.optional: expected an array of names, found an integer"
        ]
    );
    assert_eq!(issues_of(r#""input_order":null"#), ["N.input_order: expected an object of arrays, found null"]);
}

#[test]
fn missing_input_and_output() {
    let (node, issues) = node("{}");
    assert!(node.inputs.is_empty() && node.outputs.is_empty());
    assert_eq!(issues, ["N: missing `input`", "N: missing `output`; taken as no outputs"]);
}

#[test]
fn output_as_a_string() {
    let (node, issues) = node(r#"{"input":{},"output":"IMAGE"}"#);
    assert!(matches!(node.outputs[0].kind, OutputKind::Type(_)));
    assert_eq!(issues, ["N.output: expected an array, found a string; taken as one output"]);
}

#[test]
fn output_that_is_null_or_holds_other_values_than_type_words() {
    let (without, issues) = node(r#"{"input":{},"output":null}"#);
    assert!(without.outputs.is_empty());
    assert_eq!(issues, ["N.output: expected an array, found null; taken as no outputs"]);
    let (node, issues) = node(r#"{"input":{},"output":[1,""]}"#);
    assert!(matches!(node.outputs[0].kind, OutputKind::Raw(Value::Int(1))));
    assert_eq!(issues, ["N.output[0]: expected a type word, found 1", "N.output[1]: expected a type word, found \"\""]);
}

#[test]
fn parallel_arrays_of_another_length_or_type() {
    assert_eq!(issues_of(r#""output_name":["x"]"#), ["N.output_name: expected 2 entries, one per output, found 1"]);
    assert_eq!(
        issues_of(r#""output_is_list":[true,true,true]"#),
        ["N.output_is_list: expected 2 entries, one per output, found 3"]
    );
    assert_eq!(issues_of(r#""output_name":"x""#), ["N.output_name: expected an array, found a string"]);
    assert_eq!(issues_of(r#""output_name":null"#), ["N.output_name: expected an array, found null"]);
    assert_eq!(issues_of(r#""output_name":["x",5]"#), ["N.output_name[1]: expected a name, found 5"]);
    assert_eq!(issues_of(r#""output_is_list":[0,false]"#), ["N.output_is_list[0]: expected a boolean, found 0"]);
    assert_eq!(issues_of(r#""output_tooltips":"x""#), ["N.output_tooltips: expected an array, found a string"]);
    assert_eq!(
        issues_of(r#""output_matchtypes":1"#),
        ["N.output_matchtypes: expected an array of template ids, found an integer"]
    );
    assert_eq!(issues_of(r#""output_tooltips":null"#), [""; 0]);
}

#[test]
fn matched_output_without_template() {
    let (node, issues) = node(r#"{"input":{},"output":["COMFY_MATCHTYPE_V3"],"output_matchtypes":null}"#);
    assert_eq!(node.outputs[0].kind, OutputKind::Match(None));
    assert_eq!(issues, ["N.output[0]: missing template id of the matched type in `output_matchtypes`"]);
}

#[test]
fn name_that_differs_from_the_key() {
    assert_eq!(issues_of(r#""name":"Other""#), ["N.name: expected the class `N`, found `Other`"]);
    assert_eq!(issues_of(r#""name":1"#), ["N.name: expected the class, found an integer"]);
}

#[test]
fn texts_and_flags_of_another_type() {
    assert_eq!(issues_of(r#""description":null,"display_name":null,"deprecated":null"#), [""; 0]);
    assert_eq!(issues_of(r#""description":["d"]"#), ["N.description: expected a string, found an array"]);
    assert_eq!(issues_of(r#""display_name":5"#), ["N.display_name: expected a string, found an integer"]);
    assert_eq!(issues_of(r#""output_node":"yes""#), ["N.output_node: expected a boolean, found a string"]);
    assert_eq!(issues_of(r#""search_aliases":"a""#), ["N.search_aliases: expected an array of strings"]);
}

#[test]
fn definition_that_is_not_an_object() {
    let (node, issues) = node("[1]");
    assert!(node.inputs.is_empty() && node.raw.len() == 1);
    assert_eq!(issues, ["N: expected an object, found an array"]);
}

#[test]
fn node_defined_twice() {
    let schema =
        schema(r#"{"A":{"input":{},"output":["X"]},"B":{"input":{},"output":[]},"A":{"input":{},"output":["Y"]}}"#);
    assert_eq!(schema.classes().map(Text::as_str).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(schema.node("A").unwrap().outputs[0].name, "Y");
    assert_eq!(schema.issues[0].to_string(), "A: the class is defined twice; the last definition counts");
}

#[test]
fn key_that_occurs_twice_in_a_definition() {
    let schema = schema(r#"{"A":{"input":{"required":{"x":["INT"],"x":["FLOAT"]}},"output":[]}}"#);
    assert_eq!(schema.nodes[0].inputs[0].kind, InputKind::Float);
    assert_eq!(schema.issues[0].to_string(), "A: key `x` occurs twice in one object; the last one counts");
}

#[test]
fn a_node_reports_at_most_100_issues_and_the_number_of_the_others() {
    let specs: Vec<String> = (0..150).map(|at| format!("\"i{at}\":0")).collect();
    let (node, issues) = node(&format!(r#"{{"input":{{"required":{{{}}}}},"output":[]}}"#, specs.join(",")));
    assert_eq!((node.inputs.len(), issues.len()), (150, 101));
    assert_eq!(issues[100], "N: 50 more issues are not listed");
}
