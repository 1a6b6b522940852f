//! Types after loading, and the links that they cut.

use crate::support::{file, inputs};

#[test]
fn a_reroute_cuts_links_that_do_not_fit_its_type() {
    let reroute = r#"{"id":2,"type":"Reroute","inputs":[{"name":"","type":"*","link":1}],"outputs":[{"type":"MASK","links":[2]}]}"#;
    let sink = r#"{"id":3,"type":"ImageSink","inputs":[{"name":"image","type":"IMAGE","link":2}]}"#;
    let links = |slot: u32| format!(r#"[[1,1,{slot},2,0,"*"],[2,2,0,3,0,"*"]]"#);
    let nodes = [r#"{"id":1,"type":"Source"}"#, reroute, sink];
    inputs(&file(&nodes, &links(0), ""), r#"{"1":{},"3":{"image":["1",0]}}"#);
    inputs(&file(&nodes, &links(1), ""), r#"{"1":{},"3":{}}"#);
    // Only the links that the saved output lists are checked.
    let unlisted = reroute.replace("[2]", "[]");
    inputs(&file(&[nodes[0], &unlisted, sink], &links(1), ""), r#"{"1":{},"3":{"image":["1",1]}}"#);
}

#[test]
fn a_plain_link_that_does_not_fit_is_kept() {
    let sink = r#"{"id":3,"type":"ImageSink","inputs":[{"name":"image","type":"IMAGE","link":2}]}"#;
    inputs(
        &file(&[r#"{"id":1,"type":"Source"}"#, sink], r#"[[2,1,1,3,0,"MASK"]]"#, ""),
        r#"{"1":{},"3":{"image":["1",1]}}"#,
    );
}

#[test]
fn a_matched_output_has_the_type_of_its_inputs() {
    let matched = |mode: u32| {
        format!(
            r#"{{"id":2,"type":"Match","mode":{mode},"inputs":[{{"name":"a","type":"*","link":1}}],"outputs":[{{"type":"*","links":[2]}}]}}"#
        )
    };
    let sink = r#"{"id":3,"type":"ImageSink","inputs":[{"name":"image","type":"IMAGE","link":2}]}"#;
    let links = |slot: u32| format!(r#"[[1,1,{slot},2,0,"*"],[2,2,0,3,0,"*"]]"#);
    let source = r#"{"id":1,"type":"Source"}"#;
    inputs(&file(&[source, &matched(0), sink], &links(0), ""), r#"{"1":{},"2":{"a":["1",0]},"3":{"image":["2",0]}}"#);
    inputs(&file(&[source, &matched(0), sink], &links(1), ""), r#"{"1":{},"2":{"a":["1",1]},"3":{}}"#);
    inputs(&file(&[source, &matched(4), sink], &links(0), ""), r#"{"1":{},"3":{"image":["1",0]}}"#);
}
