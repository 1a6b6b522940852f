//! Files and servers that are read, and what is printed.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use comfy_codegen::Config;
use comfy_convert::{Converter, read};
use comfy_schema::{Schema, Value};

use crate::failure::{Failure, IntoFailure};

/// The largest file that is read. Videos are large; a workflow is not.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The bytes of a file, or of standard input.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        io::stdin().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("it is larger than {} GiB", MOST_BYTES >> 30).into_failure());
    }
    Ok(bytes)
}

/// The node definitions in a file, or of the server at a URL.
pub(crate) fn definitions(from: &str) -> Result<Schema, Failure> {
    let is_url = from.starts_with("http://") || from.starts_with("https://");
    let config = if is_url { Config::new().server(from) } else { Config::new().schema(from) };
    Ok(config.definitions()?.0)
}

/// The node definitions that `--schema` and `--server` name; with neither, the one snapshot in `schemas`.
pub(crate) fn definitions_of(schema: Option<&Path>, server: Option<&str>) -> Result<Schema, Failure> {
    let mut config = Config::new();
    if let Some(server) = server {
        config = config.server(server);
    }
    let found;
    let schema = match (schema, server) {
        (None, None) => {
            found = snapshot(Path::new("schemas"))?;
            Some(found.as_path())
        }
        (schema, _) => schema,
    };
    if let Some(schema) = schema {
        config = config.schema(schema);
    }
    let (schema, fallback) = config.definitions()?;
    if let Some(fallback) = fallback {
        eprintln!("warning: {fallback}");
    }
    Ok(schema)
}

/// The only snapshot in a folder.
fn snapshot(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err("give --schema FILE or --server URL: there is no snapshot of node definitions in ./schemas"
            .to_owned()
            .into_failure()),
        several => {
            let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            Err(format!("give --schema FILE or --server URL: there are several snapshots, {}", names.join(", "))
                .into_failure())
        }
    }
}

/// The prompt of a workflow in any form: what is in UI format is converted with these definitions.
pub(crate) fn prompt(bytes: &[u8], schema: &Schema) -> Result<Value, Failure> {
    let document = read(bytes)?;
    match (document.api, document.ui) {
        (Some(prompt), _) => Ok(prompt),
        (None, Some(workflow)) => Ok(Converter::new(schema).keep_dynamic_prompts().convert(&workflow)?.prompt),
        (None, None) => Err("it holds neither a workflow nor a prompt".to_owned().into_failure()),
    }
}

/// The file to write for each file that is read; none is standard output. `name` gives the names in a folder.
pub(crate) fn targets(
    files: &[PathBuf],
    out: Option<&Path>,
    name: impl Fn(&Path) -> String,
) -> Result<Vec<Option<PathBuf>>, Failure> {
    let Some(out) = out else {
        return Ok(vec![None; files.len()]);
    };
    if files.len() == 1 && !out.is_dir() {
        return Ok(vec![Some(out.to_owned())]);
    }
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()).into_failure())?;
    let mut seen = HashSet::new();
    let mut targets = Vec::new();
    for file in files {
        let target = out.join(name(file));
        if !seen.insert(target.clone()) {
            let message = format!("two files would be written to {}; take them one by one", target.display());
            return Err(message.into_failure());
        }
        targets.push(Some(target));
    }
    Ok(targets)
}

/// The name of a file without its ending.
pub(crate) fn stem(file: &Path) -> String {
    if file.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        // Whoever read it, `head` for example, has read enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
