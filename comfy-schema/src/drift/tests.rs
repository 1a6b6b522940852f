use super::{Comparison, Level};
use crate::{Schema, Value};

/// A schema of one class `N` with these inputs and outputs, which is an output, and a class `S` that feeds it.
fn schema(inputs: &str, outputs: &str) -> Schema {
    let text = format!(
        r#"{{"S": {{"input": {{}}, "output": {outputs}, "output_matchtypes": null}},
            "N": {{"input": {inputs}, "output": {outputs}, "output_node": true, "output_matchtypes": null}}}}"#
    );
    Schema::from_slice(text.as_bytes()).unwrap()
}

fn required(inputs: &str) -> Schema {
    schema(&format!(r#"{{"required": {{{inputs}}}}}"#), r#"["IMAGE"]"#)
}

/// What is told of the class, a line each.
fn told(old: &Schema, new: &Schema) -> Vec<String> {
    let changes = Comparison::new(old, new).class("N");
    changes.iter().map(|change| format!("{}: {change}", change.level.as_str())).collect()
}

/// What is told of a node `N` with these inputs, next to a node `s` of `S`.
fn met(old: &Schema, new: &Schema, inputs: &str) -> Vec<String> {
    let text = format!(
        r#"{{"s": {{"class_type": "S", "inputs": {{}}}}, "n": {{"class_type": "N", "inputs": {{{inputs}}}}}}}"#
    );
    let prompt = Value::parse(text.as_bytes()).unwrap();
    let findings = Comparison::new(old, new).workflow(&prompt).unwrap();
    let line = |finding: &super::Finding| {
        format!("{} {} {}: {}", finding.node, finding.change.class, finding.change.level.as_str(), finding.change)
    };
    findings.iter().map(line).collect()
}

#[test]
fn inputs_come_and_go() {
    let old = required(r#""a": ["INT"], "b": ["*"]"#);
    let new = schema(
        r#"{"required": {"a": ["INT"], "c": ["INT"], "d": ["INT", {"default": 5}]}, "optional": {"e": ["INT"]}}"#,
        r#"["IMAGE"]"#,
    );
    assert_eq!(
        told(&old, &new),
        [
            "breaking: input `b`: gone",
            "breaking: input `c`: new, required, and without a default",
            "defaulted: input `d`: new and required; its default is 5",
            "additive: input `e`: new and optional",
        ]
    );
    assert_eq!(
        met(&old, &new, r#""a": 1, "b": 2"#),
        [
            "n N breaking: input `c`: new, required, and without a default",
            "n N defaulted: input `d`: new and required; its default is 5",
            "n N additive: input `b`: gone",
        ]
    );
    assert!(met(&old, &new, r#""a": 1, "b": ["s", 0]"#)[2].starts_with("n N breaking: input `b`: gone"));
}

#[test]
fn an_input_that_was_optional() {
    let old = schema(r#"{"optional": {"a": ["INT", {"default": 0}], "b": ["INT"]}}"#, "[]");
    let new = schema(r#"{"required": {"a": ["INT", {"default": 0}], "b": ["INT"]}}"#, "[]");
    assert_eq!(
        told(&old, &new),
        [
            "defaulted: input `a`: required now; its default is 0",
            "breaking: input `b`: required now, and without a default"
        ]
    );
    assert_eq!(
        told(&new, &old),
        ["additive: input `a`: may be left out now", "additive: input `b`: may be left out now"]
    );
    assert!(met(&old, &new, r#""a": 1, "b": 1"#).is_empty());
    assert_eq!(met(&old, &new, "").len(), 2);
}

#[test]
fn ranges() {
    let old = required(r#""a": ["INT", {"min": 0, "max": 100}], "b": ["FLOAT"]"#);
    let new = required(r#""a": ["INT", {"min": -5, "max": 10}], "b": ["FLOAT", {"min": 0.5}]"#);
    assert_eq!(
        told(&old, &new),
        [
            "additive: input `a`: the least value is -5 (it was 0)",
            "breaking: input `a`: the greatest value is 10 (it was 100)",
            "breaking: input `b`: the least value is 0.5 (there was none)",
        ]
    );
    assert_eq!(
        met(&old, &new, r#""a": 11, "b": 1"#),
        ["n N breaking: input `a`: the greatest value is 10 (it was 100)"]
    );
    assert!(met(&old, &new, r#""a": 10, "b": 0.5"#).is_empty());
}

#[test]
fn options_of_either_spelling() {
    let old = required(r#""a": [["x", "y"]]"#);
    let new = required(r#""a": ["COMBO", {"options": ["y", "z"]}]"#);
    assert_eq!(
        told(&old, &new),
        [r#"breaking: input `a`: no option any more: "x""#, r#"additive: input `a`: new: "z""#]
    );
    assert_eq!(met(&old, &new, r#""a": "x""#), [r#"n N breaking: input `a`: no option any more: "x""#]);
    assert!(met(&old, &new, r#""a": "y""#).is_empty());
}

#[test]
fn files_are_those_of_a_server() {
    let old = required(r#""ckpt_name": [["a.safetensors", "b.safetensors"]]"#);
    let new = required(r#""ckpt_name": [["b.safetensors"]]"#);
    assert!(told(&old, &new).is_empty());
    // One that is used is missed all the same, if it was there.
    assert_eq!(met(&old, &new, r#""ckpt_name": "a.safetensors""#).len(), 1);
    assert!(met(&old, &new, r#""ckpt_name": "c.safetensors""#).is_empty());
}

#[test]
fn types() {
    let old = required(r#""a": ["IMAGE"], "b": ["INT"], "c": ["IMAGE"]"#);
    let new = required(r#""a": ["IMAGE,MASK"], "b": ["FLOAT"], "c": ["MASK"]"#);
    assert_eq!(
        told(&old, &new),
        [
            "additive: input `a`: the type is IMAGE,MASK (it was IMAGE)",
            "breaking: input `b`: the type is FLOAT (it was INT)",
            "breaking: input `c`: the type is MASK (it was IMAGE)",
        ]
    );
    // A whole number is a float, and what is linked counts.
    assert_eq!(
        met(&old, &new, r#""a": ["s", 0], "b": 1, "c": ["s", 0]"#),
        ["n N breaking: input `c`: the type is MASK (it was IMAGE)"]
    );
}

#[test]
fn outputs() {
    let inputs = r#"{"required": {"a": ["*"], "b": ["IMAGE"]}}"#;
    let old = schema(inputs, r#"["MASK", "IMAGE", "LATENT"]"#);
    let new = schema(inputs, r#"["*", "LATENT"]"#);
    assert_eq!(
        told(&old, &new),
        [
            "additive: output 0 `*`: the type is * (it was MASK)",
            "additive: output 0 `*`: it was called `MASK`",
            "breaking: output 1 `LATENT`: the type is LATENT (it was IMAGE)",
            "additive: output 1 `LATENT`: it was called `IMAGE`",
            "breaking: output 2 `LATENT`: gone",
        ]
    );
    assert_eq!(
        met(&old, &new, r#""a": ["s", 2], "b": ["s", 1]"#),
        ["n S breaking: output 2 `LATENT`: gone", "n S breaking: output 1 `IMAGE`: the type is LATENT (it was IMAGE)"]
    );
    assert!(met(&old, &new, r#""a": ["s", 0], "b": ["s", 0]"#).is_empty(), "it was wrong before");
}

#[test]
fn classes_come_and_go() {
    let (old, new) = (required(r#""a": ["IMAGE"]"#), Schema::from_slice(br#"{"NN": {"input": {}, "output": []}}"#));
    let new = new.unwrap();
    assert_eq!(told(&old, &new), ["breaking: the node is gone; similar: `NN`"]);
    assert_eq!(told(&new, &old), ["additive: the node is new"]);
    assert_eq!(Comparison::new(&old, &new).all().len(), 3);
    assert_eq!(met(&old, &new, "").len(), 2, "the one that no output needs, too");
}

#[test]
fn a_class_that_the_server_replaces() {
    let classes = |name: &str| {
        let text = format!(
            r#"{{"{name}": {{"input": {{"required": {{"control_net_name": ["STRING"], "t2i_adapter_name": ["STRING"]}}}},
                "output": [], "output_node": true}}}}"#
        );
        Schema::from_slice(text.as_bytes()).unwrap()
    };
    let (old, new) = (classes("T2IAdapterLoader"), classes("ControlNetLoader"));
    let prompt = br#"{"1": {"class_type": "T2IAdapterLoader", "_meta": {"title": "Sketch"},
        "inputs": {"control_net_name": "", "t2i_adapter_name": "x"}}}"#;
    let findings = Comparison::new(&old, &new).workflow(&Value::parse(prompt).unwrap()).unwrap();
    assert_eq!(findings[0].title.as_deref(), Some("Sketch"));
    assert_eq!(findings[0].change.to_string(), "the node is gone; the server takes `ControlNetLoader` in its place");
    // The replacement has an input that its mapping does not give.
    assert_eq!(findings[1].change.level, Level::Breaking);
    assert_eq!(Comparison::new(&old, &new).class("T2IAdapterLoader")[0].level, Level::Additive);
}

const CHOICE: &str = r#""mode": ["COMFY_DYNAMICCOMBO_V3", {"options": [
    {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}}},
    {"key": "by size", "inputs": {"required": {"width": ["INT"]}}}]}]"#;

#[test]
fn a_combo_that_became_dynamic() {
    let old = required(r#""mode": [["by factor", "by size"]]"#);
    let new = required(CHOICE);
    assert_eq!(
        told(&old, &new),
        [
            "defaulted: input `mode.factor`: new and required; its default is 2.0",
            "breaking: input `mode.width`: new, required, and without a default",
        ]
    );
    assert_eq!(
        met(&old, &new, r#""mode": "by factor""#),
        ["n N defaulted: input `mode.factor`: new and required; its default is 2.0"]
    );
}

#[test]
fn branches_come_and_go() {
    let old = required(CHOICE);
    let new = required(&CHOICE.replace("by size", "by area"));
    assert_eq!(
        told(&old, &new),
        [r#"breaking: input `mode`: no option any more: "by size""#, r#"additive: input `mode`: new: "by area""#]
    );
    assert_eq!(
        met(&old, &new, r#""mode": "by size", "mode.width": 3"#),
        [r#"n N breaking: input `mode`: no option any more: "by size""#, "n N additive: input `mode.width`: gone"]
    );
    assert!(met(&old, &new, r#""mode": "by factor", "mode.factor": 3"#).is_empty());
}

#[test]
fn lists_that_grow_less() {
    let list = |min: usize, max: usize| {
        required(&format!(
            r#""images": ["COMFY_AUTOGROW_V3", {{"template": {{"input": {{"required": {{"image": ["IMAGE", {{}}]}}}},
                "prefix": "image", "min": {min}, "max": {max}}}}}]"#
        ))
    };
    let (old, new) = (list(1, 3), list(2, 2));
    assert_eq!(
        told(&old, &new),
        [
            "breaking: input `images`: the least value is 2 (it was 1)",
            r#"breaking: input `images`: no option any more: "image2""#
        ]
    );
    assert_eq!(
        met(&old, &new, r#""images.image0": ["s", 0]"#),
        ["n N breaking: input `images.image1`: required now, and without a default"]
    );
    assert_eq!(
        met(&old, &new, r#""images.image0": ["s", 0], "images.image1": ["s", 0], "images.image2": ["s", 0]"#),
        ["n N breaking: input `images.image2`: gone"]
    );
}

#[test]
fn what_has_a_default_is_filled_in_and_nothing_else() {
    let old = required("");
    let new = required(&format!(
        r#"{CHOICE}, "steps": ["INT", {{"default": 20}}], "points": ["CURVE", {{"default": [1, 2]}}], "name": ["STRING"]"#
    ));
    let mut prompt = Value::parse(br#"{"n": {"class_type": "N", "inputs": {}}}"#).unwrap();
    let comparison = Comparison::new(&old, &new);
    assert_eq!(comparison.fill(&mut prompt).unwrap().len(), 3);
    assert_eq!(
        prompt.to_string(),
        r#"{"n":{"class_type":"N","inputs":{"steps":20,"points":{"__value__":[1,2]},"mode":"by factor","mode.factor":2.0}}}"#
    );
    let left = comparison.workflow(&prompt).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].change.to_string(), "input `name`: new, required, and without a default");
}

#[test]
fn what_is_no_workflow_is_said_or_has_no_findings() {
    let schema = required(r#""a": ["INT"]"#);
    let comparison = Comparison::new(&schema, &schema);
    let error = comparison.workflow(&Value::Null).unwrap_err().to_string();
    assert!(error.contains("not null"), "{error}");
    for odd in
        ["{}", r#"{"1": 5}"#, r#"{"1": {"class_type": ["N"], "inputs": []}}"#, r#"{"1": {"inputs": {"a": [[], {}]}}}"#]
    {
        let mut odd = Value::parse(odd.as_bytes()).unwrap();
        assert!(comparison.workflow(&odd).unwrap().is_empty());
        assert!(comparison.fill(&mut odd).unwrap().is_empty());
    }
}
