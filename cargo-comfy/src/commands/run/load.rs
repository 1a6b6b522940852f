//! The workflow to run, from whatever file it is in.

use std::path::Path;

use comfy_codegen::Config;
use comfy_convert::{Converter, Document, read};
use comfy_schema::Value;

use crate::failure::Failure;
use crate::files;

/// The prompt of a file. A workflow in the editor's format is converted with the definitions of the server.
pub(super) fn prompt(path: &Path, server: &str) -> Result<Value, Failure> {
    let named = |error: &dyn std::error::Error| Failure::Error(format!("{}: {error}", path.display()).into());
    let bytes = files::bytes(path)?;
    let Document { ui, api, warnings, .. } = read(&bytes).map_err(|error| named(&error))?;
    for warning in &warnings {
        eprintln!("warning: {}: {warning}", path.display());
    }
    match (api, ui) {
        (Some(prompt), _) => Ok(prompt),
        (None, Some(workflow)) => {
            let (schema, _) = Config::new().server(server).definitions()?;
            let converted = Converter::new(&schema).convert(&workflow).map_err(|error| named(&error))?;
            for warning in &converted.warnings {
                eprintln!("warning: {}: {warning}", path.display());
            }
            Ok(converted.prompt)
        }
        (None, None) => {
            Err(Failure::Error(format!("{}: it holds neither a workflow nor a prompt", path.display()).into()))
        }
    }
}
