//! `cargo comfy check`

mod files;
mod json;
mod lines;
mod locate;
mod read;
mod text;

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use comfy_schema::validate::{Files, Replacements, Validator};
use comfy_schema::{Schema, Value};

use crate::definitions::Definitions;
use crate::failure::Failure;
use crate::paint::Paint;
use read::Workflow;

/// Say what the server would say of a workflow, without the server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// Workflows: API format, UI format, request bodies with one under `prompt`, or pictures that ComfyUI saved; - is
    /// standard input
    #[arg(value_name = "FILE", required_unless_present = "jsonl")]
    workflows: Vec<PathBuf>,

    #[command(flatten)]
    definitions: Definitions,

    /// File with one request body a line; prints one line of JSON for each. - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "workflows")]
    jsonl: Option<PathBuf>,

    /// Let any file name pass where the definitions list none: for snapshots of a server without models
    #[arg(long)]
    any_model: bool,

    /// Folder that holds what the server's input folder holds
    #[arg(long, value_name = "DIR")]
    input_dir: Option<PathBuf>,

    /// Folder that holds what the server's output folder holds
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,

    /// Folder that holds what the server's temp folder holds
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,

    /// File with the answer of the server's `/node_replacements`, instead of the pairs that every server has
    #[arg(long, value_name = "FILE")]
    replacements: Option<PathBuf>,

    /// Only these outputs, by node id (as `partial_execution_targets`)
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    targets: Vec<String>,

    /// How to say it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  One workflow against a snapshot:
    cargo comfy check workflow_api.json --schema schemas/comfyui-0.26.0.json

  The same, where the snapshot is of a server without models:
    cargo comfy check workflow_api.json --schema schemas/comfyui-0.26.0.json --any-model

  Against a running server, files included:
    cargo comfy check workflow_api.json --server http://127.0.0.1:8188 --input-dir ComfyUI/input

  Many at once, for other programs:
    cargo comfy check --jsonl prompts.jsonl --schema schemas/comfyui-0.26.0.json

With --jsonl every line that is not blank is a request body, {\"prompt\": …, \"partial_execution_targets\": …},
and is answered by one line:
  {\"valid\": true|false, \"error\": type or null, \"node_errors\": {id: [{\"type\": …, \"input_name\": …}]},
   \"unverifiable\": [{\"node\": …, \"input\": …, \"kind\": …, \"why\": …}]}
  and \"raised\": … if validation itself raises, where a server answers 500 without JSON.
A line that cannot be read is answered by {\"line\": its number, \"failure\": why}, and the rest goes on.

Exit codes: 0 valid, 1 invalid (one is enough), 2 could not be checked.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One line of JSON for each file, errors as the server words them
    Json,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Valid,
    Invalid,
    NotChecked,
}

impl Check {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let schema = self.definitions.load()?;
        let files = self.files()?;
        let replacements = self.replacements()?;
        let mut validator = Validator::new(&schema).files(&files).any_model(self.any_model);
        if let Some(replacements) = &replacements {
            validator = validator.replacements(replacements);
        }
        let mut out = io::BufWriter::new(io::stdout().lock());
        let ended = match &self.jsonl {
            Some(path) => lines::check(&validator, path, &mut out),
            None => self.workflows(&validator, &schema, &mut out),
        };
        let ended = ended.and_then(|ending| out.flush().map(|()| ending).map_err(Failure::from));
        match ended {
            Ok(Ending::Valid) => Ok(()),
            Ok(Ending::Invalid) => Err(Failure::Said(1)),
            Ok(Ending::NotChecked) => Err(Failure::Said(2)),
            // Whoever read it, `head` for example, has read enough.
            Err(Failure::Error(error)) if is_broken_pipe(error.as_ref()) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    fn files(&self) -> Result<Files, Failure> {
        files::list([self.input_dir.as_deref(), self.output_dir.as_deref(), self.temp_dir.as_deref()])
    }

    fn replacements(&self) -> Result<Option<Replacements>, Failure> {
        let Some(path) = &self.replacements else { return Ok(None) };
        Ok(Some(Replacements::from_value(&read::json(path)?)))
    }

    fn workflows(&self, validator: &Validator<'_>, schema: &Schema, out: &mut impl Write) -> Result<Ending, Failure> {
        let paint = Paint::new(io::stdout().is_terminal());
        let mut worst = Ending::Valid;
        for path in &self.workflows {
            let ending = match Workflow::read(path, schema) {
                Ok(workflow) => self.workflow(validator, schema, &workflow, paint, out)?,
                Err(error) => {
                    self.not_checked(path, &error, out)?;
                    Ending::NotChecked
                }
            };
            worst = worst.max(ending);
        }
        Ok(worst)
    }

    fn workflow(
        &self,
        validator: &Validator<'_>,
        schema: &Schema,
        workflow: &Workflow,
        paint: Paint,
        out: &mut impl Write,
    ) -> Result<Ending, Failure> {
        let verdict = if self.targets.is_empty() {
            validator.check_body(&workflow.body)
        } else {
            let targets: Value = self.targets.iter().map(String::as_str).collect();
            validator.check(workflow.prompt(), Some(&targets))
        };
        match self.format {
            Format::Json => writeln!(out, "{}", json::whole(&workflow.name, &verdict))?,
            Format::Text => out.write_all(text::Report::new(workflow, &verdict, schema, paint).write().as_bytes())?,
        }
        Ok(if verdict.is_valid() { Ending::Valid } else { Ending::Invalid })
    }

    /// One file of several that cannot be read must not keep the others from being checked.
    fn not_checked(
        &self,
        path: &std::path::Path,
        error: &read::ReadError,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        if self.format == Format::Json {
            let answer = json::failure("file", path.display().to_string(), &error.to_string());
            writeln!(out, "{answer}")?;
        }
        out.flush()?;
        eprintln!("error: {error}");
        Ok(())
    }
}

fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
