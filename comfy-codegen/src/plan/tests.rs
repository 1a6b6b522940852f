//! Tests of open and closed combos, of the defaults that are sent, and of the names of shared items.

use comfy_schema::{Schema, Value};

use super::{Kind, Overrides, Plan, Selection};

/// Returns a schema of one V1 node with these required inputs.
fn schema(inputs: &str) -> Schema {
    let text = format!(r#"{{"Test": {{"input": {{"required": {inputs}}}, "output": [], "name": "Test"}}}}"#);
    Schema::from_slice(text.as_bytes()).unwrap()
}

fn planned<T>(inputs: &str, overrides: &Overrides, look: impl FnOnce(&Plan<'_>) -> T) -> T {
    look(&Plan::with(&schema(inputs), overrides).unwrap())
}

fn is_closed(name: &str, spec: &str) -> bool {
    let inputs = format!("{{{}: {spec}}}", Value::from(name));
    planned(&inputs, &Overrides::default(), |plan| match &plan.nodes[0].record.fields[0].kind {
        Kind::Combo(combo) => combo.closed,
        kind => panic!("no combo: {kind:?}"),
    })
}

fn default(spec: &str) -> Option<String> {
    let inputs = format!(r#"{{"x": {spec}}}"#);
    planned(&inputs, &Overrides::default(), |plan| plan.nodes[0].record.fields[0].default.clone())
}

#[test]
fn fixed_lists_are_closed() {
    for spec in [
        r#"[["euler", "ddim"], {}]"#,
        r#"["COMBO", {"options": ["gpt-5.5", "gpt-4.1"]}]"#,
        r#"[["1.0", "3.1", "edm_playground_v2.5", "stable-audio-2.5"], {}]"#,
        r#"[["None", "Default"], {}]"#,
        "[[1, 2], {}]",
    ] {
        assert!(is_closed("mode", spec), "{spec}");
    }
}

#[test]
fn lists_of_files_are_open() {
    for (name, spec) in [
        ("ckpt", r#"[["sd15.safetensors"], {}]"#),
        ("x", r#"[["none", "sub\\model.GGUF"], {}]"#),
        ("x", "[[], {}]"),
        ("x", r#"["COMBO", {}]"#),
        ("x", r#"["COMBO", {"options": ["a"], "remote": {"route": "/x"}}]"#),
        ("image", r#"[["a"], {"image_upload": true}]"#),
        ("vae_name", r#"[["pixel_space"], {}]"#),
        ("lora_01", r#"[["CHOOSE"], {}]"#),
        ("x", r#"[["None"], {}]"#),
    ] {
        assert!(!is_closed(name, spec), "{name}: {spec}");
    }
}

#[test]
fn overrides_take_precedence() {
    let inputs = r#"{"files": [["a.pt"], {}], "mode": [["a", "b"], {}]}"#;
    let closed = |overrides: &Overrides| {
        planned(inputs, overrides, |plan| {
            let fields = &plan.nodes[0].record.fields;
            let closed = |index: usize| matches!(&fields[index].kind, Kind::Combo(combo) if combo.closed);
            (closed(0), closed(1))
        })
    };
    let mut overrides = Overrides::default();
    assert_eq!(closed(&overrides), (false, true));
    overrides.add("Test.files".into(), false);
    overrides.add("Test.mode".into(), true);
    assert_eq!(closed(&overrides), (true, false));
    let mut exact = Overrides::default();
    exact.set_exact(true);
    assert_eq!(closed(&exact), (true, true));
}

#[test]
fn defaults_are_sent_as_written() {
    for (spec, json) in [
        (r#"["INT", {"default": 18446744073709551615}]"#, "18446744073709551615"),
        (r#"["INT", {"default": 20.0}]"#, "20"),
        (r#"["FLOAT", {"default": 8.0}]"#, "8.0"),
        (r#"["FLOAT", {"default": 7}]"#, "7"),
        (r#"["STRING", {"default": "a\"\n"}]"#, r#""a\"\n""#),
        (r#"["BOOLEAN", {"default": false}]"#, "false"),
        (r#"[["a", "b"], {"default": "b"}]"#, r#""b""#),
        (r#"["COMBO", {"options": ["a"], "multiselect": true, "default": ["a"]}]"#, r#"{"__value__":["a"]}"#),
        (r##"["COLOR", {"default": "#ffffff"}]"##, r##""#ffffff""##),
        (r#"["CURVE", {"default": [1]}]"#, r#"{"__value__":[1]}"#),
        (r#"["STRING,FILE_3D", {"default": "a"}]"#, r#""a""#),
    ] {
        assert_eq!(default(spec).as_deref(), Some(json), "{spec}");
    }
}

#[test]
fn defaults_that_the_server_refuses_are_dropped() {
    for spec in [
        r#"["INT", {"default": 0.5}]"#,
        r#"["INT", {"default": true}]"#,
        r#"["INT", {"default": 3, "min": 4}]"#,
        r#"["FLOAT", {"default": 2, "max": 1.5}]"#,
        r#"["FLOAT", {"default": NaN}]"#,
        r#"["FLOAT", {"default": "0.5"}]"#,
        r#"["STRING", {"default": 5}]"#,
        r#"["BOOLEAN", {"default": 1}]"#,
        r#"[["a"], {"default": "z"}]"#,
        r#"["IMAGE", {"default": null}]"#,
        r#"["IMAGE", {"default": "x"}]"#,
        r#"["INT", {}]"#,
    ] {
        assert_eq!(default(spec), None, "{spec}");
    }
}

#[test]
fn a_choice_defaults_to_its_first_branch_if_that_has_no_input_that_must_be_given() {
    let choice = |first: &str| {
        default(&format!(
            r#"["COMFY_DYNAMICCOMBO_V3", {{"options": [{{"key": "a", "inputs": {{"required": {first}}}}}]}}]"#
        ))
    };
    assert_eq!(choice("{}").as_deref(), Some(r#""a""#));
    assert_eq!(choice(r#"{"x": ["INT", {"default": 1}]}"#).as_deref(), Some(r#""a""#));
    assert_eq!(choice(r#"{"x": ["IMAGE", {}]}"#), None);
}

#[test]
fn equal_lists_are_one_enum_and_the_most_used_one_has_the_plain_name() {
    let node = |class: &str, list: &str| {
        format!(
            r#""{class}": {{"input": {{"required": {{"sampler_name": [{list}, {{}}]}}}}, "output": [], "name": "{class}"}}"#
        )
    };
    let (few, many) = (r#"["lcm"]"#, r#"["euler", "ddim"]"#);
    let text = format!("{{{}, {}, {}}}", node("A", few), node("B", many), node("C", many));
    let schema = Schema::from_slice(text.as_bytes()).unwrap();
    let plan = Plan::of(&schema);
    let names: Vec<&str> = plan.shared.lists.iter().map(|list| list.ident.as_str()).collect();
    assert_eq!(names, ["ASamplerName", "SamplerName"]);
}

#[test]
fn items_that_selected_nodes_do_not_use_are_not_generated() {
    let text = r#"{
        "A": {"input": {"required": {"x": ["POSE", {}]}}, "output": ["IMAGE,MASK"], "name": "A"},
        "B": {"input": {"required": {"y": ["OTHER", {}]}}, "output": [], "name": "B"}
    }"#;
    let schema = Schema::from_slice(text.as_bytes()).unwrap();
    let names = ["A".to_owned()];
    let plan = Plan::of(&schema);
    let plan = plan.select(Selection { names: Some(&names), words: None }).unwrap();
    assert_eq!(plan.nodes.len(), 1);
    let used: Vec<&str> = plan.shared.words.iter().filter(|word| word.used).map(|word| word.exact).collect();
    assert_eq!(used, ["POSE", "IMAGE", "MASK"]);
}
