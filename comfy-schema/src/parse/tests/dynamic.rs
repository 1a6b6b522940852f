//! Dynamic inputs.

use super::{good, raw, spec};
use crate::{Autogrow, DynamicSlot, InputDef, InputKind, MatchType, Section, Value};

fn autogrow(json: &str) -> (Autogrow, Vec<String>) {
    let (input, issues) = spec(json);
    match input.kind {
        InputKind::Autogrow(grow) => (grow, issues),
        other => panic!("{other:?}"),
    }
}

fn names(inputs: &[InputDef]) -> Vec<(&str, Section)> {
    inputs.iter().map(|input| (input.name.as_str(), input.section)).collect()
}

#[test]
fn match_type_with_allowed_types() {
    let kind = good(r#"["COMFY_MATCHTYPE_V3",{"template":{"template_id":"t","allowed_types":"IMAGE, MASK"}}]"#).kind;
    assert_eq!(
        kind,
        InputKind::Match(MatchType { template_id: "t".into(), allowed: vec!["IMAGE".into(), "MASK".into()] })
    );
}

#[test]
fn match_type_of_any_type() {
    for allowed in [r#","allowed_types":"*""#, ""] {
        let kind = good(&format!(r#"["COMFY_MATCHTYPE_V3",{{"template":{{"template_id":"t"{allowed}}}}}]"#)).kind;
        assert_eq!(kind, InputKind::Match(MatchType { template_id: "t".into(), allowed: vec![] }));
    }
}

#[test]
fn match_type_without_template_is_raw() {
    raw(r#"["COMFY_MATCHTYPE_V3"]"#, "N.input.required.x[1]: missing `template`");
    raw(r#"["COMFY_MATCHTYPE_V3",{"template":{}}]"#, "N.input.required.x[1].template: missing `template_id`");
}

#[test]
fn autogrow_by_prefix() {
    let (grow, issues) = autogrow(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"image":["IMAGE",{}]}},"prefix":"im","min":2,"max":3}}]"#,
    );
    assert_eq!(grow.names, ["im0", "im1", "im2"]);
    assert_eq!(
        (grow.min, grow.element.kind, grow.element.name.as_str()),
        (2, InputKind::Link("IMAGE".into()), "image")
    );
    assert_eq!(issues, [""; 0]);
}

#[test]
fn autogrow_by_names() {
    let (grow, _) = autogrow(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"v":["FLOAT,INT",{}]}},"names":["a","b"],"min":0}}]"#,
    );
    assert_eq!(grow.names, ["a", "b"]);
    assert_eq!((grow.min, grow.element.kind), (0, InputKind::Union(vec!["FLOAT".into(), "INT".into()])));
}

#[test]
fn autogrow_has_at_most_100_names() {
    let (by_prefix, _) = autogrow(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"v":["INT"]}},"prefix":"v","min":1,"max":1000000000000}}]"#,
    );
    assert_eq!(by_prefix.names.len(), 100);
    let names: Value = (0..150).map(|at| format!("n{at}")).collect();
    let (by_names, _) = autogrow(&format!(
        r#"["COMFY_AUTOGROW_V3",{{"template":{{"input":{{"required":{{"v":["INT"]}}}},"names":{names},"min":1}}}}]"#
    ));
    assert_eq!(by_names.names.len(), 100);
}

#[test]
fn autogrow_of_an_optional_template_requires_none() {
    let (grow, _) = autogrow(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{},"optional":{"v":["INT"]}},"prefix":"v","min":2,"max":5}}]"#,
    );
    assert_eq!((grow.min, grow.element.section), (0, Section::Optional));
}

#[test]
fn autogrow_uses_only_the_first_inner_input() {
    let (grow, issues) = autogrow(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"a":["INT"],"b":["INT"]}},"prefix":"v","min":9,"max":5}}]"#,
    );
    assert_eq!((grow.element.name.as_str(), grow.min), ("a", 5));
    assert_eq!(
        issues,
        [
            "N.input.required.x[1].template.input: 2 inputs; the server uses only the first",
            "N.input.required.x[1].template.min: 9 is more than the 5 names"
        ]
    );
}

#[test]
fn autogrow_of_autogrow() {
    let (grow, _) = autogrow(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"row":["COMFY_AUTOGROW_V3",{"template":{"input":
        {"required":{"v":["COMFY_MATCHTYPE_V3",{"template":{"template_id":"t","allowed_types":"*"}}]}},"prefix":"c","min":1,"max":2}}]}},"prefix":"r","min":1,"max":2}}]"#,
    );
    assert!(
        matches!(grow.element.kind, InputKind::Autogrow(inner) if matches!(inner.element.kind, InputKind::Match(_)))
    );
}

#[test]
fn autogrow_that_cannot_be_understood_is_raw() {
    let at = "N.input.required.x[1].template";
    raw(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{},"prefix":"a"}}]"#,
        &format!("{at}.input: missing the input of the children"),
    );
    raw(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"v":["INT"]}}}}]"#,
        &format!("{at}: missing `names` or `prefix` of the children"),
    );
    raw(
        r#"["COMFY_AUTOGROW_V3",{"template":{"input":{"required":{"v":["INT"]}},"names":[1]}}]"#,
        &format!("{at}.names: expected an array of strings"),
    );
}

