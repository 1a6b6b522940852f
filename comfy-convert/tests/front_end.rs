//! Comparison with the prompts that the real front end made of real files. The files are in the folder that the
//! environment variable `COMFY_DATA` names; without it these tests are skipped.

mod score;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_schema::Schema;

fn data() -> Option<PathBuf> {
    let root = std::env::var_os("COMFY_DATA");
    if root.is_none() {
        eprintln!("skipped: COMFY_DATA does not name the folder with what the front end did");
    }
    // Tests run in the crate's folder; a relative path starts at the workspace's.
    root.map(|root| Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root))
}

fn all_equal(folder: &str, schema: &str, count: usize) -> Result<(), Box<dyn Error>> {
    let Some(data) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(data.join(schema))?)?;
    let score = score::folder(&data.join(folder), &schema)?;
    println!("{score}");
    assert!(score.failures.is_empty() && score.equal >= count, "{score}");
    Ok(())
}

#[test]
fn templates() -> Result<(), Box<dyn Error>> {
    all_equal("templates", "object_info/comfyui-0.26.0.full.json", 166)
}

#[test]
fn public_workflows_with_custom_nodes() -> Result<(), Box<dyn Error>> {
    all_equal("wild_workflows", "wild_workflows/object_info.json", 107)
}

/// The editor queues the same prompt for the workflow made of it.
#[test]
fn templates_to_the_editor_and_back() -> Result<(), Box<dyn Error>> {
    let Some(data) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(data.join("object_info/comfyui-0.26.0.full.json"))?)?;
    let score = score::round_trips(&data.join("templates"), &schema)?;
    println!("{score}");
    assert!(score.failures.is_empty() && score.equal >= 166, "{score}");
    Ok(())
}

#[test]
fn public_prompts_to_the_editor_and_back() -> Result<(), Box<dyn Error>> {
    let Some(data) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(data.join("wild_workflows/object_info.json"))?)?;
    let score = score::round_trips(&data.join("wild_workflows"), &schema)?;
    assert!(score.equal >= 94, "{score}");
    Ok(())
}
