//! The workflow to run, from whatever file it is in.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use comfy_codegen::Config;
use comfy_convert::{Converter, Document, read};
use comfy_schema::Value;

use crate::failure::Failure;

/// The largest file that is read: videos hold workflows too.
const MOST_BYTES: u64 = 2 << 30;

/// The prompt of a file. A workflow in the editor's format is converted with the definitions of the server.
pub(super) fn prompt(path: &Path, server: &str) -> Result<Value, Failure> {
    let named = |error: &dyn std::error::Error| Failure::Error(format!("{}: {error}", path.display()).into());
    let bytes = bytes(path).map_err(|error| named(&error))?;
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

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MOST_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
