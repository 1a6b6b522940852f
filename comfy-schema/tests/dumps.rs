//! Snapshots of real servers: all are parsed without loss, and an independent parser counts the same.
//!
//! They are in the folder that the environment variable `COMFY_DATA` names. Without it, these tests are skipped.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_schema::{Schema, Value};
use serde_json::Value as Json;

/// Returns the snapshots. Without the folder, it returns none and says so.
fn snapshots() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let Some(root) = std::env::var_os("COMFY_DATA") else {
        eprintln!("skipped: COMFY_DATA does not name the folder with the snapshots");
        return Ok(Vec::new());
    };
    // Tests run in the folder of the crate, but a relative path is relative to the workspace.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root);
    let mut files = Vec::new();
    for folder in ["schemas", "object_info", "object_info/wild"] {
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    files.push(root.join("wild_workflows/object_info.json"));
    files.push(root.join("validation/object_info.json"));
    assert!(files.len() > 10, "{files:?}");
    Ok(files)
}

/// Decodes a file by other means than those of the crate.
fn text(path: &Path) -> Result<String, Box<dyn Error>> {
    let bytes = fs::read(path)?;
    if let Some(utf16) = bytes.strip_prefix(b"\xff\xfe") {
        let units: Vec<u16> = utf16.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return Ok(String::from_utf16(&units)?);
    }
    Ok(String::from_utf8(bytes)?.trim_start_matches('\u{feff}').to_owned())
}

#[test]
fn nothing_is_lost() -> Result<(), Box<dyn Error>> {
    for path in snapshots()? {
        let bytes = fs::read(&path)?;
        let schema = Schema::from_slice(&bytes)?;
        let written = schema.to_json();
        let (original, again) = (Value::parse(&bytes)?, Value::parse(written.as_bytes())?);
        assert!(original == again, "{} differs when it is written again", path.display());
        assert!(Schema::from_slice(written.as_bytes())? == schema, "{} reads differently", path.display());
    }
    Ok(())
}

#[test]
fn snapshots_are_written_byte_for_byte() -> Result<(), Box<dyn Error>> {
    for path in snapshots()?.into_iter().filter(|path| path.parent().is_some_and(|parent| parent.ends_with("schemas")))
    {
        let text = fs::read_to_string(&path)?;
        assert!(Schema::from_slice(text.as_bytes())?.to_json() == text, "{}", path.display());
    }
    Ok(())
}

#[test]
fn counts_equal_those_of_another_parser() -> Result<(), Box<dyn Error>> {
    for path in snapshots()? {
        let schema = Schema::from_slice(&fs::read(&path)?)?;
        let json: Json = serde_json::from_str(&text(&path)?)?;
        let nodes = json.as_object().ok_or("not an object")?;
        assert_eq!(schema.nodes.len(), nodes.len(), "{}", path.display());
        for (class, definition) in nodes {
            let node = schema.node(class).ok_or(class.as_str())?;
            let keys =
                |section: &str| definition["input"][section].as_object().into_iter().flat_map(serde_json::Map::keys);
            let mut inputs: Vec<&String> = keys("required").chain(keys("optional")).collect();
            inputs.sort();
            // An input of both sections is one input.
            inputs.dedup();
            let mut read: Vec<&str> = node.inputs.iter().map(|input| input.name.as_str()).collect();
            read.sort_unstable();
            assert_eq!(read, inputs, "{class}");
            assert_eq!(node.hidden.len(), keys("hidden").count(), "{class}");
            assert_eq!(Some(node.outputs.len()), definition["output"].as_array().map(Vec::len), "{class}");
        }
    }
    Ok(())
}

/// Normal content of a healthy server is not reported.
#[test]
fn core_nodes_have_next_to_no_issues() -> Result<(), Box<dyn Error>> {
    for path in snapshots()?.into_iter().filter(|path| !path.to_string_lossy().contains("wild")) {
        let schema = Schema::from_slice(&fs::read(&path)?)?;
        // The exception is a default of `NONE` where the value is called `None`. The server refuses it.
        let others = schema.issues.iter().filter(|issue| !issue.path.starts_with("IdeogramV2.")).count();
        assert_eq!(others, 0, "{}: {:?}", path.display(), schema.issues);
    }
    Ok(())
}

/// If this number changes, the rules for issues have changed: look at the issues that are new or missing.
#[test]
fn snapshots_of_servers_with_custom_nodes_have_few_issues() -> Result<(), Box<dyn Error>> {
    for path in snapshots()?.into_iter().filter(|path| path.to_string_lossy().contains("wild")) {
        let schema = Schema::from_slice(&fs::read(&path)?)?;
        assert!(schema.issues.len() <= 35, "{}: {:?}", path.display(), schema.issues);
    }
    Ok(())
}
