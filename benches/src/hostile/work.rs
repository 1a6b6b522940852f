//! What the commands do with a file: reading, converting, checking, importing and drawing it, or generating code.

use std::error::Error;
use std::fs;
use std::path::Path;

use comfy_codegen::Config;
use comfy_convert::{Converter, read};
use comfy_draw::{Drawing, to_ui};
use comfy_import::{ImportOptions, Importer, Parameters};
use comfy_schema::drift::Comparison;
use comfy_schema::validate::Validator;
use comfy_schema::{Schema, Value};

use crate::workspace;

/// The steps that can be measured. A file that a step cannot use is refused, which counts as an answer.
pub const STEPS: [&str; 7] = ["read", "convert", "check", "import", "draw", "export", "generate"];

/// Does a step with a file, and returns a word about the answer.
///
/// # Errors
///
/// Returns an error if the file or the definitions cannot be read, or the step is unknown.
pub fn work(step: &str, path: &Path) -> Result<String, Box<dyn Error>> {
    if step == "generate" {
        return Ok(generate(path));
    }
    let bytes = fs::read(path)?;
    let document = match read(&bytes) {
        Ok(document) => document,
        Err(error) => return Ok(format!("refused: {error}")),
    };
    drop(bytes);
    if step == "read" {
        return Ok("read".to_owned());
    }
    let schema = definitions()?;
    let converted = document.ui().map(|workflow| Converter::new(&schema).list_inactive().convert(workflow));
    let prompt = match &converted {
        Some(Ok(converted)) => &converted.prompt,
        Some(Err(error)) => return Ok(format!("not converted: {error}")),
        None => document.api().ok_or("a document has a workflow or a prompt")?,
    };
    with_prompt(step, prompt, &schema)
}

fn with_prompt(step: &str, prompt: &Value, schema: &Schema) -> Result<String, Box<dyn Error>> {
    Ok(match step {
        "convert" => format!("{} bytes", prompt.to_string().len()),
        "check" => {
            let verdict = Validator::new(schema).check(prompt, None);
            let findings = Comparison::new(schema, schema).workflow(prompt)?;
            let bytes = verdict.to_response().to_string().len();
            format!("{} outputs, {} findings, {bytes} bytes", verdict.outputs().len(), findings.len())
        }
        "import" => {
            let mut options = ImportOptions::new("hostile");
            options.parameters = Parameters::Auto;
            options.functions = true;
            match Importer::new(schema).import(prompt, &options) {
                Ok(imported) => format!("{} bytes", imported.source.len()),
                Err(error) => format!("refused: {error}"),
            }
        }
        "draw" => match Drawing::new(prompt, Some(schema)) {
            Ok(drawing) => format!("{} bytes", drawing.svg().len() + drawing.mermaid().len()),
            Err(error) => format!("refused: {error}"),
        },
        "export" => match to_ui(prompt, schema) {
            Ok(document) => format!("{} bytes", document.workflow.to_string().len()),
            Err(error) => format!("refused: {error}"),
        },
        step => return Err(format!("unknown step {step}").into()),
    })
}

fn generate(path: &Path) -> String {
    match Config::new().schema(path).source() {
        Ok(generated) => format!("{} bytes", generated.source.len()),
        Err(error) => format!("refused: {error}"),
    }
}

/// Returns the classes that the documents use.
fn definitions() -> Result<Schema, Box<dyn Error>> {
    let fixture = fs::read(workspace().join("comfy-schema/tests/fixtures/rules.json"))?;
    let mut nodes = Schema::from_slice(&fixture)?.nodes;
    let core = Schema::from_slice(&fs::read(crate::schema())?)?;
    nodes.extend(core.nodes.into_iter().filter(|node| node.class == "CLIPTextEncode"));
    Ok(Schema::new(nodes))
}
