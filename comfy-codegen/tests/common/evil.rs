//! A schema that tries to become code: every payload in every place.

use serde_json::{Map, Value, json};

/// Texts that end literals, comments, attributes or documentation, and names that Rust or generated code uses.
pub(crate) const PAYLOADS: [&str; 107] = [
    "\"",
    "\\",
    "\\\"",
    "\"; fn evil() {} //",
    "*/ fn evil() {} /*",
    "\"# fn evil() {} r#\"",
    "\n#![feature(evil)]\nfn evil() {}",
    "\r\nfn evil() {}",
    "\rfn evil() {}",
    "\u{2028}fn evil() {}",
    "\u{85}fn evil() {}",
    "\u{b}fn evil() {}",
    "\u{202e}fn evil() {}\u{202c}",
    "\u{2066}evil\u{2069}",
    "\0evil",
    "\u{1b}[31mevil\u{7}",
    "\u{7f}",
    "\u{9b}31m",
    "r#fn",
    "'static",
    "b\"evil\"",
    "#![allow(evil)]",
    "#[doc = include_str!(\"/etc/passwd\")]",
    "\"]\nfn evil() {}\n#[doc=\"",
    "\")] fn evil() {} #[doc(alias=\"",
    "}} mod evil {{",
    "{evil}",
    "{0}",
    "{}",
    "%s",
    "$crate",
    "$(evil)*",
    "```\nfn evil() {}\n```",
    "~~~rust\nfn evil() { std::process::exit(1) }\n~~~",
    "    fn evil() { std::process::exit(3) }",
    "\tfn evil() {}",
    "Steps:\n\n1.      std::fs::write(\"evil\", \"\").unwrap();",
    "Tip.\n\n\u{200b}    std::fs::write(\"evil\", \"\").unwrap();",
    "\u{ad}     evil();",
    "2)       evil();",
    "- a\n      evil();",
    "> ```\n> evil();\n> ```",
    "1) ```\nevil();\n```",
    "<details>\n\n```\nevil();\n```",
    "<script>evil()</script>",
    "<!-- evil",
    "[evil](javascript:evil())",
    "[`evil`]",
    "[evil]: http://x \"y\"",
    "[^1]: evil\n\n        evil();",
    "https://evil.example/`\"><script>",
    "# evil",
    "|a|b|\n|-|-|\n|c|d|",
    "&#x60;&#x60;&#x60;",
    "*a _b ~~c",
    "",
    " ",
    "_",
    "__",
    "self",
    "Self",
    "super",
    "crate",
    "0",
    "1a",
    "-",
    "+",
    "a+",
    "a ++",
    "İ",
    "ß",
    "\u{212a}",
    "e\u{301}",
    "😀",
    "\u{feff}",
    "\u{3164}x",
    "\u{e0041}",
    "\u{10ffff}",
    "fn",
    "dyn",
    "gen",
    "static",
    "true",
    "None",
    "Some",
    "Box",
    "Result",
    "Drop",
    "Send",
    "std",
    "core",
    "comfy_runtime",
    "prelude",
    "options",
    "T2",
    "Branches",
    "Row",
    "Desc",
    "Builder",
    "PhantomData",
    "u8",
    "IMAGE",
    "DESC",
    "new",
    "build",
    "KSampler",
    "K Sampler",
];

/// Returns a schema with each payload as class, text, type, option, name of an input, and part of dynamic inputs, and
/// with all payloads together in one node each.
pub(crate) fn schema() -> Value {
    let mut nodes = Map::new();
    for (number, payload) in PAYLOADS.into_iter().enumerate() {
        nodes.insert(payload.to_owned(), node(json!({"a": ["INT", {"default": 1}]}), payload, json!(["IMAGE"])));
        nodes.insert(format!("Text{number}"), text(payload));
        nodes.insert(format!("Type{number}"), types(payload));
        nodes.insert(format!("Option{number}"), options(payload, number % 2 == 0));
        nodes.insert(format!("Name{number}"), names(payload));
        nodes.insert(format!("Dynamic{number}"), dynamic(payload));
    }
    let all = |spec: fn(&str) -> Value| {
        let members = PAYLOADS.into_iter().map(|payload| (payload.to_owned(), spec(payload)));
        Value::Object(members.collect())
    };
    nodes.insert("AllInputs".into(), node(all(|_| json!(["INT", {"default": 1}])), "", json!(["IMAGE"])));
    nodes.insert("AllTypes".into(), node(all(|payload| json!([payload, {}])), "", json!(PAYLOADS.to_vec())));
    nodes.insert("AllOptions".into(), node(json!({"a": [PAYLOADS.to_vec(), {}]}), "", json!(["IMAGE"])));
    let branches: Vec<Value> = PAYLOADS
        .into_iter()
        .map(|payload| json!({"key": payload, "inputs": {"required": {(payload): ["INT", {"default": 1}]}}}))
        .collect();
    nodes.insert(
        "AllBranches".into(),
        node(json!({"a": ["COMFY_DYNAMICCOMBO_V3", {"options": branches}]}), "", json!([])),
    );
    Value::Object(nodes)
}

