use super::{Comparison, Level};
use crate::{Schema, Value};

/// Creates a schema of an output class `N` with these inputs and outputs, and a class `S` that feeds it.
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

/// Returns the changes of the class `N`, one per line.
fn changes(old: &Schema, new: &Schema) -> Vec<String> {
    let found = Comparison::new(old, new).class("N");
    found.iter().map(|change| format!("{}: {change}", change.level.as_str())).collect()
}

/// Returns the changes that affect a node `N` with these inputs, next to a node `s` of class `S`.
fn findings(old: &Schema, new: &Schema, inputs: &str) -> Vec<String> {
    let text = format!(
        r#"{{"s": {{"class_type": "S", "inputs": {{}}}}, "n": {{"class_type": "N", "inputs": {{{inputs}}}}}}}"#
    );
    let prompt = Value::parse(text.as_bytes()).unwrap();
    let found = Comparison::new(old, new).workflow(&prompt).unwrap();
    let line = |finding: &super::Finding| {
        format!("{} {} {}: {}", finding.node, finding.change.class, finding.change.level.as_str(), finding.change)
    };
    found.iter().map(line).collect()
}

#[test]
fn added_and_removed_inputs() {
    let old = required(r#""a": ["INT"], "b": ["*"]"#);
    let new = schema(
        r#"{"required": {"a": ["INT"], "c": ["INT"], "d": ["INT", {"default": 5}]}, "optional": {"e": ["INT"]}}"#,
        r#"["IMAGE"]"#,
    );
    assert_eq!(
        changes(&old, &new),
        [
            "breaking: input `b`: removed",
            "breaking: input `c`: added and required, without a default",
            "defaulted: input `d`: added and required; its default is 5",
            "additive: input `e`: added and optional",
        ]
    );
    assert_eq!(
        findings(&old, &new, r#""a": 1, "b": 2"#),
        [
            "n N breaking: input `c`: added and required, without a default",
            "n N defaulted: input `d`: added and required; its default is 5",
            "n N additive: input `b`: removed",
        ]
    );
    assert!(findings(&old, &new, r#""a": 1, "b": ["s", 0]"#)[2].starts_with("n N breaking: input `b`: removed"));
}

#[test]
fn inputs_that_become_required_or_optional() {
    let old = schema(r#"{"optional": {"a": ["INT", {"default": 0}], "b": ["INT"]}}"#, "[]");
    let new = schema(r#"{"required": {"a": ["INT", {"default": 0}], "b": ["INT"]}}"#, "[]");
    assert_eq!(
        changes(&old, &new),
        [
            "defaulted: input `a`: now required; its default is 0",
            "breaking: input `b`: now required, without a default"
        ]
    );
    assert_eq!(changes(&new, &old), ["additive: input `a`: now optional", "additive: input `b`: now optional"]);
    assert!(findings(&old, &new, r#""a": 1, "b": 1"#).is_empty());
    assert_eq!(findings(&old, &new, "").len(), 2);
}

#[test]
fn ranges() {
    let old = required(r#""a": ["INT", {"min": 0, "max": 100}], "b": ["FLOAT"]"#);
    let new = required(r#""a": ["INT", {"min": -5, "max": 10}], "b": ["FLOAT", {"min": 0.5}]"#);
    assert_eq!(
        changes(&old, &new),
        [
            "additive: input `a`: the minimum is -5 (it was 0)",
            "breaking: input `a`: the maximum is 10 (it was 100)",
            "breaking: input `b`: the minimum is 0.5 (there was none)",
        ]
    );
    assert_eq!(findings(&old, &new, r#""a": 11, "b": 1"#), ["n N breaking: input `a`: the maximum is 10 (it was 100)"]);
    assert!(findings(&old, &new, r#""a": 10, "b": 0.5"#).is_empty());
}

#[test]
fn options_of_both_spellings() {
    let old = required(r#""a": [["x", "y"]]"#);
    let new = required(r#""a": ["COMBO", {"options": ["y", "z"]}]"#);
    assert_eq!(
        changes(&old, &new),
        [r#"breaking: input `a`: options removed: "x""#, r#"additive: input `a`: options added: "z""#]
    );
    assert_eq!(findings(&old, &new, r#""a": "x""#), [r#"n N breaking: input `a`: options removed: "x""#]);
    assert!(findings(&old, &new, r#""a": "y""#).is_empty());
}

#[test]
fn files_of_servers_are_not_compared() {
    let old = required(r#""ckpt_name": [["a.safetensors", "b.safetensors"]]"#);
    let new = required(r#""ckpt_name": [["b.safetensors"]]"#);
    assert!(changes(&old, &new).is_empty());
    // A file that the workflow uses is still reported as missing if the old server had it.
    assert_eq!(findings(&old, &new, r#""ckpt_name": "a.safetensors""#).len(), 1);
    assert!(findings(&old, &new, r#""ckpt_name": "c.safetensors""#).is_empty());
}

#[test]
fn types() {
    let old = required(r#""a": ["IMAGE"], "b": ["INT"], "c": ["IMAGE"]"#);
    let new = required(r#""a": ["IMAGE,MASK"], "b": ["FLOAT"], "c": ["MASK"]"#);
    assert_eq!(
        changes(&old, &new),
        [
            "additive: input `a`: the type is IMAGE,MASK (it was IMAGE)",
            "breaking: input `b`: the type is FLOAT (it was INT)",
            "breaking: input `c`: the type is MASK (it was IMAGE)",
        ]
    );
    // An integer is also a valid FLOAT, and a link is checked by the type of the output that it comes from.
    assert_eq!(
        findings(&old, &new, r#""a": ["s", 0], "b": 1, "c": ["s", 0]"#),
        ["n N breaking: input `c`: the type is MASK (it was IMAGE)"]
    );
}

#[test]
fn outputs() {
    let inputs = r#"{"required": {"a": ["*"], "b": ["IMAGE"]}}"#;
    let old = schema(inputs, r#"["MASK", "IMAGE", "LATENT"]"#);
    let new = schema(inputs, r#"["*", "LATENT"]"#);
    assert_eq!(
        changes(&old, &new),
        [
            "additive: output 0 `*`: the type is * (it was MASK)",
            "additive: output 0 `*`: renamed from `MASK`",
            "breaking: output 1 `LATENT`: the type is LATENT (it was IMAGE)",
            "additive: output 1 `LATENT`: renamed from `IMAGE`",
            "breaking: output 2 `LATENT`: removed",
        ]
    );
    assert_eq!(
        findings(&old, &new, r#""a": ["s", 2], "b": ["s", 1]"#),
        [
            "n S breaking: output 2 `LATENT`: removed",
            "n S breaking: output 1 `IMAGE`: the type is LATENT (it was IMAGE)"
        ]
    );
    assert!(findings(&old, &new, r#""a": ["s", 0], "b": ["s", 0]"#).is_empty(), "the link was wrong before");
}

#[test]
fn added_and_removed_classes() {
    let (old, new) = (required(r#""a": ["IMAGE"]"#), Schema::from_slice(br#"{"NN": {"input": {}, "output": []}}"#));
    let new = new.unwrap();
    assert_eq!(changes(&old, &new), ["breaking: the node was removed; similar nodes: `NN`"]);
    assert_eq!(changes(&new, &old), ["additive: the node was added"]);
    assert_eq!(Comparison::new(&old, &new).all().len(), 3);
    assert_eq!(findings(&old, &new, "").len(), 2, "a node that no output needs is listed too");
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
    assert_eq!(findings[0].change.to_string(), "the node was removed; the server replaces it with `ControlNetLoader`");
    // The mapping lacks an input of the replacement.
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
        changes(&old, &new),
        [
            "defaulted: input `mode.factor`: added and required; its default is 2.0",
            "breaking: input `mode.width`: added and required, without a default",
        ]
    );
    assert_eq!(
        findings(&old, &new, r#""mode": "by factor""#),
        ["n N defaulted: input `mode.factor`: added and required; its default is 2.0"]
    );
}

#[test]
fn added_and_removed_branches() {
    let old = required(CHOICE);
    let new = required(&CHOICE.replace("by size", "by area"));
    assert_eq!(
        changes(&old, &new),
        [
            r#"breaking: input `mode`: options removed: "by size""#,
            r#"additive: input `mode`: options added: "by area""#
        ]
    );
    assert_eq!(
        findings(&old, &new, r#""mode": "by size", "mode.width": 3"#),
        [r#"n N breaking: input `mode`: options removed: "by size""#, "n N additive: input `mode.width`: removed"]
    );
    assert!(findings(&old, &new, r#""mode": "by factor", "mode.factor": 3"#).is_empty());
}

#[test]
fn growing_lists_with_another_range() {
    let list = |min: usize, max: usize| {
        required(&format!(
            r#""images": ["COMFY_AUTOGROW_V3", {{"template": {{"input": {{"required": {{"image": ["IMAGE", {{}}]}}}},
                "prefix": "image", "min": {min}, "max": {max}}}}}]"#
        ))
    };
    let (old, new) = (list(1, 3), list(2, 2));
    assert_eq!(
        changes(&old, &new),
        [
            "breaking: input `images`: the minimum is 2 (it was 1)",
            r#"breaking: input `images`: options removed: "image2""#
        ]
    );
    assert_eq!(
        findings(&old, &new, r#""images.image0": ["s", 0]"#),
        ["n N breaking: input `images.image1`: now required, without a default"]
    );
    assert_eq!(
        findings(&old, &new, r#""images.image0": ["s", 0], "images.image1": ["s", 0], "images.image2": ["s", 0]"#),
        ["n N breaking: input `images.image2`: removed"]
    );
}

#[test]
fn only_inputs_with_a_default_are_filled_in() {
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
    assert_eq!(left[0].change.to_string(), "input `name`: added and required, without a default");
}

#[test]
fn other_json_is_an_error_or_has_no_findings() {
    let schema = required(r#""a": ["INT"]"#);
    let comparison = Comparison::new(&schema, &schema);
    let error = comparison.workflow(&Value::Null).unwrap_err().to_string();
    assert!(error.contains("found null"), "{error}");
    for other in
        ["{}", r#"{"1": 5}"#, r#"{"1": {"class_type": ["N"], "inputs": []}}"#, r#"{"1": {"inputs": {"a": [[], {}]}}}"#]
    {
        let mut other = Value::parse(other.as_bytes()).unwrap();
        assert!(comparison.workflow(&other).unwrap().is_empty());
        assert!(comparison.fill(&mut other).unwrap().is_empty());
    }
}
