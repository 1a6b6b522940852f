//! Workflows that give the empty prompt.

use crate::support::{convert, file, json};

/// Asserts that the workflow of these nodes gives the empty prompt, and the reason of the warning.
#[track_caller]
fn is_empty_because(nodes: &[&str], more: &str, reason: &str) {
    let converted = convert(&file(nodes, "[]", more)).unwrap();
    assert_eq!(converted.prompt, json("{}"));
    let warnings: Vec<String> = converted.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, [format!("the prompt is empty, because {reason}; the server will reject it")]);
}

#[test]
fn the_reason_of_an_empty_prompt_is_told() {
    let node = |id: u32, class: &str, mode: u32| format!(r#"{{"id":{id},"type":"{class}","mode":{mode}}}"#);
    is_empty_because(&[], "", "the workflow has no nodes");
    is_empty_because(&[&node(1, "Source", 2)], "", "its only node is muted");
    is_empty_because(&[&node(1, "Source", 4), &node(2, "Unknown", 4)], "", "all 2 nodes are bypassed");
    is_empty_because(&[&node(1, "Note", 2), &node(2, "MarkdownNote", 0)], "", "all 2 nodes are notes");
    is_empty_because(
        &[&node(1, "Source", 2), &node(2, "Source", 4), &node(3, "Note", 0), &node(4, "Reroute", 0)],
        "",
        "of its 4 nodes, 1 is muted, 1 is bypassed, 1 is a note, 1 only passes on links or values",
    );
}

#[test]
fn the_inner_nodes_of_an_active_subgraph_are_counted() {
    let inner = r#""definitions":{"subgraphs":[{"id":"S","name":"S","inputs":[],"outputs":[],"links":[],
        "nodes":[{"id":1,"type":"Source","mode":2},{"id":2,"type":"Source","mode":2}]}]}"#;
    is_empty_because(&[r#"{"id":1,"type":"S"}"#], inner, "all 2 nodes are muted");
    is_empty_because(&[r#"{"id":1,"type":"S","mode":2}"#], inner, "its only node is muted");
}

#[test]
fn a_prompt_with_a_node_has_no_such_warning() {
    let converted = convert(&file(&[r#"{"id":1,"type":"Source"}"#, r#"{"id":2,"type":"Source","mode":2}"#], "[]", ""));
    assert!(converted.unwrap().warnings.is_empty());
}
