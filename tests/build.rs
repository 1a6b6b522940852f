//! Generates the nodes that the tests use (those of a real server, and one of every shape) and the source of every
//! prompt in `imports/`.
//!
//! Nodes are generated with `generate`, not with `build`, so that no environment variable changes what is tested.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use comfy_codegen::Config;
use comfy_import::{ImportOptions, Importer};
use comfy_schema::{Schema, Value};

#[path = "imports/cases.rs"]
mod cases;

const SERVER: &str = "../schemas/comfyui-0.26.0.json";
const SHAPES: &str = "../comfy-codegen/tests/fixtures/shapes.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={SERVER}");
    println!("cargo:rerun-if-changed={SHAPES}");
    println!("cargo:rerun-if-changed=imports");
    let out_dir = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set; cargo sets it for build scripts")?;
    let out_dir = Path::new(&out_dir);
    Config::new().schema(SERVER).generate()?;
    Config::new().schema(SHAPES).out_file(out_dir.join("shapes.rs")).generate()?;
    let palette = out_dir.join("palette.json");
    fs::write(&palette, palette_definition())?;
    Config::new().schema(palette).out_file(out_dir.join("many_options.rs")).generate()?;
    fs::write(out_dir.join("imports.rs"), imports()?)?;
    Ok(())
}

/// Returns the definition of an output node with a combo of 200 options.
fn palette_definition() -> String {
    let options: Vec<String> = (0..200).map(|color| format!("\"color {color}\"")).collect();
    format!(
        r#"{{"Palette": {{"input": {{"required": {{"color": [[{}], {{}}]}}}}, "output": [], "output_node": true}}}}"#,
        options.join(", ")
    )
}

/// Returns a module for every prompt, and a list of functions that return their JSON.
fn imports() -> Result<String, Box<dyn Error>> {
    let schema = Schema::from_slice(&fs::read(SERVER)?)?;
    let import = Importer::new(&schema);
    let mut source = String::new();
    let mut runs = String::new();
    for (name, change) in cases::CASES {
        let prompt = Value::parse(&fs::read(format!("imports/{name}.json"))?)?;
        let mut options = ImportOptions::new(*name);
        options.origin = Some(format!("{name}.json"));
        change(&mut options);
        let imported = import.import(&prompt, &options)?;
        let saved = if imported.parameters.is_empty() { "" } else { "_as_saved" };
        writeln!(source, "pub mod {name} {{\n{}}}\n", imported.source)?;
        writeln!(runs, "({name:?}, || {name}::{name}{saved}().map(|w| (w.to_json(), w.to_json_pretty()))),")?;
    }
    writeln!(
        source,
        "pub const RUNS: &[(&str, fn() -> Result<(String, String), comfy_runtime::GraphError>)] = &[{runs}];"
    )?;
    Ok(source)
}