fn node(inputs: Value, text: &str, output: Value) -> Value {
    let names = output.clone();
    json!({
        "input": {"required": inputs}, "output": output, "output_name": names,
        "display_name": text, "description": text, "category": text, "python_module": text,
    })
}

fn text(payload: &str) -> Value {
    let inputs = json!({
        "a": ["INT", {"default": 1, "tooltip": payload, "step": payload, "min": payload, "max": payload}],
        "s": ["STRING", {"default": payload, "tooltip": payload}],
        "f": ["FLOAT", {"default": payload, "round": payload}],
    });
    let mut node = node(inputs, payload, json!(["IMAGE"]));
    node["output_tooltips"] = json!([payload]);
    node["output_name"] = json!([payload]);
    node["search_aliases"] = json!([payload, payload]);
    node["deprecated"] = json!(true);
    node
}

fn types(payload: &str) -> Value {
    let inputs = json!({
        "a": [payload, {"tooltip": payload}],
        "b": [format!("{payload},IMAGE"), {}],
        "c": [format!("{payload},MASK,{payload}"), {"widgetType": payload}],
    });
    node(inputs, payload, json!([payload, format!("{payload},IMAGE"), "IMAGE"]))
}

fn options(payload: &str, many: bool) -> Value {
    let inputs = json!({
        "a": [[payload, "x"], {"default": payload}],
        "b": ["COMBO", {"options": [payload, format!("{payload}2"), "y"], "default": payload, "multiselect": many}],
    });
    node(inputs, "", json!(["IMAGE"]))
}

fn names(payload: &str) -> Value {
    let inputs = json!({
        (payload): ["INT", {"default": 1, "min": 0, "max": 3}],
        (format!("{payload}_")): ["IMAGE", {}],
        (format!("_{payload}")): ["STRING", {}],
    });
    node(inputs, "", json!(["IMAGE"]))
}

fn dynamic(payload: &str) -> Value {
    let inner = json!({(payload): ["INT", {"default": 3}]});
    let nested =
        json!([{"key": payload, "inputs": {"required": {}}}, {"key": "z", "inputs": {"required": inner.clone()}}]);
    let branch = json!({(payload): ["INT", {"default": 3}], "m": ["COMFY_DYNAMICCOMBO_V3", {"options": nested}]});
    let inputs = json!({
        (payload): ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": payload, "inputs": {"required": branch}}]}],
        (format!("g{payload}")): ["COMFY_AUTOGROW_V3", {"template":
            {"input": {"required": {(payload): ["IMAGE", {}]}}, "prefix": payload, "min": 0, "max": 3}}],
        (format!("h{payload}")): ["COMFY_AUTOGROW_V3", {"template":
            {"input": {"required": {(payload): ["IMAGE", {}]}}, "names": [payload, "b"], "min": 1}}],
        (format!("m{payload}")): ["COMFY_MATCHTYPE_V3", {"template":
            {"template_id": payload, "allowed_types": format!("{payload},IMAGE")}}],
        (format!("r{payload}")): ["COMFY_DYNAMICGROUP_V3", {"template": {"required": inner, "min": 0, "max": 4}}],
    });
    let mut node = node(inputs, "", json!(["COMFY_MATCHTYPE_V3"]));
    node["output_matchtypes"] = json!([payload]);
    node
}
