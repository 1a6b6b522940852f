//! Texts that are changed when they are sent.

use comfy_convert::{Converter, DateTime};

use crate::support::{convert, file, inputs, schema, values};

#[test]
fn dynamic_prompts_are_expanded_by_a_seed_or_kept() {
    values("Prompted", r#"["a // b"]"#, r#"{"text":"a "}"#);
    values("Make", r#"[1,"a // {b}"]"#, r#"{"n":1,"s":"a // {b}"}"#);
    let workflow = file(&[r#"{"id":1,"type":"Prompted","widgets_values":["{a|b|c} // x"]}"#], "[]", "");
    let schema = schema();
    let by_seed = |seed| Converter::new(&schema).seed(seed).convert(&workflow).unwrap();
    assert_eq!(by_seed(3), by_seed(3));
    assert!((0..20).any(|seed| by_seed(seed).prompt != by_seed(3).prompt));
    assert!(by_seed(3).warnings[0].to_string().contains("`text` has choices"));
    let kept = Converter::new(&schema).keep_dynamic_prompts().convert(&workflow).unwrap();
    assert!(kept.warnings.is_empty() && kept.prompt.to_string().contains("{a|b|c} // x"));
}

fn prefix(text: &str) -> comfy_convert::UiWorkflow {
    let save = format!(r#"{{"id":2,"type":"SaveImage","widgets_values":["{text}"]}}"#);
    let nodes = [
        r#"{"id":1,"type":"Make","title":"My node","widgets_values":[3,"a/b:c"],"properties":{"Node name for S&R":"M"}}"#,
        r#"{"id":3,"type":"Make","widgets_values":[4,"later"]}"#,
        &save,
    ];
    file(&nodes, "[]", "")
}

#[track_caller]
fn replaced(text: &str, expected: &str) {
    let make = r#"{"n":3,"s":"a/b:c"}"#;
    inputs(
        &prefix(text),
        &format!(r#"{{"1":{make},"2":{{"filename_prefix":"{expected}"}},"3":{{"n":4,"s":"later"}}}}"#),
    );
}

#[test]
fn prefixes_take_the_values_of_widgets() {
    replaced("x/%M.s%_%M.n%", "x/a_b_c_3");
    replaced("%My node.n% %Make.s%", "3 later");
    replaced("%width% %M.none% %Nobody.n% %M.n.x% 100%", "%width% %M.none% %Nobody.n% %M.n.x% 100%");
}

#[test]
fn prefixes_take_the_date_if_there_is_one() {
    let schema = schema();
    let date = DateTime { year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5 };
    let workflow = prefix("%date:yyyy-MM-dd% %date:yy.MM% %date:yy.MM.dd%");
    let dated = Converter::new(&schema).date(date).convert(&workflow).unwrap();
    assert!(dated.prompt.to_string().contains("2026-01-02 %date:yy.MM% 26"), "{}", dated.prompt);
    let undated = convert(&workflow).unwrap();
    assert!(undated.prompt.to_string().contains("%date:yyyy-MM-dd%"));
    assert!(undated.warnings[0].to_string().contains("asks for the date"));
}
