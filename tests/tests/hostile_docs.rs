//! Texts of schemas and workflows never become documentation tests.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../../comfy-codegen/tests/common/evil.rs"]
mod evil;
mod support;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use comfy_codegen::Config;
use comfy_import::{ImportOptions, Importer};
use comfy_schema::{Schema, Value};
use comfy_tests::workspace;
use serde_json::json;
use support::Project;

/// Returns a prompt whose names and texts are payloads, for a schema without its classes.
fn prompt() -> Value {
    let nodes = evil::PAYLOADS.into_iter().enumerate().map(|(number, payload)| {
        let node = json!({
            "class_type": payload, "inputs": {(payload): payload, "x": [payload, {}]}, "_meta": {"title": payload}
        });
        (format!("{number}{payload}"), node)
    });
    let json = serde_json::Value::Object(nodes.collect()).to_string();
    Value::parse(json.as_bytes()).unwrap()
}

/// Returns the hostile schemas: one of this project, and recorded ones if there are any.
fn schemas() -> Vec<Vec<u8>> {
    let mut schemas = vec![evil::schema().to_string().into_bytes()];
    match env::var_os("COMFY_DATA") {
        Some(data) => {
            let folder = PathBuf::from(data).join("cases/hostile");
            for name in ["doctest_injection_object_info.json", "doctest_injection_numbered_list.json"] {
                schemas.push(fs::read(folder.join(name)).unwrap());
            }
        }
        None => println!("skipped: without COMFY_DATA, only the schema of this project is tried"),
    }
    schemas
}

/// The generated and imported code compiles too, since documentation tests are collected from a crate that compiles.
#[test]
fn hostile_texts_compile_and_give_no_documentation_tests() {
    let runtime = workspace().join("comfy-runtime");
    let manifest = format!(
        "[package]\nname = \"hostile\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         comfy-runtime = {{ path = '{}', default-features = false, features = [\"macros\"] }}\n\n[workspace]\n",
        runtime.display()
    );
    let project = Project::new("hostile", &manifest);
    let mut root = String::from(
        "//! A crate.\n#![deny(text_direction_codepoint_in_literal, text_direction_codepoint_in_comment)]\n",
    );
    for (number, schema) in schemas().into_iter().enumerate() {
        let name = format!("hostile{number}.json");
        project.file(&name, &String::from_utf8(schema).unwrap());
        let source = Config::new().schema(project.path(&name)).source().unwrap().source;
        project.file(format!("src/nodes{number}.rs"), &source);
        _ = write!(root, "/// Nodes.\npub mod nodes{number};\n");
    }
    let definitions = Schema::from_slice(evil::schema().to_string().as_bytes()).unwrap();
    for (number, schema) in [&definitions, &Schema::new(Vec::new())].into_iter().enumerate() {
        let mut options = ImportOptions::new("imported");
        options.nodes = "crate::nodes0".to_owned();
        options.origin = Some("a\n\n    evil();\u{202e}`.json".to_owned());
        options.functions = true;
        let imported = Importer::new(schema).import(&prompt(), &options).unwrap();
        project.file(format!("src/imported{number}.rs"), &imported.source);
        _ = write!(root, "/// A workflow.\npub mod imported{number};\n");
    }
    project.file("src/lib.rs", &root);
    let output = project.test_documentation();
    assert!(output.contains("running 0 tests"), "{output}");
    project.document();
}
