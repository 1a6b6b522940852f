//! Group nodes.

use crate::support::{file, inputs};

const GROUP: &str = r#""extra":{"groupNodes":{"G":{"nodes":[
    {"type":"Make","title":"one","inputs":[{"name":"image","type":"IMAGE","link":null}],"widgets_values":[1,"a"]},
    {"type":"Make","inputs":[{"name":"image","type":"IMAGE","link":null},{"name":"n","type":"INT","widget":{"name":"n"},"link":null}],"widgets_values":[2,"b"]}],
    "links":[[0,0,1,0,5,"IMAGE"]],"external":[]}}}"#;

fn workflow(class: &str) -> comfy_convert::UiWorkflow {
    let group = format!(
        r#"{{"id":4,"type":"{class}","inputs":[{{"name":"image","type":"IMAGE","link":1}}],"outputs":[{{"type":"IMAGE","links":[2]}}],"widgets_values":[7,"x","y",8]}}"#
    );
    let sink = r#"{"id":9,"type":"ImageSink","inputs":[{"name":"image","type":"IMAGE","link":2}]}"#;
    file(&[r#"{"id":1,"type":"Source"}"#, &group, sink], r#"[[1,1,0,4,0,"X"],[2,4,0,9,0,"X"]]"#, GROUP)
}

#[test]
fn inner_nodes_take_values_and_links_of_the_group() {
    // Widgets that are also inputs in the definition come last.
    let expected = r#"{"1":{},"9":{"image":["4:1",0]},"4:0":{"n":7,"s":"x","image":["1",0]},"4:1":{"n":8,"s":"y","image":["4:0",0]}}"#;
    inputs(&workflow("workflow>G"), expected);
    inputs(&workflow("workflow/G"), expected);
}

#[test]
fn a_group_without_a_definition_is_an_unknown_class() {
    inputs(&workflow("workflow>H"), r#"{"1":{},"4":{"UNKNOWN":8,"image":["1",0]},"9":{"image":["4",0]}}"#);
}
