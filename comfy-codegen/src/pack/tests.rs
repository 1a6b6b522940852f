//! Descriptors, read by a reader of their own that follows the layout in `docs/generated-code.md`.

use comfy_schema::Schema;

use crate::plan::{Overrides, Selection, plan};

/// The descriptor of the only node of a schema.
fn packed(node: &str) -> String {
    let schema = Schema::from_slice(format!(r#"{{"Test": {node}}}"#).as_bytes()).unwrap();
    let mut plan = plan(&schema, &Overrides::default()).unwrap().select(Selection::default()).unwrap();
    super::pack(&mut plan.nodes[0], &plan.shared);
    plan.nodes[0].record.desc.clone()
}

/// An input in readable form: kind, flags, ident, name, type, default, min, max and what follows.
fn read_input(spec: &str) -> String {
    let desc = packed(&format!(r#"{{"input": {{"required": {{"x y": {spec}}}}}, "output": []}}"#));
    let mut reader = Reader(&desc);
    assert_eq!((reader.letters(1), reader.string(), reader.number()), ("0", "Test", 1));
    let body = reader.string();
    assert_eq!(reader.0, "", "nothing follows the last input");
    Reader(body).body()
}

struct Reader<'d>(&'d str);

impl<'d> Reader<'d> {
    fn letters(&mut self, count: usize) -> &'d str {
        let (letters, rest) = self.0.split_at(count);
        self.0 = rest;
        letters
    }

    fn number(&mut self) -> usize {
        self.letters(4).bytes().fold(0, |number, digit| number * 32 + usize::from(digit - b'0'))
    }

    fn string(&mut self) -> &'d str {
        let length = self.number();
        self.letters(length)
    }

    fn body(&mut self) -> String {
        let mut text = format!("{}|{}", self.letters(2), self.string());
        for _ in 0..5 {
            text.extend(["|", self.string()]);
        }
        let rest = match text.as_bytes()[0] {
            b'C' | b'M' => self.strings(1).join(","),
            b'G' => {
                format!("{} of [{}] {{{}}}", self.number(), self.strings(1).join(","), Reader(self.string()).body())
            }
            b'D' => (0..self.number()).map(|_| self.branch()).collect::<Vec<_>>().join(" "),
            b'P' => format!("{}..={}", self.number(), self.number()),
            _ => String::new(),
        };
        assert_eq!(self.0, "", "nothing follows {text}");
        format!("{text}|{rest}")
    }

    fn strings(&mut self, each: usize) -> Vec<&'d str> {
        (0..self.number() * each).map(|_| self.string()).collect()
    }

    fn branch(&mut self) -> String {
        let key = self.string();
        match self.letters(1) {
            "=" => format!("{key}={}", self.strings(2).join(",")),
            letter => format!("{key}{letter}"),
        }
    }
}

