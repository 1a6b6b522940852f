//! Subgraphs.

use comfy_convert::Converter;

use crate::support::{convert, file, inputs, schema};

/// Returns a subgraph definition of these inputs, nodes, links and outputs.
fn definition(id: &str, input: &str, nodes: &str, links: &str, output: &str) -> String {
    format!(
        r#"{{"id":"{id}","name":"{id}","inputs":[{input}],"outputs":[{output}],"nodes":[{nodes}],"links":[{links}]}}"#
    )
}

fn link(id: u32, from: i32, slot: u32, to: i32, target_slot: u32) -> String {
    format!(
        r#"{{"id":{id},"origin_id":{from},"origin_slot":{slot},"target_id":{to},"target_slot":{target_slot},"type":"X"}}"#
    )
}

fn subgraphs(definitions: &[&str]) -> String {
    format!(r#""last_node_id":20,"definitions":{{"subgraphs":[{}]}}"#, definitions.join(","))
}

/// Returns a definition with a `Make` node, whose image comes from outside and whose number is promoted.
fn maker() -> String {
    definition(
        "S",
        r#"{"name":"image","type":"IMAGE","linkIds":[1]},{"name":"n","type":"INT","linkIds":[2]}"#,
        r#"{"id":5,"type":"Make","title":"inner","widgets_values":[7],"inputs":[{"name":"image","type":"IMAGE","link":1},{"name":"n","type":"INT","widget":{"name":"n"},"link":2}]}"#,
        &[link(1, -10, 0, 5, 0), link(2, -10, 1, 5, 1), link(3, 5, 0, -20, 0)].join(","),
        r#"{"name":"IMAGE","type":"IMAGE","linkIds":[3]}"#,
    )
}

fn instance(id: u32, mode: u32, image: &str) -> String {
    format!(
        r#"{{"id":{id},"type":"S","mode":{mode},"inputs":[{{"name":"image","type":"IMAGE","link":{image}}}],"outputs":[{{"type":"IMAGE","links":[]}}],"widgets_values":[99]}}"#
    )
}

const SOURCE: &str = r#"{"id":1,"type":"Source"}"#;
const SINK: &str = r#"{"id":9,"type":"ImageSink","inputs":[{"name":"image","type":"IMAGE","link":12}]}"#;

#[test]
fn inner_nodes_have_the_ids_of_their_instances_in_front() {
    let links = r#"[[10,1,0,2,0,"X"],[11,2,0,3,0,"X"],[12,3,0,9,0,"X"]]"#;
    let nodes = [SOURCE, &instance(2, 0, "10"), &instance(3, 0, "11"), SINK];
    // The value of a promoted widget is the inner node's; the instance's own is ignored.
    inputs(
        &file(&nodes, links, &subgraphs(&[&maker()])),
        r#"{"1":{},"9":{"image":["3:5",0]},"2:5":{"n":7,"s":"d","image":["1",0]},"3:5":{"n":7,"s":"d","image":["2:5",0]}}"#,
    );
}

#[test]
fn nothing_inside_a_muted_or_bypassed_root_instance_is_sent() {
    let links = r#"[[10,1,0,2,0,"X"],[12,2,0,9,0,"X"]]"#;
    let more = subgraphs(&[&maker()]);
    inputs(&file(&[SOURCE, &instance(2, 2, "10"), SINK], links, &more), r#"{"1":{},"9":{}}"#);
    inputs(&file(&[SOURCE, &instance(2, 4, "10"), SINK], links, &more), r#"{"1":{},"9":{"image":["1",0]}}"#);
}

#[test]
fn inner_nodes_of_a_nested_muted_instance_are_sent() {
    let outer = definition(
        "O",
        "",
        &instance(6, 2, "null"),
        &link(1, 6, 0, -20, 0),
        r#"{"name":"o","type":"IMAGE","linkIds":[1]}"#,
    );
    let nodes = [r#"{"id":2,"type":"O"}"#, SINK];
    inputs(
        &file(&nodes, r#"[[12,2,0,9,0,"X"]]"#, &subgraphs(&[&maker(), &outer])),
        r#"{"9":{},"2:6:5":{"n":7,"s":"d"}}"#,
    );
}

#[test]
fn colliding_ids_are_renumbered() {
    let make = r#"{"id":5,"type":"Make"}"#;
    let first = definition("A", "", make, "", "");
    let second = definition("B", "", &format!(r#"{make},{{"id":30,"type":"Make"}}"#), "", "");
    let third = definition("C", "", make, "", "");
    let nodes = [r#"{"id":1,"type":"A"}"#, r#"{"id":2,"type":"B"}"#, r#"{"id":3,"type":"C"}"#];
    let prompt = convert(&file(&nodes, "[]", &subgraphs(&[&first, &second, &third]))).unwrap().prompt;
    let ids: Vec<&str> = prompt.as_object().unwrap().keys().map(comfy_schema::Text::as_str).collect();
    assert_eq!(ids, ["1:5", "2:21", "2:30", "3:31"]);
}

#[test]
fn promoted_values_are_literals_without_expansion_and_shared() {
    let nodes = r#"{"id":5,"type":"Prompted","widgets_values":["{a|b} // c"],"inputs":[{"name":"text","type":"STRING","widget":{"name":"text"},"link":1}]},
                   {"id":6,"type":"Lines","widgets_values":["other"],"inputs":[{"name":"t","type":"STRING","widget":{"name":"t"},"link":2}]}"#;
    let input = r#"{"name":"text","type":"STRING","linkIds":[1,2]}"#;
    let both = definition("S", input, nodes, &[link(1, -10, 0, 5, 0), link(2, -10, 0, 6, 0)].join(","), "");
    inputs(
        &file(&[r#"{"id":1,"type":"S"}"#], "[]", &subgraphs(&[&both])),
        r#"{"1:5":{"text":"{a|b} // c"},"1:6":{"t":"{a|b} // c","c":"a","i":3}}"#,
    );
}

#[test]
fn a_promoted_choice_loses_the_values_of_its_children() {
    let node = r#"{"id":5,"type":"Choice","widgets_values":["on",1,2,"fixed","y","t"],"inputs":[{"name":"mode","type":"X","widget":{"name":"mode"},"link":1}]}"#;
    let choice = definition("S", r#"{"name":"mode","type":"X","linkIds":[1]}"#, node, &link(1, -10, 0, 5, 0), "");
    inputs(
        &file(&[r#"{"id":1,"type":"S"}"#], "[]", &subgraphs(&[&choice])),
        r#"{"1:5":{"mode":"on","mode.n":4,"mode.seed":0,"mode.deep":"x","mode.deep.v":8,"mode.t":"","last":9}}"#,
    );
}

#[test]
fn values_behind_nested_instances_are_promoted_too() {
    let outer = definition(
        "O",
        r#"{"name":"number","type":"INT","linkIds":[1]}"#,
        r#"{"id":6,"type":"S","inputs":[{"name":"n","type":"INT","link":1}]}"#,
        &link(1, -10, 0, 6, 1),
        "",
    );
    let nodes =
        [r#"{"id":2,"type":"O","inputs":[{"name":"number","type":"INT","link":4}]}"#, r#"{"id":3,"type":"Number"}"#];
    let more = subgraphs(&[&maker(), &outer]);
    inputs(
        &file(&nodes, r#"[[4,3,0,2,0,"INT"]]"#, &more),
        r#"{"3":{"i":0,"f":0,"c":"a"},"2:6:5":{"n":["3",0],"s":"d"}}"#,
    );
    inputs(&file(&[r#"{"id":2,"type":"O"}"#], "[]", &more), r#"{"2:6:5":{"n":7,"s":"d"}}"#);
}

#[test]
fn a_primitive_outside_sets_the_widgets_inside() {
    let primitive =
        r#"{"id":1,"type":"PrimitiveNode","outputs":[{"type":"INT","links":[4]}],"widgets_values":[33,"fixed"]}"#;
    let nodes = [primitive, r#"{"id":2,"type":"S","inputs":[{"name":"n","type":"INT","link":4}]}"#];
    inputs(&file(&nodes, r#"[[4,1,0,2,1,"INT"]]"#, &subgraphs(&[&maker()])), r#"{"2:5":{"n":33,"s":"d"}}"#);
}

#[test]
fn inactive_nodes_of_subgraphs_are_listed_by_their_whole_ids() {
    let links = r#"[[10,1,0,2,0,"X"],[11,2,0,3,0,"X"],[12,3,0,9,0,"X"]]"#;
    let muted = maker().replace(r#""id":5,"#, r#""id":5,"mode":2,"#);
    let workflow = file(&[SOURCE, &instance(2, 0, "10"), &instance(3, 4, "11"), SINK], links, &subgraphs(&[&muted]));
    let converted = Converter::new(&schema()).list_inactive().convert(&workflow).unwrap();
    let shown: Vec<String> = converted.inactive.iter().map(|node| format!("{} {}", node.id, node.json)).collect();
    assert_eq!(
        shown,
        [
            r#"2:5 {"inputs":{"n":7,"s":"d","image":["1",0]},"class_type":"Make","_meta":{"title":"inner"}}"#,
            r#"3 {"inputs":{"image":["2:5",0]},"class_type":"S","_meta":{}}"#,
        ]
    );
}
