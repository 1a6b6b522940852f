//! Compares real servers of different versions.

use std::error::Error;
use std::fs;

use comfy_schema::Value;
use comfy_schema::drift::{Comparison, Level};

use super::{Counts, Disk, Prompts, data, schema, templates};

/// Pairs of an old and a new server (also in reverse, as if features were removed), and the minimum number of workflows
/// that the second one refuses.
const PAIRS: [(&str, &str, usize); 5] = [
    ("0.3.64", "0.26.0", 0),
    ("0.26.0", "0.28.0", 1),
    ("0.3.64", "0.28.0", 1),
    ("0.28.0", "0.26.0", 0),
    ("0.26.0", "0.3.64", 80),
];

#[test]
fn exactly_the_templates_that_a_newer_server_refuses_are_reported() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let templates = templates(&root)?;
    let disk = Disk::of(&templates);
    for (older, newer, min) in PAIRS {
        let (old, new) = (disk.on(schema(&root, older)?), disk.on(schema(&root, newer)?));
        let counts = agree(&templates, &disk, &old, &new);
        println!("templates, {older} to {newer}: {counts:?}");
        assert!(counts.refused_and_reported >= min);
    }
    Ok(())
}

#[test]
fn exactly_the_recorded_prompts_that_a_newer_server_refuses_are_reported() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let mut prompts = Prompts::new();
    for (at, line) in fs::read_to_string(root.join("validation/cases.jsonl"))?.lines().enumerate() {
        let case = Value::parse(line.as_bytes())?;
        let prompt = case.as_object().and_then(|case| case.get("prompt")).cloned();
        prompts.insert(at.to_string(), prompt.ok_or("a case without a prompt")?);
    }
    let disk = Disk::of(&prompts);
    for (older, newer) in [("0.26.0", "0.28.0"), ("0.26.0", "0.3.64")] {
        let (old, new) = (disk.on(schema(&root, older)?), disk.on(schema(&root, newer)?));
        let counts = agree(&prompts, &disk, &old, &new);
        println!("recorded prompts, {older} to {newer}: {counts:?}");
    }
    Ok(())
}

/// Changes between snapshots that list no models are reported all the same.
#[test]
fn unlisted_files_do_not_hide_changes() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let templates = templates(&root)?;
    let disk = Disk::of(&templates);
    for (older, newer, _) in PAIRS {
        let (old, new) = (schema(&root, older)?, schema(&root, newer)?);
        let (old_full, new_full) = (disk.on(old.clone()), disk.on(new.clone()));
        for (name, prompt) in &templates {
            let reported = |comparison: Comparison<'_>| {
                let findings = comparison.workflow(prompt).unwrap();
                findings.into_iter().filter(|finding| finding.change.level > Level::Additive).collect::<Vec<_>>()
            };
            let (bare, full) = (reported(Comparison::new(&old, &new)), reported(Comparison::new(&old_full, &new_full)));
            assert_eq!(bare, full, "{name}, {older} to {newer}");
        }
    }
    Ok(())
}

fn agree(prompts: &Prompts, disk: &Disk, old: &comfy_schema::Schema, new: &comfy_schema::Schema) -> Counts {
    let (before, after) = (disk.validator(old), disk.validator(new));
    let comparison = Comparison::new(old, new);
    let mut counts = Counts::default();
    for (name, prompt) in prompts {
        if let Some(wrong) = counts.add(&before, &after, &comparison, prompt) {
            panic!("{name}: {wrong}");
        }
    }
    counts
}
