//! Links, modes, bypass.

use comfy_convert::{Converter, InactiveNode, InactiveState, UiWorkflow};

use crate::support::{convert, file, gives, inputs, schema};

const SOURCE: &str = r#"{"id":1,"type":"Source"}"#;

fn sink(link: u32) -> String {
    format!(r#"{{"id":9,"type":"Sink","inputs":[{{"name":"x","type":"*","link":{link}}}]}}"#)
}

#[test]
fn nodes_have_inputs_class_and_title() {
    gives(
        &file(
            &[
                r#"{"id":1,"type":"Source"}"#,
                r#"{"id":"b","type":"Make","title":"Mine"}"#,
                r#"{"id":3,"type":"Make","title":""}"#,
                r#"{"id":2,"type":"Nobody"}"#,
            ],
            "[]",
            "",
        ),
        r#"{"1":{"inputs":{},"class_type":"Source","_meta":{"title":"A source"}},
            "2":{"inputs":{},"_meta":{}},
            "3":{"inputs":{"n":1,"s":"d"},"class_type":"Make","_meta":{"title":"Make"}},
            "b":{"inputs":{"n":1,"s":"d"},"class_type":"Make","_meta":{"title":"Mine"}}}"#,
    );
}

#[test]
fn the_front_end_has_its_own_names() {
    let prompt = convert(&file(&[r#"{"id":1,"type":"LoadAudio"}"#], "[]", "")).unwrap().prompt.to_string();
    assert!(prompt.contains(r#""title":"LoadAudio""#), "{prompt}");
}

#[test]
fn format_v1_has_links_as_objects() {
    let link = r#"[{"id":1,"origin_id":1,"origin_slot":1,"target_id":9,"target_slot":0,"type":"MASK","parentId":3}]"#;
    inputs(&file(&[SOURCE, &sink(1)], link, r#""reroutes":[{"id":3}]"#), r#"{"1":{},"9":{"x":["1",1]}}"#);
}

#[test]
fn the_input_decides_and_stale_links_do_not_matter() {
    let links = r#"[null,[5,1,0,9,0,"IMAGE"],[1,1,1,9,0,"MASK"],[6,77,0,9,0,"X"],"odd"]"#;
    let workflow = file(&[SOURCE, &sink(1)], links, "");
    inputs(&workflow, r#"{"1":{},"9":{"x":["1",1]}}"#);
    assert_eq!(convert(&workflow).unwrap().warnings[0].to_string(), "links[4] is not a link and is left out");
}

#[test]
fn of_equal_names_the_last_counts_even_unlinked() {
    let sink =
        r#"{"id":9,"type":"Sink","inputs":[{"name":"x","type":"*","link":1},{"name":"x","type":"*","link":null}]}"#;
    inputs(&file(&[SOURCE, sink], r#"[[1,1,0,9,0,"IMAGE"]]"#, ""), r#"{"1":{},"9":{}}"#);
}

#[test]
fn of_equal_ids_the_later_node_counts() {
    let make = |n: u32| format!(r#"{{"id":1,"type":"Make","widgets_values":[{n}]}}"#);
    inputs(&file(&[&make(1), &make(2)], "[]", ""), r#"{"1":{"n":2,"s":"d"}}"#);
}

#[test]
fn inputs_that_the_class_does_not_know_keep_their_links() {
    let more = r#"{"name":"new","type":"IMAGE","link":1}"#;
    let gone = r#"{"name":"old","type":"INT","widget":{"name":"old"},"link":1}"#;
    let node = |inputs: &[&str]| format!(r#"{{"id":9,"type":"Sink","inputs":[{}]}}"#, inputs.join(","));
    let links = r#"[[1,1,0,9,0,"IMAGE"]]"#;
    inputs(&file(&[SOURCE, &node(&[more])], links, ""), r#"{"1":{},"9":{"new":["1",0]}}"#);
    inputs(&file(&[SOURCE, &node(&[gone])], links, ""), r#"{"1":{},"9":{}}"#);
    // The walk skips the input after a removed one.
    let second = gone.replace("old", "older");
    inputs(&file(&[SOURCE, &node(&[gone, &second])], links, ""), r#"{"1":{},"9":{"older":["1",0]}}"#);
}

#[test]
fn muted_nodes_and_links_through_them_vanish() {
    let muted = r#"{"id":2,"type":"Make","mode":2,"inputs":[{"name":"image","type":"IMAGE","link":1}]}"#;
    inputs(&file(&[SOURCE, muted, &sink(2)], r#"[[1,1,0,2,0,"IMAGE"],[2,2,0,9,0,"IMAGE"]]"#, ""), r#"{"1":{},"9":{}}"#);
}

#[test]
fn a_widget_keeps_its_value_if_its_link_gives_nothing() {
    let muted = r#"{"id":1,"type":"Number","mode":2}"#;
    let make = r#"{"id":2,"type":"Make","inputs":[{"name":"n","type":"INT","widget":{"name":"n"},"link":1}],"widgets_values":[5]}"#;
    inputs(&file(&[muted, make], r#"[[1,1,0,2,1,"INT"]]"#, ""), r#"{"2":{"n":5,"s":"d"}}"#);
}

/// Asserts the source of a reader of one output of a bypassed `Mix`, which has images on `a` and `b` and a mask on `m`.
fn bypassed(output: u32, reader: &str) -> String {
    let input = |name: &str, kind: &str, link: u32| format!(r#"{{"name":"{name}","type":"{kind}","link":{link}}}"#);
    let mix = [input("a", "IMAGE", 1), input("m", "MASK", 2), input("b", "IMAGE", 3)].join(",");
    let mix = format!(r#"{{"id":2,"type":"Mix","mode":4,"inputs":[{mix}]}}"#);
    let kind = if reader == "Sink" { "*" } else { "IMAGE" };
    let name = if reader == "Sink" { "x" } else { "image" };
    let reader = format!(r#"{{"id":9,"type":"{reader}","inputs":[{}]}}"#, input(name, kind, 4));
    let links = format!(r#"[[1,11,0,2,0,"IMAGE"],[2,12,1,2,1,"MASK"],[3,13,0,2,2,"IMAGE"],[4,2,{output},9,0,"X"]]"#);
    let sources = ["11", "12", "13"].map(|id| format!(r#"{{"id":{id},"type":"Source"}}"#));
    let workflow = file(&[&sources[0], &sources[1], &sources[2], &mix, &reader], &links, "");
    let prompt = convert(&workflow).unwrap().prompt;
    let node = prompt.as_object().unwrap().get("9").unwrap().as_object().unwrap().get("inputs").unwrap();
    node.to_string()
}

#[test]
fn bypass_takes_the_input_at_the_same_position_then_of_the_same_type() {
    // The reader takes any type: the input at the same position.
    assert_eq!(bypassed(1, "Sink"), r#"{"x":["12",1]}"#);
    // The input at the same position fits.
    assert_eq!(bypassed(0, "ImageSink"), r#"{"image":["11",0]}"#);
    // The input at the same position is a mask and the reader takes an image: the first image.
    assert_eq!(bypassed(1, "ImageSink"), r#"{"image":["11",0]}"#);
}

#[test]
fn equal_links_are_merged_into_the_one_that_is_named() {
    let links = r#"[[1,1,0,9,0,"IMAGE"],[2,1,0,9,0,"IMAGE"]]"#;
    inputs(&file(&[SOURCE, &sink(2)], links, ""), r#"{"1":{},"9":{"x":["1",0]}}"#);
}

#[test]
fn reroutes_pass_on_and_end_in_nothing() {
    let reroute = |id: u32, link: &str| {
        format!(
            r#"{{"id":{id},"type":"Reroute","inputs":[{{"name":"","type":"*","link":{link}}}],"outputs":[{{"type":"*","links":[]}}]}}"#
        )
    };
    let links = r#"[[1,1,1,2,0,"*"],[2,2,0,3,0,"*"],[3,3,0,9,0,"*"]]"#;
    inputs(&file(&[SOURCE, &reroute(2, "1"), &reroute(3, "2"), &sink(3)], links, ""), r#"{"1":{},"9":{"x":["1",1]}}"#);
    inputs(&file(&[SOURCE, &reroute(2, "null"), &reroute(3, "2"), &sink(3)], links, ""), r#"{"1":{},"9":{}}"#);
    // A cycle is cut.
    let cycle = r#"[[1,3,0,2,0,"*"],[2,2,0,3,0,"*"],[3,3,0,9,0,"*"]]"#;
    inputs(&file(&[&reroute(2, "1"), &reroute(3, "2"), &sink(3)], cycle, ""), r#"{"9":{}}"#);
}

#[test]
fn notes_are_not_sent() {
    inputs(
        &file(&[r#"{"id":1,"type":"Note","widgets_values":["x"]}"#, r#"{"id":2,"type":"MarkdownNote"}"#], "[]", ""),
        "{}",
    );
}

#[test]
fn get_and_set_are_unknown_unless_they_are_followed() {
    let set = r#"{"id":2,"type":"SetNode","widgets_values":["v"],"inputs":[{"name":"IMAGE","type":"IMAGE","link":1}]}"#;
    let get =
        r#"{"id":3,"type":"GetNode","widgets_values":["v"],"outputs":[{"name":"IMAGE","type":"IMAGE","links":[2]}]}"#;
    let workflow = file(&[SOURCE, set, get, &sink(2)], r#"[[1,1,0,2,0,"IMAGE"],[2,3,0,9,0,"IMAGE"]]"#, "");
    inputs(&workflow, r#"{"1":{},"2":{"UNKNOWN":"v","IMAGE":["1",0]},"3":{"UNKNOWN":"v"},"9":{"x":["3",0]}}"#);
    let schema = crate::support::schema();
    let followed = comfy_convert::Converter::new(&schema).follow_get_set().convert(&workflow).unwrap();
    assert_eq!(followed.warnings, []);
    assert!(followed.prompt.to_string().contains(r#"{"x":["1",0]}"#), "{}", followed.prompt);
}

/// Returns the inactive nodes of a workflow, which must not change its conversion.
fn inactive(workflow: &UiWorkflow) -> Vec<InactiveNode> {
    let plain = convert(workflow).unwrap();
    let listed = Converter::new(&schema()).list_inactive().convert(workflow).unwrap();
    assert_eq!((&listed.prompt, &listed.warnings), (&plain.prompt, &plain.warnings));
    assert_eq!(plain.inactive, []);
    listed.inactive
}

#[test]
fn inactive_nodes_are_listed_with_their_links() {
    let make = |id: u32, mode: u32, link: u32| {
        format!(
            r#"{{"id":{id},"type":"Make","mode":{mode},"inputs":[{{"name":"image","type":"IMAGE","link":{link}}}],"outputs":[{{"type":"IMAGE","links":[]}}]}}"#
        )
    };
    let nodes = [SOURCE, &make(2, 2, 1), &make(3, 4, 2), r#"{"id":4,"type":"Nobody","mode":2}"#, &sink(3)];
    let nodes = inactive(&file(&nodes, r#"[[1,1,0,2,0,"X"],[2,2,0,3,0,"X"],[3,3,0,9,0,"X"]]"#, ""));
    let shown: Vec<(InactiveState, String)> = nodes.iter().map(|node| (node.state, node.json.to_string())).collect();
    let json = |class: &str, inputs: &str| format!(r#"{{"inputs":{{{inputs}}},"class_type":"{class}","_meta":{{}}}}"#);
    assert_eq!(
        shown,
        [
            (InactiveState::Muted, json("Make", r#""n":1,"s":"d","image":["1",0]"#)),
            (InactiveState::Bypassed, json("Make", r#""n":1,"s":"d","image":["2",0]"#)),
            (InactiveState::Muted, json("Nobody", "")),
        ]
    );
    let outgoing = nodes.iter().flat_map(|node| node.outgoing.iter().map(move |link| (&node.id, link)));
    let outgoing: Vec<String> =
        outgoing.map(|(id, link)| format!("{id}.{} {}.{}", link.output, link.node, link.input)).collect();
    assert_eq!(outgoing, ["3.0 9.x"]);
}

#[test]
fn an_inactive_node_with_broken_links_or_values_is_listed() {
    let save = r#"{"id":5,"type":"SaveImage","mode":4,"widgets_values":[3],"inputs":[{"name":"images","type":"IMAGE","link":7}]}"#;
    let nodes = inactive(&file(&[SOURCE, save], "[]", ""));
    assert_eq!(nodes[0].json.to_string(), r#"{"inputs":{},"class_type":"SaveImage","_meta":{}}"#);
}
