//! Schemas, prompts and workflows.

use std::fmt::Write as _;

/// The name of a file and its content.
type Make = (&'static str, fn() -> Vec<u8>);

const MIB: usize = 1 << 20;

/// The documents.
pub(super) const CASES: &[Make] = &[
    ("prompt-8-mib-of-numbers.json", || prompt_with(&"0,".repeat(4 * MIB))),
    ("prompt-8-mib-of-arrays.json", || prompt_with(&"[],".repeat(8 * MIB / 3))),
    ("prompt-8-mib-of-arrays-in-arrays.json", || prompt_with(&"[[]],".repeat(8 * MIB / 5))),
    ("prompt-8-mib-nested-150.json", || {
        prompt_with(&format!("{}{},", "[".repeat(150), "]".repeat(150)).repeat(8 * MIB / 301))
    }),
    ("prompt-8-mib-of-objects.json", || prompt_with(&"{\"\":0},".repeat(MIB))),
    ("prompt-8-mib-of-links.json", || prompt_with(&"[\"1\",0],".repeat(MIB))),
    ("prompt-50000-inputs.json", || prompt_of_inputs(50_000)),
    ("prompt-10000-nodes.json", || prompt_chain(10_000, 10)),
    ("prompt-chain-100000.json", || prompt_chain(100_000, usize::MAX)),
    ("prompt-cycle-100000.json", prompt_cycle),
    ("prompt-cycles-940.json", prompt_cycles),
    ("prompt-fan-20000.json", prompt_fan),
    ("workflow-8-mib-of-slots.json", || {
        format!(r#"{{"links":[],"nodes":[{{"id":1,"type":"Mid","inputs":[{}{{}}]}}]}}"#, "{},".repeat(8 * MIB / 3))
            .into()
    }),
    ("workflow-10000-nodes.json", || workflow_chain("Mid", 10_000)),
    ("workflow-chain-100000.json", || workflow_chain("Mid", 100_000)),
    ("workflow-reroutes-100000.json", || workflow_chain("Reroute", 100_000)),
    ("workflow-custom-combos.json", workflow_custom_combos),
    ("workflow-choices.json", workflow_choices),
    ("workflow-subgraphs-100000.json", || {
        format!(r#"{{"links":[],"nodes":[],"definitions":{{"subgraphs":[{}{{}}]}}}}"#, "{},".repeat(99_999)).into()
    }),
    ("schema-100000-inputs.json", || {
        let inputs: Vec<String> = (0..100_000).map(|at| format!("\"{at}\":[\"A\"]")).collect();
        format!(r#"{{"A":{{"input":{{"required":{{{}}}}},"output":[]}}}}"#, inputs.join(",")).into()
    }),
    ("schema-500000-outputs.json", || {
        format!(r#"{{"A":{{"input":{{}},"output":[{}"B"]}}}}"#, "\"B\",".repeat(500_000)).into()
    }),
    ("schema-equal-names.json", || {
        // All names become the same Rust name.
        let names: Vec<String> =
            (0..20_000).map(|at| format!("{at:015b}").replace('0', "-").replace('1', "+")).collect();
        let class = |name: &String| format!(r#""A{name}":{{"input":{{"required":{{"x":["INT"]}}}},"output":["B"]}}"#);
        format!("{{{}}}", names.iter().map(class).collect::<Vec<_>>().join(",")).into()
    }),
    ("schema-equal-input-names.json", || {
        let names: Vec<String> =
            (0..16_000).map(|at| format!("{at:015b}").replace('0', "-").replace('1', "+")).collect();
        let inputs: Vec<String> = names.iter().map(|name| format!("\"a{name}\":[\"INT\"]")).collect();
        format!(r#"{{"A":{{"input":{{"required":{{{}}}}},"output":[]}}}}"#, inputs.join(",")).into()
    }),
    ("schema-equal-types.json", || {
        let types: Vec<String> =
            (0..16_000).map(|at| format!("{at:015b}").replace('0', "-").replace('1', "+")).collect();
        let outputs: Vec<String> = types.iter().map(|kind| format!("\"T{kind}\"")).collect();
        format!(r#"{{"A":{{"input":{{}},"output":[{}]}}}}"#, outputs.join(",")).into()
    }),
    ("schema-combo-of-100000.json", || {
        let options: Vec<String> = (0..100_000).map(|at| format!("\"option {at}\"")).collect();
        format!(r#"{{"A":{{"input":{{"required":{{"c":[[{}]]}}}},"output":[]}}}}"#, options.join(",")).into()
    }),
];

/// Returns a schema of this many classes with a few inputs each, dynamic ones among them, as the size of a schema grows with
/// installed packs.
pub fn schema(classes: usize) -> String {
    let mut json = String::from("{\n");
    for at in 0..classes {
        let comma = if at == 0 { "" } else { ",\n" };
        // Writing to a string cannot fail.
        _ = write!(
            json,
            r#"{comma}"Node Number {at}": {{"input": {{"required": {{"image": ["IMAGE"], "kind {pack}": [["a", "b", "c {at}"], {{"tooltip": "What it is."}}], "steps": ["INT", {{"default": 20, "min": 1, "max": 100}}], "text": ["STRING", {{"multiline": true}}]}}, "optional": {{"own": ["TYPE_{pack}"], "grow": ["COMFY_AUTOGROW_V3", {{"template": {{"input": {{"required": {{"value": ["IMAGE", {{}}]}}}}, "prefix": "v", "min": 1, "max": 8}}}}], "mode": ["COMFY_DYNAMICCOMBO_V3", {{"options": [{{"key": "small", "inputs": {{}}}}, {{"key": "large", "inputs": {{"required": {{"scale": ["FLOAT", {{}}]}}}}}}]}}]}}}}, "output": ["IMAGE", "TYPE_{pack}"], "output_name": ["image", "own"], "name": "Node Number {at}", "display_name": "Node {at}", "description": "Makes a picture.", "python_module": "custom_nodes.pack_{pack}", "category": "pack {pack}/x"}}"#,
            pack = at / 10,
        );
    }
    json.push_str("\n}\n");
    json
}

/// Returns a prompt with an input that is an array of these elements.
fn prompt_with(elements: &str) -> Vec<u8> {
    format!(r#"{{"1":{{"class_type":"Save","inputs":{{"images":[{elements}0]}}}}}}"#).into()
}

fn prompt_of_inputs(count: usize) -> Vec<u8> {
    let inputs: Vec<String> = (0..count).map(|at| format!("\"input{at}\":[\"{}\",0]", at % 7)).collect();
    format!(r#"{{"1":{{"class_type":"Save","inputs":{{{}}}}}}}"#, inputs.join(",")).into()
}

/// Returns a prompt of chains of nodes, with an output at the end of each `length` nodes and of the whole.
fn prompt_chain(nodes: usize, length: usize) -> Vec<u8> {
    let mut json = String::from(r#"{"0":{"class_type":"Source","inputs":{}}"#);
    for at in 1..nodes {
        let (class, input) = if at % length == 0 || at + 1 == nodes { ("Save", "images") } else { ("Mid", "a") };
        let from = if at % length == 1 { 0 } else { at - 1 };
        _ = write!(json, r#","{at}":{{"class_type":"{class}","inputs":{{"{input}":["{from}",0]}}}}"#);
    }
    json.push('}');
    json.into()
}

fn prompt_cycle() -> Vec<u8> {
    let node = |at: usize| format!(r#""{at}":{{"class_type":"Mid","inputs":{{"a":["{}",0]}}}}"#, (at + 1) % 100_000);
    let nodes: Vec<String> = (0..100_000).map(node).collect();
    format!(r#"{{{},"save":{{"class_type":"Save","inputs":{{"images":["0",0]}}}}}}"#, nodes.join(",")).into()
}

/// Nodes of which each leads back to all before it, as far as its inputs allow.
fn prompt_cycles() -> Vec<u8> {
    let mut json = String::from(r#"{"save":{"class_type":"Save","inputs":{"images":["0",0]}}"#);
    for at in 0..940_usize {
        let links: Vec<String> =
            (0..99).map(|back| format!("\"list.image{back}\":[\"{}\",0]", at.saturating_sub(back))).collect();
        let next = at + 1;
        _ = write!(
            json,
            r#","{at}":{{"class_type":"Mid","inputs":{{"a":["{next}",0],"b":["0",0],{}}}}}"#,
            links.join(",")
        );
    }
    json.push('}');
    json.into()
}

/// Many nodes that all use the results of the same node, and an output for each.
fn prompt_fan() -> Vec<u8> {
    let mut json = String::from(r#"{"0":{"class_type":"Source","inputs":{}}"#);
    for at in 1..20_000 {
        _ = write!(json, r#","{at}":{{"class_type":"Save","inputs":{{"images":["0",0]}}}}"#);
    }
    json.push('}');
    json.into()
}

/// Returns a workflow that is a chain from a `Source` through nodes of a class to a `Save`.
fn workflow_chain(class: &str, nodes: usize) -> Vec<u8> {
    let mut list = vec![r#"{"id":0,"type":"Source","outputs":[{"name":"x","type":"IMAGE","links":[1]}]}"#.to_owned()];
    let mut links = Vec::new();
    for at in 1..nodes {
        let class = if at + 1 == nodes { "Save" } else { class };
        let input = match class {
            "Save" => "images",
            "Mid" => "a",
            _ => "",
        };
        list.push(format!(
            r#"{{"id":{at},"type":"{class}","inputs":[{{"name":"{input}","type":"*","link":{at}}}],"outputs":[{{"name":"x","type":"IMAGE","links":[{}]}}]}}"#,
            at + 1
        ));
        links.push(format!("[{at},{},0,{at},0,\"IMAGE\"]", at - 1));
    }
    format!(r#"{{"version":0.4,"nodes":[{}],"links":[{}]}}"#, list.join(","), links.join(",")).into()
}

/// Nodes whose class has a widget more for each value.
fn workflow_custom_combos() -> Vec<u8> {
    let values: Vec<String> = (0..10_000).map(|at| format!("\"{at}\"")).collect();
    let node = |id: usize| format!(r#"{{"id":{id},"type":"CustomCombo","widgets_values":["a",{}]}}"#, values.join(","));
    let nodes: Vec<String> = (0..40).map(node).collect();
    format!(r#"{{"links":[],"nodes":[{}]}}"#, nodes.join(",")).into()
}

/// Texts with choices in choices.
fn workflow_choices() -> Vec<u8> {
    let text = format!("{}a|b{}", "{a|".repeat(20_000), "}".repeat(20_000));
    let node = |id: usize| format!(r#"{{"id":{id},"type":"CLIPTextEncode","widgets_values":["{text}"]}}"#);
    let nodes: Vec<String> = (0..20).map(node).collect();
    format!(r#"{{"links":[],"nodes":[{}]}}"#, nodes.join(",")).into()
}
