//! Whole definitions.

use super::node;
use crate::{InputKind, OutputKind, Producer, Section, Text, Value};

/// A definition as the classic interface writes it.
const CLASSIC: &str = r#"{"input":{"required":{"image":["IMAGE"],"mode":[["soft","hard"],{"default":"soft"}]},"hidden":{"uid":"UNIQUE_ID"}},
 "input_order":{"required":["image","mode"],"hidden":["uid"]},"is_input_list":false,
 "output":["IMAGE"],"output_is_list":[false],"output_name":["IMAGE"],
 "name":"N","display_name":"Tint","description":"","python_module":"custom_nodes.tint","category":"image",
 "output_node":false,"has_intermediate_output":false,"search_aliases":[]}"#;

/// A definition as the schema interface writes it.
const SCHEMA: &str = r#"{"input":{"required":{"image":["IMAGE",{}],"mode":["COMBO",{"default":"soft","multiselect":false,"options":["soft","hard"]}]},
            "hidden":{"unique_id":["UNIQUE_ID"]}},
 "input_order":{"required":["image","mode"],"hidden":["unique_id"]},"is_input_list":false,
 "output":["IMAGE"],"output_is_list":[false],"output_name":["IMAGE"],"output_tooltips":[null],"output_matchtypes":null,
 "name":"N","display_name":null,"description":"","python_module":"comfy_extras.nodes_tint","category":"image","output_node":false,
 "deprecated":false,"experimental":false,"dev_only":false,"api_node":false,"price_badge":null,"search_aliases":null,
 "essentials_category":null,"has_intermediate_output":false}"#;

#[test]
fn a_classic_definition_leaves_nothing_raw() {
    let (node, issues) = node(CLASSIC);
    assert_eq!((node.producer, node.raw.len(), issues.len()), (Producer::V1, 0, 0));
    assert_eq!((node.display_name.as_deref(), node.python_module.as_str()), (Some("Tint"), "custom_nodes.tint"));
    assert_eq!((node.hidden[0].name.as_str(), &node.hidden[0].spec), ("uid", &Value::from("UNIQUE_ID")));
    assert_eq!(node.input("mode").unwrap().section, Section::Required);
}

#[test]
fn a_schema_definition_leaves_nothing_raw() {
    let (node, issues) = node(SCHEMA);
    assert_eq!((node.producer, node.raw.len(), issues.len()), (Producer::V3, 0, 0));
    assert_eq!((node.display_name, node.outputs[0].tooltip.as_deref()), (None, None));
}

#[test]
fn keys_are_written_in_the_order_of_the_interface() {
    for json in [CLASSIC, SCHEMA] {
        let compact = Value::parse(json.as_bytes()).unwrap().to_string();
        assert_eq!(node(json).0.to_value().to_string(), compact);
    }
}

#[test]
fn keys_that_a_server_left_out_are_not_written() {
    let (node, issues) = node(r#"{"input":{"required":{"a":["INT"]}},"output":["INT"]}"#);
    assert_eq!((issues.len(), node.raw.len()), (0, 0));
    assert_eq!(node.outputs[0].name, "INT", "a missing name falls back to the type");
}

#[test]
fn old_definitions_of_the_schema_interface_are_recognized_by_false_flags() {
    assert_eq!(node(r#"{"input":{},"output":[],"deprecated":false}"#).0.producer, Producer::V3);
    assert_eq!(node(r#"{"input":{},"output":[],"deprecated":true}"#).0.producer, Producer::V1);
}

#[test]
fn inputs_are_required_first_then_by_input_order() {
    let (node, issues) = node(
        r#"{"input":{"optional":{"o":["INT"]},"required":{"b":["INT"],"a":["INT"]}},"input_order":{"optional":["o"],"required":["a","b"]},"output":[]}"#,
    );
    assert_eq!(node.inputs.iter().map(|input| input.name.as_str()).collect::<Vec<_>>(), ["a", "b", "o"]);
    assert_eq!(issues, [""; 0]);
}

#[test]
fn unknown_keys_are_kept() {
    let (node, issues) = node(r#"{"input":{},"output":[],"help":"h","of their own":{"x":1}}"#);
    assert_eq!(node.raw.keys().map(Text::as_str).collect::<Vec<_>>(), ["help", "of their own"]);
    assert_eq!(issues, [""; 0]);
}

#[test]
fn flags_and_texts() {
    let (node, _) = node(
        r#"{"input":{},"output":[],"is_input_list":true,"output_node":true,"has_intermediate_output":true,"deprecated":true,
        "experimental":true,"dev_only":true,"api_node":true,"category":"a/b/","search_aliases":["x","y"],"description":"d",
        "price_badge":{"engine":"jsonata"},"essentials_category":"Basics"}"#,
    );
    assert!(node.is_input_list && node.output_node && node.has_intermediate_output && node.deprecated);
    assert!(node.experimental && node.dev_only && node.api_node);
    assert_eq!((node.category.as_str(), node.search_aliases.len(), node.description.as_str()), ("a/b/", 2, "d"));
    assert!(node.raw.contains_key("price_badge") && node.raw.contains_key("essentials_category"));
}

#[test]
fn output_kinds() {
    let (node, issues) = node(
        r#"{"input":{},"output":["IMAGE","A, B","*",["x","y"],"COMFY_MATCHTYPE_V3"],"output_name":["i","u","any",["x","y"],"m"],
        "output_is_list":[false,true,null,false,false],"output_matchtypes":[null,null,null,null,"t"],"output_tooltips":["tip",null]}"#,
    );
    let kinds: Vec<_> = node.outputs.iter().map(|output| output.kind.clone()).collect();
    assert_eq!(
        kinds,
        [
            OutputKind::Type("IMAGE".into()),
            OutputKind::Union(vec!["A".into(), "B".into()]),
            OutputKind::Any,
            OutputKind::Combo(vec!["x".into(), "y".into()]),
            OutputKind::Match(Some("t".into())),
        ]
    );
    assert_eq!(
        node.outputs.iter().map(|output| output.name.as_str()).collect::<Vec<_>>(),
        ["i", "u", "any", "COMBO", "m"]
    );
    assert_eq!(
        node.outputs.iter().map(|output| output.is_list).collect::<Vec<_>>(),
        [false, true, false, false, false]
    );
    assert_eq!((node.outputs[0].tooltip.as_deref(), issues.len()), (Some("tip"), 0));
}

#[test]
fn surplus_tooltips_are_normal() {
    let (node, issues) = node(r#"{"input":{},"output":["M"],"output_tooltips":["a","b"]}"#);
    assert_eq!((node.outputs.len(), issues.len()), (1, 0));
}

#[test]
fn a_node_made_in_code_is_written_whole() {
    let mut node = crate::NodeDef::new("Made", Producer::V1);
    let mut other = super::node(CLASSIC).0;
    node.inputs.append(&mut other.inputs);
    node.deprecated = true;
    let (read, issues) = crate::NodeDef::from_value("Made", node.to_value());
    assert_eq!((read.inputs.len(), read.deprecated, issues.len()), (2, true, 0));
    assert!(matches!(read.inputs[1].kind, InputKind::Combo(_)));
    assert_eq!(read.to_value(), node.to_value());
}
