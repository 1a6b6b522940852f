//! The document as a whole, and documents that are refused.

use super::{refused, schema};
use crate::{Schema, SchemaError, Value};

const SMALL: &str =
    r#"{"A":{"input":{"required":{"x":["INT"]}},"output":["IMAGE"],"name":"A"},"B":{"input":{},"output":[]}}"#;

#[test]
fn the_answer_for_a_single_node_has_the_same_shape() {
    assert_eq!(schema(r#"{"A":{"input":{},"output":[],"name":"A"}}"#).nodes.len(), 1);
}

#[test]
fn utf16_is_read_like_utf8() {
    let utf16: Vec<u8> = format!("\u{feff}{SMALL}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(Schema::from_slice(&utf16).unwrap(), schema(SMALL));
}

#[test]
fn python_number_tokens() {
    let schema = schema(
        r#"{"A":{"input":{"required":{"x":["FLOAT",{"min":-Infinity,"max":Infinity,"default":NaN}]}},"output":[]}}"#,
    );
    assert!(schema.nodes[0].inputs[0].options.max().and_then(Value::as_f64).is_some_and(f64::is_infinite));
    assert_eq!(Schema::from_slice(schema.to_json().as_bytes()).unwrap(), schema);
}

#[test]
fn lone_surrogates_in_texts_for_people_are_replaced_and_reported() {
    let schema = schema(
        r#"{"A":{"input":{"required":{"x":["INT",{"tooltip":"a\udce9"}],"y":["COMFY_DYNAMICCOMBO_V3",{"options":[
            {"key":"k","inputs":{"required":{"z":["INT",{"tooltip":"\ud83d\ud83d"}]}}}]}]}},"output":["INT"],
            "output_tooltips":["\ud83d"],"description":"\ud83d","display_name":"\ud83d","search_aliases":["a","\udc00"]}}"#,
    );
    assert_eq!(schema.nodes[0].inputs[0].options.tooltip(), Some("a\u{fffd}"));
    assert_eq!(schema.nodes[0].description, "\u{fffd}");
    let issues: Vec<String> = schema.issues.iter().map(ToString::to_string).collect();
    let first =
        "A.input.required.x[1].tooltip: half a character (a lone surrogate) at line 1 column 52; it is read as U+FFFD";
    assert_eq!(issues[0], first);
    let paths: Vec<&str> = schema.issues.iter().map(|issue| issue.path.as_str()).collect();
    let inner = "A.input.required.y[1].options[0].inputs.required.z[1].tooltip";
    let others = ["A.output_tooltips[0]", "A.description", "A.display_name", "A.search_aliases[1]"];
    assert_eq!(paths[1..], [&[inner][..], &others].concat());
}