#[test]
fn a_node_has_flags_and_a_class() {
    assert_eq!(packed(r#"{"input": {}, "output": []}"#), "00004Test0000");
    assert_eq!(
        packed(r#"{"input": {}, "output": [], "output_node": true, "deprecated": true, "api_node": true}"#),
        "70004Test0000"
    );
}

#[test]
fn primitives_have_defaults_and_bounds() {
    assert_eq!(
        read_input(r#"["INT", {"default": 1, "min": -5, "max": 18446744073709551615}]"#),
        "I1|x_y|x y|INT|1|i-5|i18446744073709551615|"
    );
    assert_eq!(
        read_input(r#"["FLOAT", {"default": 0.5, "min": 0, "max": 1.5}]"#),
        "F1|x_y|x y|FLOAT|0.5|f00000000000000000|f3ff80000000000001.5|"
    );
    assert_eq!(read_input(r#"["STRING", {"default": "\""}]"#), r#"S1|x_y|x y|STRING|"\""|||"#);
    assert_eq!(read_input(r#"["BOOLEAN", {}]"#), "B1|x_y|x y|BOOLEAN||||");
}

#[test]
fn sockets_have_their_type() {
    assert_eq!(read_input(r#"["IMAGE"]"#), "L1|x_y|x y|IMAGE||||");
    assert_eq!(read_input(r#"["COLOR", {}]"#), "W1|x_y|x y|COLOR||||");
    assert_eq!(read_input(r#"["IMAGE,MASK"]"#), "U1|x_y|x y|IMAGE,MASK||||");
    assert_eq!(read_input(r#"["*"]"#), "A1|x_y|x y|*||||");
    assert_eq!(
        read_input(r#"["COMFY_MATCHTYPE_V3", {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}]"#),
        "T1|x_y|x y|IMAGE,MASK||||"
    );
    assert_eq!(read_input("[5]"), "R1|x_y|x y|JSON||||");
}

#[test]
fn closed_combos_have_their_options() {
    assert_eq!(
        read_input(r#"[["a", 1, 0.5, true, null], {}]"#),
        "C1|x_y|x y|COMBO||||sa,i1,f3fe00000000000000.5,btrue,jnull"
    );
    assert_eq!(read_input(r#"[["a.pt"], {}]"#), "O1|x_y|x y|COMBO||||");
    assert_eq!(read_input(r#"["COMBO", {"options": ["a"], "multiselect": true}]"#), "M1|x_y|x y|COMBO||||sa");
    assert_eq!(read_input(r#"["COMBO", {"options": [], "multiselect": true}]"#), "N1|x_y|x y|COMBO||||");
}

#[test]
fn lists_have_their_children() {
    assert_eq!(
        read_input(
            r#"["COMFY_AUTOGROW_V3", {"template":
                {"input": {"required": {"e": ["INT", {"min": 2}]}}, "prefix": "p\"", "min": 1, "max": 2}}]"#
        ),
        r#"G1|x_y|x y|[INT]||||1 of [p\"0,p\"1] {I1|e||INT||i2||}"#
    );
}

#[test]
fn choices_have_their_branches() {
    assert_eq!(
        read_input(
            r#"["COMFY_DYNAMICCOMBO_V3", {"options": [
                {"key": "deep", "inputs": {"required": {"mode": ["COMFY_DYNAMICCOMBO_V3", {"options": [
                    {"key": "soft", "inputs": {"required": {"level": ["INT", {"default": 3}]}}}]}]}}},
                {"key": "needy", "inputs": {"required": {"image": ["IMAGE"]}}},
                {"key": "off", "inputs": {}}
            ]}]"#
        ),
        r#"D1|x_y|x y|branch|"deep"|||deep=mode,"soft",mode.level,3 needy! off="#
    );
}

#[test]
fn rows_have_their_number() {
    assert_eq!(
        read_input(r#"["COMFY_DYNAMICGROUP_V3", {"template": {"required": {"a": ["INT"]}}, "min": 1, "max": 20}]"#),
        "P1|x_y|x y|[row]||||1..=20"
    );
}

#[test]
fn optional_inputs_have_no_default() {
    let desc = packed(r#"{"input": {"optional": {"x": ["INT", {"default": 1}]}}, "output": []}"#);
    assert!(desc.ends_with("I00001x00000003INT000000000000"), "{desc}");
}

#[test]
fn what_is_too_long_becomes_raw() {
    let option = "x".repeat(1 << 20);
    let node = format!(r#"{{"input": {{"required": {{"x": [["{option}"], {{}}]}}}}, "output": []}}"#);
    let schema = Schema::from_slice(format!(r#"{{"Test": {node}}}"#).as_bytes()).unwrap();
    let mut plan = plan(&schema, &Overrides::default()).unwrap().select(Selection::default()).unwrap();
    super::pack(&mut plan.nodes[0], &plan.shared);
    let node = &plan.nodes[0];
    assert_eq!(node.raw_inputs, ["Test.x"]);
    assert_eq!(
        node.warnings,
        ["Test: the definition is too long for a descriptor; its inputs take any JSON, unchecked"]
    );
    assert_eq!(Reader(&node.record.desc["00004Test00010000".len()..]).body(), "R1|x||JSON||||");
}
