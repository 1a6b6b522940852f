//! The code generated from real servers' definitions compiles without a warning.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_codegen::Config;
use comfy_tests::{data, workspace};
use serde_json::Value;
use support::Project;

/// The head of a crate, with lints that users may enable.
const HEAD: &str = "#![deny(warnings, missing_docs, rust_2018_idioms, unreachable_pub, unsafe_code)]\n\
                    //! Generated.\n\n/// The nodes.\npub mod nodes;\n";

#[test]
fn every_dump_compiles_without_a_warning() {
    let schemas = schemas();
    let runtime = workspace().join("comfy-runtime");
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n\
         [workspace.dependencies]\ncomfy-runtime = {{ path = '{}', default-features = false, features = [\"macros\"] }}\n",
        runtime.display()
    );
    let project = Project::new("generated", &manifest);
    let mut nodes = 0;
    for (index, schema) in schemas.iter().enumerate() {
        let generated = Config::new().schema(schema).source();
        let generated = generated.unwrap_or_else(|error| panic!("{}: {error}", schema.display()));
        let package = Path::new("crates").join(format!("dump{index}"));
        project.file(package.join("Cargo.toml"), &manifest_of(index));
        project.file(package.join("src/lib.rs"), HEAD);
        project.file(package.join("src/nodes.rs"), &generated.source);
        nodes += generated.report.nodes;
    }
    let messages = project.check();
    let mut text = String::new();
    for message in &messages {
        let schema = message.target.strip_prefix("dump").and_then(|index| schemas.get(index.parse::<usize>().ok()?));
        let schema = schema.map_or_else(|| message.target.clone(), |schema| schema.display().to_string());
        writeln!(text, "{schema}: {}: {}", message.level, message.rendered).unwrap();
    }
    assert!(messages.is_empty(), "{} messages of rustc:\n{text}", messages.len());
    println!("{nodes} nodes of {} dumps compile without a warning", schemas.len());
}

fn manifest_of(index: usize) -> String {
    format!(
        "[package]\nname = \"dump{index}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\ncomfy-runtime.workspace = true\n"
    )
}

/// Returns the paths of the definitions.
fn schemas() -> Vec<PathBuf> {
    let mut schemas = vec![
        workspace().join("schemas/comfyui-0.26.0.json"),
        workspace().join("comfy-codegen/tests/fixtures/shapes.json"),
    ];
    let Some(data) = data() else {
        eprintln!("COMFY_DATA is not set: only the definitions in the repository are checked");
        return schemas;
    };
    for folder in ["schemas", "object_info", "object_info/wild"] {
        schemas.extend(json_files(&data.join(folder)));
    }
    schemas.push(data.join("wild_workflows/object_info.json"));
    schemas.retain(|path| path.exists());
    schemas
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    files
}

/// Compares the number of fields of each struct in the generated text with the number of inputs in the JSON, without the
/// use of our own parsers.
#[test]
fn every_declared_input_is_a_field() {
    let schema = workspace().join("schemas/comfyui-0.26.0.json");
    let nodes: BTreeMap<String, Value> = serde_json::from_slice(&fs::read(&schema).unwrap()).unwrap();
    let declared: BTreeMap<String, usize> = nodes.into_iter().map(|(class, node)| (class, inputs(&node))).collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("every_declared_input.rs");
    Config::new().schema(&schema).builders(false).out_file(&file).generate().unwrap();
    let fields = fields(&fs::read_to_string(&file).unwrap());
    assert_eq!(declared.len(), 792);
    assert_eq!(declared.values().sum::<usize>(), 4075);
    assert_eq!(fields, declared);
}

fn inputs(node: &Value) -> usize {
    let sections = ["required", "optional"].iter().filter_map(|section| node["input"][section].as_object());
    sections.map(serde_json::Map::len).sum()
}

/// Returns the number of fields of each struct at the top level, by the class in its documentation.
fn fields(source: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let (mut class, mut open) = (None, None);
    for line in source.lines() {
        if let Some(rest) = line.strip_prefix("/// Class `") {
            class = rest.split('`').next().map(str::to_owned);
        } else if line.starts_with("pub struct ") {
            if let Some(class) = class.take() {
                counts.insert(class.clone(), 0);
                open = Some(class).filter(|_| line.ends_with('{'));
            }
        } else if line == "}" {
            open = None;
        } else if let Some(class) = open.as_ref().filter(|_| line.starts_with("    pub ")) {
            *counts.get_mut(class).unwrap() += 1;
        }
    }
    counts
}
