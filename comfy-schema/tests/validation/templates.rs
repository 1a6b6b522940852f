//! Compares the verdicts on the templates of ComfyUI with those of the server.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use comfy_schema::open::is_file_name;
use comfy_schema::validate::{Validator, Verdict};
use comfy_schema::{Schema, Value};

use super::{at, data};

#[test]
fn templates_are_as_valid_as_the_server_found_them() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(root.join("validation/object_info.json"))?)?;
    let mut recorded = BTreeMap::new();
    for line in fs::read_to_string(root.join("validation/cases.jsonl"))?.lines() {
        let case = Value::parse(line.as_bytes())?;
        if at(&case, "mutation").and_then(Value::as_str) == Some("original") {
            let base = at(&case, "base").and_then(Value::as_str).ok_or("no base")?.to_owned();
            let valid = at(&case, "verdict").and_then(|verdict| at(verdict, "valid")).and_then(Value::as_bool);
            recorded.insert(base, valid.ok_or("no verdict")?);
        }
    }
    assert!(recorded.len() > 100);
    for (base, valid) in &recorded {
        let Ok(bytes) = fs::read(root.join("templates").join(base)) else { continue };
        let verdict = Validator::new(&schema).check(&Value::parse(&bytes)?, None);
        assert_eq!(verdict.is_valid(), *valid, "{base}: {}", verdict.to_response());
    }
    Ok(())
}

/// The templates that 0.26 refuses wherever their files are, each with the message that says why.
const REFUSED: [(&str, &str); 6] = [
    // Models of a remote service, which the definitions list and which are no files.
    ("api_grok_video", "'grok-imagine-video-beta' not in ['grok-imagine-video', 'grok-imagine-video-1.5']"),
    ("templates-1_input-multiple_styles_prompt.app", "'grok-imagine-image-beta' not in"),
    // Values that moved to the next input, because the class got a new one since the template was saved.
    ("api_veo3", "Failed to convert an input value to a INT value: seed, randomize"),
    // Classes of custom nodes, which the definitions lack.
    ("template_rob_realistic_2k_images_quick_variations", "Node 'Caption Image - QwenVL' has no class_type"),
    ("templates_rob_realistic_2k_images_quick_variations.app", "Node 'Caption Image - QwenVL' has no class_type"),
    ("templates_mjm_looped_restyler", "Node 'ID #89:87' has no class_type"),
];

#[test]
fn with_assumed_files_only_six_templates_are_refused_and_none_because_of_a_file() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let verdicts = verdicts(&root, "schemas/comfyui-0.26.0.json", "templates")?;
    let refused: BTreeMap<_, _> = verdicts.iter().filter(|(_, verdict)| !is_whole(verdict)).collect();
    for (name, reason) in REFUSED {
        let verdict = refused.get(&name.to_owned()).ok_or(name)?;
        let messages = messages(verdict);
        assert!(messages.iter().any(|message| message.contains(reason)), "{name}: {messages:?}");
    }
    assert_eq!((refused.len(), verdicts.len()), (REFUSED.len(), 166), "{:?}", refused.keys());
    Ok(())
}

#[test]
fn with_assumed_files_no_workflow_is_refused_because_of_a_file() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    for (schema, folder, accepted, of) in [
        ("front_end_1.58/object_info.json", "front_end_1.58/templates", 243, 324),
        ("schemas/comfyui-0.26.0.json", "front_end_1.58/templates_0.26", 153, 166),
        ("wild_workflows/object_info.json", "wild_workflows", 56, 107),
    ] {
        let verdicts = verdicts(&root, schema, folder)?;
        for (name, verdict) in &verdicts {
            for error in verdict.node_errors().iter().flat_map(|node| &node.errors) {
                let received = error.received_value.as_ref().and_then(Value::as_str);
                let names_a_file = received.is_some_and(is_file_name) || error.to_string().contains(" file: ");
                assert!(!names_a_file, "{folder}/{name}: {error}");
            }
        }
        let whole = verdicts.values().filter(|verdict| is_whole(verdict)).count();
        assert_eq!((whole, verdicts.len()), (accepted, of), "{folder}");
    }
    Ok(())
}

/// Returns the verdict on each prompt of a folder, by the name of its file, where every file is assumed to exist.
fn verdicts(root: &Path, schema: &str, folder: &str) -> Result<BTreeMap<String, Verdict>, Box<dyn Error>> {
    let schema = Schema::from_slice(&fs::read(root.join(schema))?)?;
    let validator = Validator::new(&schema).assume_files(true);
    let mut verdicts = BTreeMap::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".api.json") else { continue };
        verdicts.insert(name.to_owned(), validator.check(&Value::parse(&fs::read(entry.path())?)?, None));
    }
    Ok(verdicts)
}

/// Returns whether the whole prompt is accepted, so that no output is dropped.
fn is_whole(verdict: &Verdict) -> bool {
    verdict.is_valid() && verdict.node_errors().iter().next().is_none()
}

/// Returns the messages of a verdict: the request's, and those of its nodes.
fn messages(verdict: &Verdict) -> Vec<String> {
    let of_request = verdict.error().map(|error| error.message.clone());
    let of_nodes = verdict.node_errors().iter().flat_map(|node| &node.errors).map(ToString::to_string);
    of_request.into_iter().chain(of_nodes).collect()
}