#[test]
fn lone_surrogates_in_names_and_values_are_errors_with_their_place() {
    for (json, place) in [
        (
            r#"{"A":{"input":{"required":{"x":[["caf\udce9.png"]]}},"output":[]}}"#,
            "the text `A.input.required.x[0][0]`",
        ),
        (r#"{"A\ud83d":{"input":{},"output":[]}}"#, "the key `A\u{fffd}`"),
        (r#"{"A":{"input":{"required":{"\ud83d":["INT"]}},"output":[]}}"#, "the key `A.input.required.\u{fffd}`"),
        (
            r#"{"A":{"input":{"required":{"x":["INT",{"default":"\ud83d"}]}},"output":[]}}"#,
            "`A.input.required.x[1].default`",
        ),
        (r#"{"A":{"input":{"required":{"tooltip":["\ud83d"]}},"output":[]}}"#, "`A.input.required.tooltip[0]`"),
        (r#"{"A":{"input":{"required":{"x":["INT",{"tooltip\ud83d":1}]}},"output":[]}}"#, "the key `A.input"),
        (r#"{"A":{"input":{},"output":["\ud83d"]}}"#, "`A.output[0]`"),
    ] {
        let error = Schema::from_slice(json.as_bytes()).unwrap_err();
        assert!(matches!(error, SchemaError::Surrogate { .. }), "{error}");
        assert!(error.to_string().contains(place) && error.to_string().contains("at line 1 column"), "{error}");
    }
}

#[test]
fn issues_about_lone_surrogates_are_bounded() {
    let tooltips = vec![r#""\ud83d""#; 5_000].join(",");
    let schema = schema(&format!(r#"{{"A":{{"input":{{}},"output":["INT"],"output_tooltips":[{tooltips}]}}}}"#));
    let issues = schema.issues.iter().filter(|issue| issue.message.contains("lone surrogate"));
    assert_eq!(issues.count(), 101);
}

#[test]
fn nodes_are_found_by_class() {
    let mut schema = schema(SMALL);
    assert_eq!(schema.node("B").map(|node| node.class.as_str()), Some("B"));
    assert!(schema.node("C").is_none());
    // The lookup stays right when the list changes.
    let node = schema.nodes.remove(0);
    assert!(schema.node("A").is_none() && schema.node("B").is_some());
    schema.nodes.push(node);
    assert!(schema.node("A").is_some());
}

#[test]
fn a_snapshot_has_one_node_a_line() {
    let expected = "{\n\"A\":{\"input\":{\"required\":{\"x\":[\"INT\"]}},\"output\":[\"IMAGE\"],\"name\":\"A\"},\n\
                    \"B\":{\"input\":{},\"output\":[]}\n}\n";
    assert_eq!(schema(SMALL).to_json(), expected);
}

#[test]
fn empty_input() {
    assert_eq!(Schema::from_slice(b""), Err(SchemaError::Empty));
    assert_eq!(Schema::from_slice(b" \n\t"), Err(SchemaError::Empty));
    assert_eq!(Schema::from_slice(b"\xef\xbb\xbf"), Err(SchemaError::Empty));
}

#[test]
fn a_web_page() {
    insta::assert_snapshot!(refused("\n<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body>"), @"expected JSON, found a web page that begins with `<!DOCTYPE html> <html><head><title>502 Bad Gateway</title></head>`; a proxy or another server answered, so check the address and the port (the default of ComfyUI is 8188)");
}

#[test]
fn not_json() {
    insta::assert_snapshot!(refused("404: Not Found"), @"expected JSON, found a text that begins with `404: Not Found`; save the answer of http://<server>:8188/object_info");
}

#[test]
fn every_prefix_is_truncated_and_the_error_names_the_node() {
    for end in 2..SMALL.len() {
        let error = Schema::from_slice(&SMALL.as_bytes()[..end]).unwrap_err();
        assert!(matches!(error, SchemaError::Truncated { .. }), "{end}: {error}");
    }
    insta::assert_snapshot!(refused(&SMALL[..40]), @"the document ends too early, in the middle of node `A`, at line 1 column 41; it was cut off while it was downloaded or copied, so fetch it again");
    insta::assert_snapshot!(refused(&SMALL[..SMALL.len() - 1]), @"the document ends too early, between two nodes, at line 1 column 101; it was cut off while it was downloaded or copied, so fetch it again");
}

#[test]
fn a_syntax_error() {
    insta::assert_snapshot!(refused("{\"A\": {\"input\": {},\n \"output\": [,]}}"), @"invalid JSON in the definition of node `A` at line 2 column 13; correct it if the file was edited by hand, or fetch it again");
    insta::assert_snapshot!(refused(&format!("{SMALL} x")), @"invalid JSON at line 1 column 103; correct it if the file was edited by hand, or fetch it again");
}

#[test]
fn another_encoding() {
    let error = Schema::from_slice(b"{\"caf\xe9\": {}}").unwrap_err();
    let cause = std::error::Error::source(&error).unwrap();
    insta::assert_snapshot!(cause, @"invalid UTF-8 byte 0xe9 at line 1 column 6");
    insta::assert_snapshot!(error, @"invalid UTF-8 or UTF-16 at line 1 column 6; save the server's answer without converting it");
}

#[test]
fn nested_too_deep() {
    let json = format!("{{\"A\": {}", "[".repeat(100_000));
    insta::assert_snapshot!(refused(&json), @"the JSON is nested too deeply in the definition of node `A` at line 1 column 207; remove the entry, or the node pack that it comes from");
}

#[test]
fn not_an_object() {
    insta::assert_snapshot!(refused("[1, 2]"), @"expected an object of node definitions, found an array; is this the answer of /object_info?");
    assert_eq!(Schema::from_slice(b"null"), Err(SchemaError::NotAnObject { found: "null" }));
    assert_eq!(Schema::from_slice(b"\"x\""), Err(SchemaError::NotAnObject { found: "a string" }));
}

#[test]
fn no_nodes() {
    insta::assert_snapshot!(refused("{}"), @"the document has no node definitions; is this the answer of /object_info? (/object_info/<class> answers `{}` for a class that the server does not have)");
}

#[test]
fn an_error_body() {
    insta::assert_snapshot!(refused(r#"{"error": {"type": "x", "message": "No prompt provided", "details": ""}, "node_errors": []}"#), @"expected the answer of /object_info, found an error message: No prompt provided; resolve that error and fetch the answer again");
    assert_eq!(
        Schema::from_slice(br#"{"error": "Unauthorized"}"#),
        Err(SchemaError::ServerError { message: "Unauthorized".into() })
    );
}

#[test]
fn a_workflow() {
    let api = r#"{"1": {"class_type": "KSampler", "inputs": {}, "_meta": {"title": "x"}}}"#;
    insta::assert_snapshot!(refused(api), @"expected node definitions, found a workflow in API format; give the answer of /object_info here, and the workflow where one is expected");
    assert_eq!(refused(&format!(r#"{{"client_id": "x", "prompt": {api}}}"#)), refused(api));
    let ui = r#"{"last_node_id": 1, "nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4}"#;
    insta::assert_snapshot!(refused(ui), @"expected node definitions, found a workflow in UI format; give the answer of /object_info here, and the workflow where one is expected");
}

#[test]
fn another_object() {
    insta::assert_snapshot!(refused(r#"{"system": {"os": "posix"}, "devices": []}"#), @"expected node definitions, found an object whose first key is `system`; is this the answer of /object_info?");
}

#[test]
fn definitions_beside_other_entries_are_read() {
    let schema = schema(r#"{"A": null, "B": {"input": {}, "output": []}}"#);
    assert_eq!((schema.nodes.len(), schema.issues.len()), (2, 1));
}
