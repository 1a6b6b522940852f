//! Tests of the validator's rules with a small schema.
//!
//! A case in `rules.txt` is a prompt, in which `~Class{inputs}` is short for a node, and the expected outcome (`raised`,
//! the kind of the request's error, or `valid`) with every node error as `node kind input`, in any order.

use std::collections::BTreeSet;

use comfy_schema::validate::{Files, Folder, PromptWarningKind, Replacements, UnverifiableKind, Validator, Verdict};
use comfy_schema::{Schema, Value};

use super::entries;

const SCHEMA: &str = include_str!("../fixtures/rules.json");
const CASES: &str = include_str!("rules.txt");

fn schema() -> Schema {
    Schema::from_slice(SCHEMA.as_bytes()).unwrap()
}

/// Parses JSON in which `~Save{"images": ["1", 0]}` stands for `{"class_type": "Save", "inputs": {"images": ["1", 0]}}`.
fn json(text: &str) -> Value {
    let mut parts = text.split('~');
    let mut json = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (class, rest) = part.split_at(part.find('{').unwrap());
        // The inputs end at the brace that closes the first one.
        let mut depth = 0;
        let end = rest.find(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0
        });
        let (inputs, rest) = rest.split_at(end.unwrap() + 1);
        json.extend([r#"{"class_type": ""#, class, r#"", "inputs": "#, inputs, "}", rest]);
    }
    Value::parse(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn outcome(verdict: &Verdict) -> BTreeSet<String> {
    let answer = match verdict {
        Verdict::Raised(_) => "raised".to_owned(),
        Verdict::Refused { error, .. } => error.kind.to_string(),
        _ => "valid".to_owned(),
    };
    let errors = super::entries(verdict);
    let errors = errors.iter().map(|(node, kind, input)| {
        format!("{node} {kind} {}", input.as_deref().unwrap_or_default()).trim_end().to_owned()
    });
    errors.chain([answer]).collect()
}

#[test]
fn every_rule() {
    let schema = schema();
    let (mut rule, mut count) = ("", 0);
    for line in CASES.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(title) = line.strip_prefix("# ") {
            rule = title;
            continue;
        }
        let (prompt, expected) = line.rsplit_once("=>").unwrap();
        let (prompt, targets) =
            prompt.split_once(" @ ").map_or((prompt, None), |(prompt, targets)| (prompt, Some(json(targets))));
        let verdict = Validator::new(&schema).check(&json(prompt), targets.as_ref());
        let mut expected: BTreeSet<String> = expected.split(',').map(|part| part.trim().to_owned()).collect();
        if expected.iter().all(|part| part.contains(' ')) {
            expected.insert("prompt_outputs_failed_validation".into());
        }
        assert_eq!(outcome(&verdict), expected, "{rule}: {line}");
        assert_eq!(verdict.is_valid(), !verdict.outputs().is_empty(), "{rule}");
        count += 1;
    }
    assert!(count > 100, "{count}");
}

#[test]
fn classes_are_replaced_before_anything_else() {
    let schema = schema();
    let replacements = Value::parse(
        br#"{"Gone": [{"new_node_id": "New", "input_mapping": [{"new_id": "a", "old_id": "x"}, {"new_id": "c", "set_value": "s"}],
             "output_mapping": [{"old_idx": 0, "new_idx": 1}]}],
             "Lost": [{"new_node_id": "NotThere"}], "Bare": [{"new_node_id": "Old", "input_mapping": null}]}"#,
    );
    let replacements = Replacements::from_value(&replacements.unwrap());
    let check = |prompt: &str| Validator::new(&schema).replacements(&replacements).check(&json(prompt), None);

    let verdict = check(
        r#"{"1": {"class_type": "Gone", "inputs": {"x": "7", "y": 1}, "_meta": {"title": "t"}}, "2": ~Save{"images": ["1", 0]}}"#,
    );
    assert!(verdict.is_valid());
    let queued = json(
        r#"{"1": {"class_type": "New", "inputs": {"a": 7, "c": "s"}, "_meta": {"title": "t"}}, "2": ~Save{"images": ["1", 1]}}"#,
    );
    assert_eq!(verdict.report().prompt, queued);
    // Without `_meta` or a mapped input, the server raises an exception.
    assert!(check(r#"{"1": ~Gone{"x": 7}, "2": ~Save{"images": ["1", 0]}}"#).exception().is_some());
    assert!(check(r#"{"1": {"class_type": "Gone", "inputs": {}, "_meta": {}}, "2": ~Old{}}"#).exception().is_some());
    // A class is not replaced if the server lacks the new one, or if the node has no `inputs`.
    assert_eq!(
        outcome(&check(r#"{"1": {"class_type": "Lost", "inputs": {}, "_meta": {}}}"#)),
        ["missing_node_type".into()].into()
    );
    assert_eq!(outcome(&check(r#"{"1": {"class_type": "Gone", "_meta": {}}}"#)), ["missing_node_type".into()].into());
    // Without a mapping, the new node has no inputs.
    assert_eq!(
        check(r#"{"1": {"class_type": "Bare", "inputs": {"x": 1}, "_meta": {}}}"#).report().prompt,
        json(r#"{"1": {"class_type": "Old", "inputs": {}, "_meta": {}}}"#)
    );
    let built_in = r#"{"1": {"class_type": "T2IAdapterLoader", "inputs": {"t2i_adapter_name": "c"}, "_meta": {}}}"#;
    assert!(Validator::new(&schema).check(&json(built_in), None).is_valid());
    assert!(!Validator::new(&schema).replacements(&Replacements::none()).check(&json(built_in), None).is_valid());
}

#[test]
fn listed_files_decide_where_definitions_cannot() {
    let schema = schema();
    let files = Files::new().with(Folder::Input, ["sub/c.png", "toy.glb"]);
    let check = |image: &str, files: Option<&Files>| {
        let prompt = json(&format!(r#"{{"1": ~LoadImage{{"image": "{image}"}}}}"#));
        let validator = Validator::new(&schema);
        let verdict = files.map_or(validator.clone(), |files| validator.files(files)).check(&prompt, None);
        (verdict.is_valid(), verdict.unverifiable().len())
    };
    for (image, without, with) in [
        ("a.png", (true, 0), (false, 0)),
        ("sub/c.png", (true, 1), (true, 0)),
        ("sub/d.png", (true, 1), (false, 0)),
        ("z.png", (false, 0), (false, 0)),
        ("", (true, 0), (true, 0)),
        ("notes", (false, 1), (false, 0)),
        ("a.png [output]", (true, 1), (true, 1)),
        ("/etc/hosts", (true, 1), (true, 1)),
    ] {
        assert_eq!(check(image, None), without, "{image}");
        assert_eq!(check(image, Some(&files)), with, "{image}");
    }
}

#[test]
fn literals_are_converted_in_place() {
    let prompt = json(
        r#"{"1": ~Literals{"int": " 1_0 ", "float": true, "string": {"a": [null, 1.0]}, "bool": "false", "many": {"__value__": ["a"], "__type__": "x"}, "color": {"__value__": {"__value__": 1}}}}"#,
    );
    let verdict = Validator::new(&schema()).check(&prompt, None);
    let queued = json(
        r#"{"1": ~Literals{"int": 10, "float": 1.0, "string": "{'a': [None, 1.0]}", "bool": true, "many": ["a"], "color": {"__value__": 1}}}"#,
    );
    assert_eq!(verdict.report().prompt, queued);
    assert!(verdict.is_valid());
}

#[test]
fn a_chain_of_a_hundred_thousand_nodes_ends_as_in_python() {
    let schema = schema();
    let chain = |count: usize| {
        let rows = (1..count).map(|at| format!(r#""{at}": ~Mid{{"a": ["{}", 0]}}"#, at - 1));
        let ends = [r#""0": ~Source{}"#.to_owned(), format!(r#""save": ~Save{{"images": ["{}", 0]}}"#, count - 1)];
        let text = format!("{{{}}}", rows.chain(ends).collect::<Vec<_>>().join(", "));
        Validator::new(&schema).check(&json(&text), None)
    };
    let short = chain(880);
    assert!(short.is_valid() && short.unverifiable().is_empty());
    let long = chain(100_000);
    assert!(!long.is_valid());
    assert_eq!(long.unverifiable().len(), 1);
    let [node] = long.node_errors().iter().collect::<Vec<_>>()[..] else { panic!("{:?}", long.node_errors()) };
    assert_eq!(node.errors[0].exception.as_ref().unwrap().kind, "RecursionError");
}

#[test]
fn accepted_prompts_that_fail_later_have_warnings() {
    use PromptWarningKind as K;
    let schema = schema();
    for (prompt, expected) in [
        (
            r#"{"1": ~Source{}, "2": ~Save{"images": ["1", 0], "imagse": ["1", 0]}}"#,
            vec![(K::UnknownLink, Some("imagse"))],
        ),
        (r#"{"1": ~Source{}, "2": ~Save{"images": ["1", 0], "more": ["9", 0]}}"#, vec![(K::UnknownLink, Some("more"))]),
        (
            r#"{"1": ~Source{}, "2": ~Save{"images": ["1", 0], "more": 1, "prompt": {}}}"#,
            vec![(K::UnknownInput, Some("more"))],
        ),
        (r#"{"1": ~Source{}, "2": ~Dynamic{"list.image0": ["1", 0]}}"#, vec![(K::SelectorMissing, Some("mode"))]),
        (
            r#"{"1": ~Source{}, "2": ~Dynamic{"list.image0": ["1", 0], "mode": "sise"}}"#,
            vec![(K::SelectorUnknown, Some("mode"))],
        ),
        (r#"{"1": ~Literals{"socket": 5}}"#, vec![(K::LiteralOnSocket, Some("socket"))]),
        (r#"{"1": ~Old{}}"#, vec![(K::DeprecatedNode, None)]),
        (r#"{"1": ~Literals{}, "2": {"class_type": "Source"}}"#, vec![(K::NoInputs, None)]),
        (r#"{"1": ~Literals{}, "2": ~Source{}}"#, vec![(K::UnusedNode, None)]),
        (r#"{"1": ~Literals{"float": NaN}}"#, vec![(K::NotANumber, Some("float"))]),
        (r#"{"1": {"class_type": "Literals", "inputs": {}, "is_changed": [NaN]}}"#, vec![(K::IsChanged, None)]),
        (r#"{"1": ~Source{}, "2": ~Save{"images": ["1", 0]}}"#, vec![]),
    ] {
        let verdict = Validator::new(&schema).check(&json(prompt), None);
        let found: Vec<_> = verdict.warnings().iter().map(|warning| (warning.kind, warning.input.as_deref())).collect();
        assert!(verdict.is_valid(), "{prompt}");
        assert_eq!(found, expected, "{prompt}");
    }
    let prompt = json(r#"{"1": ~Source{}, "2": ~Save{"images": ["1", 0], "imagse": ["1", 0]}}"#);
    assert_eq!(Validator::new(&schema).check(&prompt, None).warnings()[0].suggestions, ["images"]);
}

#[test]
fn a_workflow_is_valid_for_a_real_schema() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
    let schema = Schema::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let prompt = json(
        r#"{"1": ~EmptyLatentImage{"width": 512, "height": "512", "batch_size": 1}, "2": ~VAELoader{"vae_name": "pixel_space"},
            "3": ~VAEDecode{"samples": ["1", 0], "vae": ["2", 0]}, "4": ~PreviewImage{"images": ["3", 0]}}"#,
    );
    let verdict = Validator::new(&schema).check(&prompt, None);
    assert!(verdict.is_valid(), "{}", verdict.to_response());
}

/// Checks a prompt where every file is assumed to exist. Returns whether it is valid, and the inputs whose files were
/// assumed.
fn assuming_files(schema: &str, prompt: &str, files: &Files) -> (bool, Vec<String>) {
    let schema = Schema::from_slice(schema.as_bytes()).unwrap();
    let verdict = Validator::new(&schema).files(files).assume_files(true).check(&json(prompt), None);
    let assumed = verdict.unverifiable().iter().filter(|fact| fact.kind == UnverifiableKind::File);
    (verdict.is_valid(), assumed.map(|fact| fact.input.clone().unwrap().to_string()).collect())
}

const LISTS: &str = r#"{"Load": {"input": {"required": {
    "empty": [[]], "word": ["COMBO", {"options": []}], "some": [["a.pt"]], "vae_name": [["pixel_space"]],
    "picked": ["COMBO", {"options": ["a.png"], "multiselect": true}], "sampler_name": [["euler", "heun"]]
}}, "output": [], "output_node": true}}"#;

#[test]
fn assumed_files_are_accepted_where_a_combo_lists_files_and_noted() {
    let prompt = r#"{"1": ~Load{"empty": "x.safetensors", "word": "sub/y", "some": "b.pt", "vae_name": "z",
        "picked": {"__value__": ["a.png", "b.png"]}, "sampler_name": "euler"}}"#;
    let assumed = ["empty", "word", "some", "vae_name", "picked"].map(str::to_owned).to_vec();
    assert_eq!(assuming_files(LISTS, prompt, &Files::new()), (true, assumed));
    let schema = Schema::from_slice(LISTS.as_bytes()).unwrap();
    assert!(!Validator::new(&schema).check(&json(prompt), None).is_valid(), "nothing is assumed by default");
    let listed = r#"{"1": ~Load{"empty": "x", "word": "y", "some": "a.pt", "vae_name": "pixel_space",
        "picked": {"__value__": ["a.png"]}, "sampler_name": "heun"}}"#;
    assert_eq!(assuming_files(LISTS, listed, &Files::new()).1, ["empty", "word"], "listed files need no assumption");
}

#[test]
fn values_that_name_no_file_are_refused_with_assumed_files_too() {
    let prompt = |empty: &str, sampler: &str| {
        format!(
            r#"{{"1": ~Load{{"empty": {empty}, "word": "y", "some": "a.pt", "vae_name": "z",
            "picked": {{"__value__": []}}, "sampler_name": {sampler}}}}}"#
        )
    };
    let is_valid = |empty: &str, sampler: &str| assuming_files(LISTS, &prompt(empty, sampler), &Files::new()).0;
    assert!(is_valid(r#""x""#, r#""euler""#));
    for (empty, sampler) in [("5", r#""euler""#), ("null", r#""euler""#), (r#""""#, r#""euler""#)] {
        assert!(!is_valid(empty, sampler), "{empty}");
    }
    for sampler in [r#""eular""#, r#""euler.safetensors""#] {
        assert!(!is_valid(r#""x""#, sampler), "{sampler}");
    }
}

#[test]
fn a_list_that_is_complete_takes_no_other_files() {
    let schema = Schema::from_slice(LISTS.as_bytes()).unwrap();
    let prompt = json(
        r#"{"1": ~Load{"empty": "x", "word": "y", "some": "b.pt", "vae_name": "z", "picked": {"__value__": []},
            "sampler_name": "heun"}}"#,
    );
    let complete = [("Load".into(), "some".into())];
    let verdict = Validator::new(&schema).assume_files(true).complete_lists(&complete).check(&prompt, None);
    assert_eq!(entries(&verdict), [("1".into(), "value_not_in_list".into(), Some("some".into()))].into());
}

#[test]
fn the_checks_of_loaders_find_assumed_files_even_if_the_folder_lacks_them() {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
    let schema = std::fs::read_to_string(schema).unwrap();
    let empty = Folder::ALL.iter().fold(Files::new(), |files, folder| files.with(*folder, ["there.png"]));
    for (class, input, inputs) in [
        ("LoadImage", "image", r#""image": "cat.png""#),
        ("LoadImageMask", "image", r#""image": "sub/cat.png [temp]", "channel": "alpha""#),
        ("LoadImageOutput", "image", r#""image": "cat.png [output]""#),
        ("LoadVideo", "file", r#""file": "cat.mp4""#),
        ("LoadAudio", "audio", r#""audio": "cat.mp3""#),
        ("LoadLatent", "latent", r#""latent": "cat.latent""#),
        ("Load3D", "model_file", r#""model_file": "3d/cat.glb", "image": "", "width": 64, "height": 64"#),
    ] {
        let prompt = format!(r#"{{"1": ~{class}{{{inputs}}}, "2": ~PreviewAny{{"source": ["1", 0]}}}}"#);
        for files in [&empty, &Files::new()] {
            assert_eq!(assuming_files(&schema, &prompt, files), (true, vec![input.to_owned()]), "{class}");
        }
    }
    let there = r#"{"1": ~LoadImage{"image": "there.png"}, "2": ~PreviewImage{"images": ["1", 0]}}"#;
    assert_eq!(assuming_files(&schema, there, &empty), (true, vec![]), "a file that is listed needs no assumption");
}