#[test]
fn dynamic_combo_branches_hold_their_inputs() {
    let input = good(
        r#"["COMFY_DYNAMICCOMBO_V3",{"tooltip":"t","options":[
        {"key":"a","inputs":{"required":{"w":["INT",{"default":1}]},"optional":{"c":["COMBO",{"multiselect":false,"options":["x"]}]}}},
        {"key":"b","inputs":{"required":{"m":["COMFY_DYNAMICCOMBO_V3",{"options":[{"key":"c","inputs":{"required":{}}}]}]}}},
        {"key":"off","inputs":{"required":{}}}]}]"#,
    );
    let InputKind::DynamicCombo(branches) = &input.kind else { panic!("{input:?}") };
    assert_eq!(branches.iter().map(|branch| branch.key.as_str()).collect::<Vec<_>>(), ["a", "b", "off"]);
    assert_eq!(names(&branches[0].inputs), [("w", Section::Required), ("c", Section::Optional)]);
    assert!(matches!(&branches[1].inputs[0].kind, InputKind::DynamicCombo(inner) if inner[0].key == "c"));
    assert!(branches[2].inputs.is_empty());
    assert_eq!(input.options.get("options"), None, "the branches reproduce them");
}

#[test]
fn parts_that_the_branches_do_not_reproduce_stay_in_the_options() {
    let (input, issues) = spec(
        r#"["COMFY_DYNAMICCOMBO_V3",{"options":[{"key":"a","extra":1,"inputs":{"required":{"w":"INT"},"hidden":{"u":["UNIQUE_ID"]}}}]}]"#,
    );
    assert!(matches!(&input.kind, InputKind::DynamicCombo(branches) if branches[0].inputs[0].kind == InputKind::Int));
    assert!(input.options.get("options").is_some());
    let at = "N.input.required.x[1].options[0].inputs";
    assert_eq!(
        issues,
        [
            format!("{at}.required.w: expected an array of type and options, found the type word alone"),
            format!("{at}.hidden: unknown section; the server reads only required and optional here"),
        ]
    );
}

#[test]
fn dynamic_combo_that_cannot_be_understood_is_raw() {
    raw(r#"["COMFY_DYNAMICCOMBO_V3",{}]"#, "N.input.required.x[1]: missing `options`");
    raw(
        r#"["COMFY_DYNAMICCOMBO_V3",{"options":["a"]}]"#,
        "N.input.required.x[1].options[0]: expected a branch with a string `key`",
    );
    raw(
        r#"["COMFY_DYNAMICCOMBO_V3",{"options":{"a":1},"tooltip":"t"}]"#,
        "N.input.required.x[1].options: expected an array of branches, found an object",
    );
}

#[test]
fn dynamic_slot() {
    let input = good(
        r#"["COMFY_DYNAMICSLOT_V3",{"slotType":"IMAGE,MASK","inputs":{"required":{"w":["INT",{}]}},"forceInput":true}]"#,
    );
    let InputKind::DynamicSlot(DynamicSlot { slot, inputs }) = input.kind else { panic!() };
    assert_eq!((slot.name.as_str(), slot.kind), ("x", InputKind::Union(vec!["IMAGE".into(), "MASK".into()])));
    assert_eq!(names(&inputs), [("w", Section::Required)]);
    raw(r#"["COMFY_DYNAMICSLOT_V3",{}]"#, "N.input.required.x[1]: missing `slotType`");
}

#[test]
fn dynamic_group() {
    let rows = |json: &str| match good(json).kind {
        InputKind::DynamicGroup(group) => (names(&group.inputs).len(), group.min, group.max),
        other => panic!("{other:?}"),
    };
    let template = r#""template":{"required":{"name":["COMBO",{"options":["a"]}]},"optional":{"on":["BOOLEAN",{}]}}"#;
    assert_eq!(rows(&format!(r#"["COMFY_DYNAMICGROUP_V3",{{{template},"min":1,"max":3}}]"#)), (2, 1, 3));
    assert_eq!(rows(&format!(r#"["COMFY_DYNAMICGROUP_V3",{{{template}}}]"#)), (2, 0, 20));
}

#[test]
fn nesting_is_bounded_and_deeper_inputs_are_raw() {
    let mut json = r#"["INT",{}]"#.to_owned();
    for _ in 0..25 {
        json = format!(
            r#"["COMFY_DYNAMICCOMBO_V3",{{"options":[{{"key":"k","inputs":{{"required":{{"x":{json}}}}}}}]}}]"#
        );
    }
    let (input, issues) = spec(&json);
    assert!(matches!(input.kind, InputKind::DynamicCombo(_)));
    assert_eq!(issues.len(), 1);
    assert!(issues[0].ends_with("dynamic inputs are nested deeper than 16 levels"), "{issues:?}");
}
