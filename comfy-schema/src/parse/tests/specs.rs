//! Kinds of inputs.

use super::{good, spec};
use crate::{ComboDef, ComboSpelling, InputKind, Value};

fn combo(json: &str) -> ComboDef {
    match good(json).kind {
        InputKind::Combo(combo) => combo,
        other => panic!("{other:?}"),
    }
}

#[test]
fn primitives() {
    assert_eq!(good(r#"["INT",{}]"#).kind, InputKind::Int);
    assert_eq!(good(r#"["FLOAT",{}]"#).kind, InputKind::Float);
    assert_eq!(good(r#"["STRING",{}]"#).kind, InputKind::String);
    assert_eq!(good(r#"["BOOLEAN",{}]"#).kind, InputKind::Boolean);
}

#[test]
fn specifications_with_and_without_options() {
    assert_eq!(good(r#"["IMAGE"]"#).to_value().to_string(), r#"["IMAGE"]"#);
    assert_eq!(good(r#"["IMAGE",{}]"#).to_value().to_string(), r#"["IMAGE",{}]"#);
}

#[test]
fn type_words_are_case_sensitive_and_free() {
    assert_eq!(good(r#"["image"]"#).kind, InputKind::Link("image".into()));
    assert_eq!(good(r#"["A type, "]"#).kind, InputKind::Link("A type, ".into()));
    assert_eq!(good(r#"["int"]"#).kind, InputKind::Link("int".into()));
}

#[test]
fn a_star_is_any_type() {
    assert_eq!(good(r#"["*"]"#).kind, InputKind::Any);
}

#[test]
fn a_comma_list_is_a_union_and_trimmed() {
    assert_eq!(good(r#"["A,B"]"#).kind, InputKind::Union(vec!["A".into(), "B".into()]));
    assert_eq!(good(r#"["A , B,,C"]"#).kind, InputKind::Union(vec!["A".into(), "B".into(), "C".into()]));
}

#[test]
fn types_with_a_widget() {
    for word in ["COLOR", "BOUNDING_BOX", "CURVE", "RANGE", "WEBCAM", "LOAD_3D", "COLORS", "VIDEO_EDIT"] {
        assert_eq!(good(&format!(r#"["{word}",{{}}]"#)).kind, InputKind::Widget(word.into()));
    }
}

#[test]
fn force_input_and_widget_type_do_not_change_the_kind() {
    let forced = good(r#"["COLOR",{"forceInput":true}]"#);
    assert_eq!(forced.kind, InputKind::Widget("COLOR".into()));
    assert!(forced.options.force_input());
    let painter = good(r#"["STRING",{"widgetType":"PAINTER"}]"#);
    assert_eq!((painter.kind, painter.options.widget_type()), (InputKind::String, Some("PAINTER")));
}

#[test]
fn combo_in_the_old_spelling_holds_any_scalar() {
    let combo = combo(r#"[["a",3,0.5,true,"a"],{"default":0.5}]"#);
    assert_eq!((combo.values.len(), combo.spelling, combo.multiselect), (5, ComboSpelling::Array, false));
}

#[test]
fn combo_in_the_old_spelling_may_be_empty() {
    assert!(combo("[[]]").values.is_empty());
}

#[test]
fn combo_in_the_new_spelling() {
    let input = good(r#"["COMBO",{"default":"b","options":["a","b"],"multiselect":true}]"#);
    let InputKind::Combo(combo) = &input.kind else { panic!("{input:?}") };
    assert_eq!(combo.values, ["a", "b"].map(Value::from));
    assert_eq!((combo.spelling, combo.multiselect), (ComboSpelling::Word, true));
    // The kind holds the values; they are written in their place.
    assert_eq!(input.options.get("options"), None);
    assert_eq!(input.to_value().to_string(), r#"["COMBO",{"default":"b","options":["a","b"],"multiselect":true}]"#);
}

#[test]
fn combo_without_options_has_no_values() {
    let input = good(r#"["COMBO",{"remote":{"route":"/internal/files/output"},"default":"x"}]"#);
    assert!(input.options.remote().is_some());
    assert_eq!(
        input.kind,
        InputKind::Combo(ComboDef { values: vec![], spelling: ComboSpelling::Word, multiselect: false })
    );
}

#[test]
fn bounds_beyond_64_bits_and_as_floats_survive() {
    let input = good(r#"["INT",{"default":1.0,"min":-18446744073709551616,"max":1e30}]"#);
    assert_eq!(input.options.min(), Some(&Value::Int(-18_446_744_073_709_551_616)));
    assert_eq!(input.options.default(), Some(&Value::Float(1.0)));
    assert_eq!(good(r#"["FLOAT",{"max":Infinity}]"#).options.max(), Some(&Value::Float(f64::INFINITY)));
}

#[test]
fn known_options_have_getters() {
    let input = good(
        r#"["FLOAT",{"default":1,"min":0,"max":2,"step":0.5,"round":false,"display":"slider","gradient_stops":[],
        "control_after_generate":"fixed","control_prefix":"c","lazy":true,"rawLink":true,"tooltip":"t",
        "display_name":"d","advanced":true,"hidden":true,"socketless":true,"defaultInput":true,"component":"k",
        "value_min":0,"midpoint_scale":"gamma","features":["trim"],"ratio_widget":"r","of their own":[1]}]"#,
    );
    let options = &input.options;
    assert_eq!((options.step().and_then(Value::as_f64), options.round()), (Some(0.5), Some(&Value::Bool(false))));
    assert_eq!(
        (options.display(), options.control_prefix(), options.tooltip()),
        (Some("slider"), Some("c"), Some("t"))
    );
    assert_eq!(options.control_after_generate(), Some(&Value::from("fixed")));
    assert!(options.lazy() && options.raw_link() && options.advanced() && options.hidden());
    assert!(options.socketless() && options.default_input() && !options.force_input() && !options.is_upload());
    assert_eq!(
        (options.component(), options.midpoint_scale(), options.ratio_widget()),
        (Some("k"), Some("gamma"), Some("r"))
    );
    assert_eq!(options.features().map(<[Value]>::len), Some(1));
    assert_eq!((options.get("of their own"), options.len()), (Some(&Value::Array(vec![Value::Int(1)])), 23));
}

#[test]
fn a_getter_returns_none_for_a_value_of_another_type() {
    let input = good(r#"["STRING",{"tooltip":["t"],"multiline":1,"default":null}]"#);
    assert_eq!((input.options.tooltip(), input.options.multiline(), input.options.default()), (None, false, None));
    assert_eq!(input.options.get("default"), Some(&Value::Null));
}

#[test]
fn defaults_that_do_not_fit_are_kept_and_reported() {
    for (json, issue) in [
        (r#"["INT",{"default":"1"}]"#, r#"default: expected an integer, found "1""#),
        (r#"["INT",{"default":1.5}]"#, "default: expected an integer, found 1.5"),
        (r#"["FLOAT",{"default":[1.0]}]"#, "default: expected a number, found [1.0]"),
        (r#"["STRING",{"default":1}]"#, "default: expected a string, found 1"),
        (r#"["BOOLEAN",{"default":"yes"}]"#, r#"default: expected a boolean, found "yes""#),
        (r#"["INT",{"default":0,"min":1}]"#, "default: 0 is less than the minimum 1"),
        (r#"["FLOAT",{"default":2,"max":1.5}]"#, "default: 2 is greater than the maximum 1.5"),
        (r#"["INT",{"min":3,"max":1}]"#, "min: 3 is greater than the maximum 1"),
        (r#"["INT",{"min":"3"}]"#, r#"min: expected a number, found "3""#),
        (r#"[["a","b"],{"default":"c"}]"#, r#"default: expected one of the values, found "c""#),
        (r#"["COMBO",{"options":[1,2],"default":3}]"#, "default: expected one of the values, found 3"),
    ] {
        assert_eq!(spec(json).1, [format!("N.input.required.x[1].{issue}")], "{json}");
    }
}

#[test]
fn defaults_of_lists_that_differ_between_servers_are_not_reported() {
    good(r#"[["a.safetensors"],{"default":"b.safetensors"}]"#);
    good(r#"[["a"],{"default":"b.ckpt"}]"#);
    good(r#"[["a"],{"default":"b","image_upload":true}]"#);
    good(r#"[[],{"default":"b"}]"#);
    // The front end ignores such a default.
    good(r#"[["a"],{"default":""}]"#);
    good(r#"[[1,2],{"default":1.0}]"#);
    good(r#"["COMBO",{"options":["a","b"],"default":["a"],"multiselect":true}]"#);
}
