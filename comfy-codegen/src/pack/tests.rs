//! Tests of descriptors, with a decoder that follows the layout in `docs/generated-code.md`.

use comfy_schema::Schema;

use crate::plan::{Plan, Selection};

/// Returns the descriptor of the only node of a schema.
fn packed(node: &str) -> String {
    let schema = Schema::from_slice(format!(r#"{{"Test": {node}}}"#).as_bytes()).unwrap();
    let mut plan = Plan::of(&schema).select(Selection::default()).unwrap();
    super::pack(&mut plan.nodes[0], &plan.shared);
    plan.nodes[0].record.desc.clone()
}

/// Returns an input in readable form: kind, flags, identifier, name, type, default, minimum, maximum and tail.
fn read_input(spec: &str) -> String {
    let desc = packed(&format!(r#"{{"input": {{"required": {{"x y": {spec}}}}}, "output": []}}"#));
    let mut reader = Reader(&desc);
    let (_flags, _needed, count) = (reader.letters(1), reader.number(), reader.number());
    let (entry, class) = (reader.letters(8), reader.string());
    assert_eq!((count, class), (1, "Test"));
    let mut offset = Reader(&entry[4..]);
    assert_eq!(offset.digits(4), "4Test".len() + if reader.0.starts_with('O') { 5 } else { 1 });
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
        match self.digits(1) {
            31 => self.digits(4),
            small => small,
        }
    }

    fn digits(&mut self, count: usize) -> usize {
        self.letters(count).bytes().fold(0, |number, digit| number * 32 + usize::from(digit - b'0'))
    }

    fn string(&mut self) -> &'d str {
        let length = self.number();
        self.letters(length)
    }

    /// Decodes the body of an input. The result has the parts in the order of [`read_input`], not of the layout.
    fn body(&mut self) -> String {
        let kind = self.letters(2);
        let (min, max) = (self.string(), self.string());
        let mut tail = Reader(self.string());
        let rest = match kind.as_bytes()[0] {
            b'C' | b'M' => tail.strings(1).join(","),
            b'G' => {
                format!("{} of [{}] {{{}}}", tail.number(), tail.strings(1).join(","), Reader(tail.string()).body())
            }
            b'D' => (0..tail.number()).map(|_| tail.branch()).collect::<Vec<_>>().join(" "),
            b'P' => format!("{}..={}", tail.number(), tail.number()),
            _ => String::new(),
        };
        assert_eq!(tail.0, "", "nothing follows {rest}");
        let texts: Vec<&str> = (0..4).map(|_| self.string()).collect();
        assert_eq!(self.0, "", "nothing follows {texts:?}");
        format!("{kind}|{}|{min}|{max}|{rest}", texts.join("|"))
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
    assert_eq!(packed(r#"{"input": {}, "output": []}"#), "0004Test");
    assert_eq!(
        packed(r#"{"input": {}, "output": [], "output_node": true, "deprecated": true, "api_node": true}"#),
        "7004Test"
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
        "F1|x_y|x y|FLOAT|0.5|w100|f3ff80000000000001.5|"
    );
    assert_eq!(read_input(r#"["STRING", {"default": "\""}]"#), r#"S1|x_y|x y|STRING|"\""|||"#);
    assert_eq!(read_input(r#"["BOOLEAN", {}]"#), "B5|x_y|x y|BOOLEAN||||");
}

#[test]
fn sockets_have_their_type() {
    assert_eq!(read_input(r#"["IMAGE"]"#), "L5|x_y|x y|IMAGE||||");
    assert_eq!(read_input(r#"["COLOR", {}]"#), "W5|x_y|x y|COLOR||||");
    assert_eq!(read_input(r#"["IMAGE,MASK"]"#), "U5|x_y|x y|IMAGE,MASK||||");
    assert_eq!(read_input(r#"["*"]"#), "A5|x_y|x y|*||||");
    assert_eq!(
        read_input(r#"["COMFY_MATCHTYPE_V3", {"template": {"template_id": "t", "allowed_types": "IMAGE,MASK"}}]"#),
        "T5|x_y|x y|IMAGE,MASK||||"
    );
    assert_eq!(read_input("[5]"), "R5|x_y|x y|JSON||||");
}

#[test]
fn closed_combos_have_their_options() {
    assert_eq!(
        read_input(r#"[["a", 1, 0.5, true, null], {}]"#),
        "C5|x_y|x y|COMBO||||sa,i1,f3fe00000000000000.5,btrue,jnull"
    );
    assert_eq!(read_input(r#"[["a.pt"], {}]"#), "O5|x_y|x y|COMBO||||");
    assert_eq!(read_input(r#"["COMBO", {"options": ["a"], "multiselect": true}]"#), "M5|x_y|x y|COMBO||||sa");
    assert_eq!(read_input(r#"["COMBO", {"options": [], "multiselect": true}]"#), "N5|x_y|x y|COMBO||||");
}

#[test]
fn lists_have_their_children() {
    assert_eq!(
        read_input(
            r#"["COMFY_AUTOGROW_V3", {"template":
                {"input": {"required": {"e": ["INT", {"min": 2}]}}, "prefix": "p\"", "min": 1, "max": 2}}]"#
        ),
        r#"G5|x_y|x y|[INT]||||1 of [p\"0,p\"1] {I5|e||INT||i2||}"#
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
        "P5|x_y|x y|[row]||||1..=20"
    );
}

#[test]
fn the_directory_has_the_offsets_of_inputs() {
    let desc = packed(
        r#"{"input": {"required": {"width": ["IMAGE"], "worth": ["IMAGE"], "a": ["IMAGE"]},
        "optional": {"b": ["IMAGE"]}}, "output": []}"#,
    );
    let (header, rest) = desc.split_at(3);
    assert_eq!(header, "034", "no flags, three must be given, four in all");
    // For each input: marks of length, first and last letter; flags (1 needed, 2 ambiguous); offset behind the
    // directory.
    assert_eq!(&rest[..32], "5G830006 5G83000J 1111001> 1220001N".replace(' ', ""));
    assert!(rest[32..].starts_with("4Test"), "{rest}");
}

#[test]
fn optional_inputs_have_no_default() {
    let desc = packed(r#"{"input": {"optional": {"x": ["INT", {"default": 1}]}}, "output": []}"#);
    assert!(desc.ends_with("I00001x03INT0"), "{desc}");
}

#[test]
fn a_node_that_is_too_long_gets_raw_fields() {
    let option = "x".repeat(1 << 20);
    let node = format!(r#"{{"input": {{"required": {{"x": [["{option}"], {{}}]}}}}, "output": []}}"#);
    let schema = Schema::from_slice(format!(r#"{{"Test": {node}}}"#).as_bytes()).unwrap();
    let mut plan = Plan::of(&schema).select(Selection::default()).unwrap();
    super::pack(&mut plan.nodes[0], &plan.shared);
    let node = &plan.nodes[0];
    assert_eq!(node.raw_inputs, ["Test.x"]);
    assert_eq!(
        node.warnings,
        ["Test: the definition is too long for a descriptor; its inputs take any JSON, unchecked"]
    );
    assert_eq!(Reader(&node.record.desc["00004Test00010000".len()..]).body(), "R5|x||JSON||||");
}
