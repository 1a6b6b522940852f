//! What the commands that read workflows share: files, definitions, and the prompt that a file holds.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use comfy_codegen::Config;
use comfy_convert::{Converted, Converter, DateTime, Document, UiWorkflow, Warning, WarningKind};
use comfy_schema::{Schema, Value};

use crate::failure::Failure;

/// The largest file that is read. Videos are large; a workflow is not.
const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// What is taken from a file that holds both.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum From {
    /// The prompt: exactly what ran
    Prompt,
    /// The workflow of the editor, converted
    Workflow,
}

/// How a workflow in UI format becomes a prompt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices {
    pub(crate) from: From,
    pub(crate) seed: u64,
    pub(crate) keep_dynamic_prompts: bool,
    pub(crate) follow_get_set: bool,
}

impl Choices {
    /// The prompt of a document; `schema` is asked for only if there is something to convert.
    pub(crate) fn prompt<'s>(
        self,
        document: Document,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<Warning>), Failure> {
        let Document { ui, api, warnings, .. } = document;
        match (ui, api) {
            (Some(workflow), None) => self.convert(&workflow, warnings, schema()?),
            (Some(workflow), Some(_)) if self.from == From::Workflow => {
                // What was left out of the prompt does not matter to the workflow.
                let warnings = warnings.into_iter().filter(|warning| matches!(warning.kind, WarningKind::Odd(_)));
                self.convert(&workflow, warnings.collect(), schema()?)
            }
            (_, Some(prompt)) => Ok((prompt, warnings)),
            (None, None) => Err("it holds neither a workflow nor a prompt".to_owned().into_failure()),
        }
    }

    fn convert(
        self,
        workflow: &UiWorkflow,
        mut warnings: Vec<Warning>,
        schema: &Schema,
    ) -> Result<(Value, Vec<Warning>), Failure> {
        let mut converter = Converter::new(schema).seed(self.seed);
        if let Some(now) = now() {
            converter = converter.date(now);
        }
        if self.keep_dynamic_prompts {
            converter = converter.keep_dynamic_prompts();
        }
        if self.follow_get_set {
            converter = converter.follow_get_set();
        }
        let Converted { prompt, warnings: more } = converter.convert(workflow)?;
        warnings.extend(more);
        Ok((prompt, warnings))
    }
}

/// The definitions of a file, or of a server with the file as its fallback; if there is neither, the message.
pub(crate) fn definitions(file: Option<&PathBuf>, server: Option<&String>, message: &str) -> Result<Schema, Failure> {
    if file.is_none() && server.is_none() {
        return Err(message.to_owned().into_failure());
    }
    let config = file.into_iter().fold(Config::new(), Config::schema);
    let config = server.into_iter().fold(config, Config::server);
    let (schema, fallback) = config.definitions()?;
    if let Some(why) = fallback {
        eprintln!("warning: {why}");
    }
    Ok(schema)
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

/// The local time, if the system knows it.
fn now() -> Option<DateTime> {
    let now = jiff::ZonedDateTime::now();
    let part = |number: i8| u8::try_from(number).ok();
    Some(DateTime {
        year: now.year().into(),
        month: part(now.month())?,
        day: part(now.day())?,
        hour: part(now.hour())?,
        minute: part(now.minute())?,
        second: part(now.second())?,
    })
}

/// A message as a failure.
pub(crate) trait IntoFailure {
    fn into_failure(self) -> Failure;
}

impl IntoFailure for String {
    fn into_failure(self) -> Failure {
        Failure::Error(self.into())
    }
}
