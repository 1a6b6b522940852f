//! Errors where the front end gives no prompt either, and limits: each names the node and is found in time.

use comfy_convert::{ConvertError, DocumentError, UiWorkflow};

use crate::support::{convert, file, json};

#[track_caller]
fn fails(workflow: &UiWorkflow, expected: &str) {
    let error = convert(workflow).unwrap_err().to_string();
    assert!(error.starts_with(expected), "{error}");
}

fn sink(link: &str) -> String {
    format!(r#"{{"id":9,"type":"Sink","title":"end","inputs":[{{"name":"x","type":"*","link":{link}}}]}}"#)
}

#[test]
fn a_link_to_nowhere() {
    let source = r#"{"id":1,"type":"Source"}"#;
    fails(
        &file(&[&sink("7")], "[]", ""),
        r#"node 9 (Sink, "end"): input `x` refers to link 7, which the file does not have"#,
    );
    // A text is not the number.
    fails(
        &file(&[source, &sink("\"7\"")], r#"[[7,1,0,9,0,"X"]]"#, ""),
        r#"node 9 (Sink, "end"): input `x` refers to link "7""#,
    );
    fails(
        &file(&[&sink("7")], r#"[[7,1,0,9,0,"X"]]"#, ""),
        r#"node 9 (Sink, "end"): input `x` refers to link 7, which begins at"#,
    );
}

#[test]
fn a_cycle_of_bypassed_nodes() {
    let make = |id: u32, link: u32| {
        format!(
            r#"{{"id":{id},"type":"ImageSink","mode":4,"inputs":[{{"name":"image","type":"IMAGE","link":{link}}}]}}"#
        )
    };
    let links = r#"[[1,2,0,1,0,"IMAGE"],[2,1,0,2,0,"IMAGE"],[3,1,0,9,0,"IMAGE"]]"#;
    fails(&file(&[&make(1, 1), &make(2, 2), &sink("3")], links, ""), "node 1 (ImageSink): its links lead back");
}

#[test]
fn a_bypassed_node_without_inputs() {
    let empty = r#"{"id":1,"type":"Empty","mode":4}"#;
    fails(&file(&[empty, &sink("1")], r#"[[1,1,0,9,0,"X"]]"#, ""), "node 1 (Empty): there is no input to pass through");
}

fn subgraph(id: &str, nodes: &str, more: &str) -> String {
    format!(r#"{{"id":"{id}","name":"{id}","nodes":[{nodes}]{more}}}"#)
}

fn with(subgraphs: &[String]) -> UiWorkflow {
    let more = format!(r#""definitions":{{"subgraphs":[{}]}}"#, subgraphs.join(","));
    file(&[r#"{"id":1,"type":"s0"}"#, &sink("1")], r#"[[1,1,0,9,0,"X"]]"#, &more)
}

#[test]
fn a_link_straight_through_a_subgraph() {
    let more = r#","inputs":[{"name":"i","type":"X","linkIds":[1]}],"outputs":[{"name":"o","type":"X","linkIds":[1]}],
        "links":[{"id":1,"origin_id":-10,"origin_slot":0,"target_id":-20,"target_slot":0,"type":"X"}]"#;
    fails(&with(&[subgraph("s0", "", more)]), "node 1 (s0): its output 0 comes straight from an input");
}

#[test]
fn an_output_that_the_subgraph_does_not_have() {
    fails(&with(&[subgraph("s0", "", "")]), "node 1 (s0): there is no output 0");
}

#[test]
fn a_subgraph_that_contains_itself() {
    let own = subgraph("s0", r#"{"id":2,"type":"s0"}"#, "");
    fails(&with(&[own]), "node 2 (s0) in subgraph `s0`: the subgraph `s0` contains itself");
    let mutual = [subgraph("s0", r#"{"id":2,"type":"s1"}"#, ""), subgraph("s1", r#"{"id":3,"type":"s0"}"#, "")];
    fails(&with(&mutual), "node 3 (s0) in subgraph `s1`: the subgraph `s0` contains itself");
}

#[test]
fn ten_thousand_levels() {
    let levels: Vec<String> = (0..10_000)
        .map(|level| subgraph(&format!("s{level}"), &format!(r#"{{"id":{level},"type":"s{}"}}"#, level + 1), ""))
        .collect();
    let error = convert(&with(&levels)).unwrap_err();
    assert!(matches!(error, ConvertError::TooDeep { max: 100, .. }), "{error}");
}

#[test]
fn slots_and_subgraphs_of_a_file_are_limited() {
    let read = |nodes: &str, subgraphs: &str| {
        let text = format!(r#"{{"nodes":[{nodes}],"links":[],"definitions":{{"subgraphs":[{subgraphs}]}}}}"#);
        UiWorkflow::from_value(&json(&text)).map(|_| ())
    };
    let slots = |count: usize| format!(r#"{{"id":1,"type":"A","inputs":[{}]}}"#, vec!["{}"; count].join(","));
    assert_eq!(read(&slots(1_000_001), ""), Err(DocumentError::TooManySlots { max: 1_000_000 }));
    let subgraphs = vec![r#"{"id":"s"}"#; 100_001];
    assert_eq!(read("", &subgraphs[1..].join(",")), Ok(()));
    assert_eq!(read("", &subgraphs.join(",")), Err(DocumentError::TooManySubgraphs { max: 100_000 }));
}

#[test]
fn the_copies_of_subgraphs_that_get_names_are_limited() {
    let own = subgraph("s0", r#"{"id":2,"type":"s0"}"#, "");
    assert_eq!(with(&[own]).subgraph_names().len(), 32);
    let instances = (0..10_100).map(|id| format!(r#"{{"id":{id},"type":"s1"}}"#)).collect::<Vec<_>>().join(",");
    let many = [subgraph("s0", &instances, ""), subgraph("s1", r#"{"id":1,"type":"A"}"#, "")];
    assert_eq!(with(&many).subgraph_names().len(), 10_000);
}

#[test]
fn a_chain_of_doublings() {
    let levels: Vec<String> = (0..64)
        .map(|level| {
            let inner = format!(r#"{{"id":1,"type":"s{0}"}},{{"id":2,"type":"s{0}"}}"#, level + 1);
            subgraph(&format!("s{level}"), &inner, "")
        })
        .collect();
    let error = convert(&with(&levels)).unwrap_err();
    assert_eq!(error, ConvertError::TooLarge { max: 200_000 });
}

#[test]
fn copies_of_a_node_with_many_widgets() {
    let values = vec!["\"a\""; 10_000].join(",");
    let combo = format!(r#"{{"id":1,"type":"CustomCombo","widgets_values":["a",0,{values}]}}"#);
    let instances: Vec<String> = (1..=300).map(|id| format!(r#"{{"id":{id},"type":"s0"}}"#)).collect();
    let instances: Vec<&str> = instances.iter().map(String::as_str).collect();
    let more = format!(r#""definitions":{{"subgraphs":[{}]}}"#, subgraph("s0", &combo, ""));
    let error = convert(&file(&instances, "[]", &more)).unwrap_err();
    assert_eq!(error, ConvertError::TooManyWidgets { max: 2_000_000 });
}

#[test]
fn a_long_chain_of_reroutes_and_many_readers() {
    let reroute = |id: usize| {
        format!(
            r#"{{"id":{id},"type":"Reroute","inputs":[{{"name":"","type":"*","link":{id}}}],"outputs":[{{"type":"*"}}]}}"#
        )
    };
    let count = 10_000;
    let mut nodes: Vec<String> = (1..=count).map(reroute).collect();
    nodes.push(r#"{"id":0,"type":"Source"}"#.into());
    let mut links: Vec<String> = (1..=count).map(|id| format!(r#"[{id},{},0,{id},0,"*"]"#, id - 1)).collect();
    links.push(format!(r#"[{0},{count},0,9,0,"*"]"#, count + 1));
    let readers = |readers: usize| {
        let all = (0..readers).map(|id| {
            format!(r#"{{"id":"r{id}","type":"Sink","inputs":[{{"name":"x","type":"*","link":{}}}]}}"#, count + 1)
        });
        let nodes: Vec<String> = nodes.iter().cloned().chain(all).collect();
        let nodes: Vec<&str> = nodes.iter().map(String::as_str).collect();
        file(&nodes, &format!("[{}]", links.join(",")), "")
    };
    assert!(convert(&readers(1)).unwrap().prompt.to_string().contains(r#"{"x":["0",0]}"#));
    let error = convert(&readers(1_000)).unwrap_err();
    assert!(matches!(error, ConvertError::TooManySteps { .. }), "{error}");
}

#[test]
fn a_prefix_that_is_not_a_text() {
    let save = r#"{"id":1,"type":"SaveImage","widgets_values":[5]}"#;
    fails(&file(&[save], "[]", ""), "node 1 (SaveImage): expected a string for `filename_prefix`, found an integer");
}

#[test]
fn a_camera() {
    fails(&file(&[r#"{"id":1,"type":"WebcamCapture"}"#], "[]", ""), "node 1 (WebcamCapture): it takes a picture");
}

#[test]
fn unknown_classes_give_warnings() {
    let workflow = file(&[r#"{"id":1,"type":"Nobody"}"#], "[]", "");
    let warnings = convert(&workflow).unwrap().warnings;
    assert_eq!(
        warnings[0].to_string(),
        "node 1 (Nobody): the schema does not have this class; the server will reject the prompt"
    );
}

#[test]
fn json_that_is_not_a_workflow() {
    for (text, expected) in [
        ("[]", "found an array"),
        (r#"{"links":[]}"#, "found an object without an array `nodes`"),
        (r#"{"nodes":[{"type":"A"}]}"#, "nodes[0] has no `id`"),
        (r#"{"nodes":[{"id":1}]}"#, "nodes[0] has no `type`"),
        (
            r#"{"nodes":[],"definitions":{"subgraphs":[{"name":"S","nodes":[3]}]}}"#,
            "subgraph `S`: nodes[0] is not an object",
        ),
    ] {
        let error = UiWorkflow::from_value(&json(text)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
