//! Oddities of real dumps: understood where that is possible, kept and reported in any case.

use super::{node, raw, schema, spec};
use crate::{InputDef, InputKind, OutputKind, Section, Text, Value};

/// A definition that is in order but for these keys.
#[track_caller]
fn issues_of(keys: &str) -> Vec<String> {
    node(&format!(r#"{{"input":{{}},"output":["A","B"],{keys}}}"#)).1
}

#[test]
fn bare_word_specification() {
    let (input, issues) = spec(r#""IMAGE""#);
    assert_eq!(input.kind, InputKind::Link("IMAGE".into()));
    assert_eq!(issues, ["N.input.required.x: a bare word instead of an array of type and options"]);
}

#[test]
fn specification_of_three_entries() {
    let (input, issues) = spec(r#"["STRING",{"default":"d"},"a comment"]"#);
    assert_eq!((input.kind, input.options.default()), (InputKind::String, Some(&Value::from("d"))));
    assert_eq!(issues, ["N.input.required.x: 3 entries instead of type and options"]);
}

#[test]
fn options_that_are_no_object() {
    let (input, issues) = spec(r#"["INT",null]"#);
    assert_eq!((input.kind, input.options.len()), (InputKind::Int, 0));
    assert_eq!(issues, ["N.input.required.x[1]: null instead of an object of options"]);
}

#[test]
fn specifications_without_a_type_are_raw() {
    raw("[]", "N.input.required.x: an empty array instead of type and options");
    raw("null", "N.input.required.x: null instead of an array of type and options");
    raw(r#"[{"a":1},{}]"#, "N.input.required.x[0]: an object instead of a type word or an array of values");
    raw(r#"[" ",{}]"#, "N.input.required.x[0]: a string instead of a type word or an array of values");
    raw(r#""""#, "N.input.required.x: a string instead of an array of type and options");
}

#[test]
fn combos_of_lists_and_objects() {
    let (input, issues) = spec(r#"[[[true,false],{"a":1}]]"#);
    assert!(matches!(input.kind, InputKind::Combo(combo) if combo.values.len() == 2));
    assert_eq!(
        issues,
        [
            "N.input.required.x[0][0]: an array as a value to choose",
            "N.input.required.x[0][1]: an object as a value to choose"
        ]
    );
}

#[test]
fn combo_options_that_are_no_array() {
    let (input, issues) = spec(r#"["COMBO",{"options":null}]"#);
    assert!(matches!(input.kind, InputKind::Combo(combo) if combo.values.is_empty()));
    assert_eq!(issues, ["N.input.required.x[1].options: null instead of an array of values"]);
}

#[test]
fn one_input_in_both_sections_is_required() {
    let (node, issues) = node(r#"{"input":{"optional":{"a":["INT"]},"required":{"a":["FLOAT"]}},"output":[]}"#);
    assert!(matches!(node.inputs.as_slice(), [InputDef { section: Section::Required, kind: InputKind::Float, .. }]));
    assert_eq!(issues, ["N.input.optional.a: the input is required too, and that counts"]);
}

#[test]
fn unknown_sections() {
    let (node, issues) = node(r#"{"input":{"required":{},"extra":{"a":["INT"]}},"output":[]}"#);
    assert!(node.inputs.is_empty() && node.raw.contains_key("input"));
    assert_eq!(issues, ["N.input.extra: unknown section; the server reads only required, optional and hidden"]);
}

#[test]
fn sections_and_inputs_that_are_no_objects() {
    let at = "N.input";
    let of = |input: &str| node(&format!(r#"{{"input":{input},"output":[]}}"#)).1;
    assert_eq!(of("null"), [format!("{at}: null instead of an object of sections")]);
    assert_eq!(of("[]"), [format!("{at}: an array instead of an object of sections")]);
    assert_eq!(of(r#"{"required":{},"hidden":null}"#), [format!("{at}.hidden: null instead of an object of inputs")]);
    assert_eq!(of(r#"{"required":null}"#), [format!("{at}.required: null instead of an object of inputs")]);
}

#[test]
fn input_order_that_names_others() {
    let (node, issues) = node(
        r#"{"input":{"required":{"a":["INT"],"b":["INT"]}},"input_order":{"required":["b","c"],"optional":1},"output":[]}"#,
    );
    assert_eq!(node.inputs[0].name, "b");
    assert_eq!(
        issues,
        [
            "N.input_order.required: does not name `a`",
            "N.input_order.required: names `c`, which is not declared",
            "N.input_order.optional: an integer instead of an array of names"
        ]
    );
    assert_eq!(issues_of(r#""input_order":null"#), ["N.input_order: null instead of an object of arrays"]);
}

#[test]
fn missing_input_and_output() {
    let (node, issues) = node("{}");
    assert!(node.inputs.is_empty() && node.outputs.is_empty());
    assert_eq!(issues, ["N: the definition has no `input`", "N: the definition has no `output`; taken as no outputs"]);
}

#[test]
fn output_as_a_string() {
    let (node, issues) = node(r#"{"input":{},"output":"IMAGE"}"#);
    assert!(matches!(node.outputs[0].kind, OutputKind::Type(_)));
    assert_eq!(issues, ["N.output: a string instead of an array; taken as one output"]);
}

#[test]
fn output_that_is_null_or_holds_no_type_words() {
    let (without, issues) = node(r#"{"input":{},"output":null}"#);
    assert!(without.outputs.is_empty());
    assert_eq!(issues, ["N.output: null instead of an array; taken as no outputs"]);
    let (node, issues) = node(r#"{"input":{},"output":[1,""]}"#);
    assert!(matches!(node.outputs[0].kind, OutputKind::Raw(Value::Int(1))));
    assert_eq!(issues, ["N.output[0]: 1 is not a type word", "N.output[1]: \"\" is not a type word"]);
}

#[test]
fn parallel_arrays_of_another_length_or_type() {
    assert_eq!(issues_of(r#""output_name":["x"]"#), ["N.output_name: 1 entries for 2 outputs"]);
    assert_eq!(issues_of(r#""output_is_list":[true,true,true]"#), ["N.output_is_list: 3 entries for 2 outputs"]);
    assert_eq!(issues_of(r#""output_name":"x""#), ["N.output_name: a string instead of an array"]);
    assert_eq!(issues_of(r#""output_name":null"#), ["N.output_name: null instead of an array"]);
    assert_eq!(issues_of(r#""output_name":["x",5]"#), ["N.output_name[1]: 5 is not a name"]);
    assert_eq!(issues_of(r#""output_is_list":[0,false]"#), ["N.output_is_list[0]: 0 is not a boolean"]);
    assert_eq!(issues_of(r#""output_tooltips":"x""#), ["N.output_tooltips: a string instead of an array"]);
    assert_eq!(
        issues_of(r#""output_matchtypes":1"#),
        ["N.output_matchtypes: an integer instead of an array of template ids"]
    );
    assert_eq!(issues_of(r#""output_tooltips":null"#), [""; 0]);
}

#[test]
fn matched_output_without_template() {
    let (node, issues) = node(r#"{"input":{},"output":["COMFY_MATCHTYPE_V3"],"output_matchtypes":null}"#);
    assert_eq!(node.outputs[0].kind, OutputKind::Match(None));
    assert_eq!(issues, ["N.output[0]: a matched type, but `output_matchtypes` does not name its template"]);
}

#[test]
fn name_that_differs_from_the_key() {
    assert_eq!(
        issues_of(r#""name":"Other""#),
        ["N.name: `Other` differs from the class under which the server offers the node"]
    );
    assert_eq!(issues_of(r#""name":1"#), ["N.name: an integer instead of the class"]);
}

#[test]
fn texts_and_flags_of_another_type() {
    assert_eq!(issues_of(r#""description":null,"display_name":null,"deprecated":null"#), [""; 0]);
    assert_eq!(issues_of(r#""description":["d"]"#), ["N.description: an array instead of a string"]);
    assert_eq!(issues_of(r#""display_name":5"#), ["N.display_name: an integer instead of a string"]);
    assert_eq!(issues_of(r#""output_node":"yes""#), ["N.output_node: a string instead of a boolean"]);
    assert_eq!(issues_of(r#""search_aliases":"a""#), ["N.search_aliases: not an array of strings"]);
}

#[test]
fn definition_that_is_no_object() {
    let (node, issues) = node("[1]");
    assert!(node.inputs.is_empty() && node.raw.len() == 1);
    assert_eq!(issues, ["N: the definition is an array, not an object"]);
}

#[test]
fn node_defined_twice() {
    let schema =
        schema(r#"{"A":{"input":{},"output":["X"]},"B":{"input":{},"output":[]},"A":{"input":{},"output":["Y"]}}"#);
    assert_eq!(schema.classes().map(Text::as_str).collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(schema.node("A").unwrap().outputs[0].name, "Y");
    assert_eq!(schema.issues[0].to_string(), "A: this node is defined twice; the last definition counts");
}

#[test]
fn key_that_occurs_twice_in_a_definition() {
    let schema = schema(r#"{"A":{"input":{"required":{"x":["INT"],"x":["FLOAT"]}},"output":[]}}"#);
    assert_eq!(schema.nodes[0].inputs[0].kind, InputKind::Float);
    assert_eq!(schema.issues[0].to_string(), "A: `x` occurs twice in one object; the last one counts");
}

#[test]
fn a_node_reports_at_most_100_oddities_and_how_many_more_there_are() {
    let specs: Vec<String> = (0..150).map(|at| format!("\"i{at}\":0")).collect();
    let (node, issues) = node(&format!(r#"{{"input":{{"required":{{{}}}}},"output":[]}}"#, specs.join(",")));
    assert_eq!((node.inputs.len(), issues.len()), (150, 101));
    assert_eq!(issues[100], "N: 50 more oddities are not listed");
}
