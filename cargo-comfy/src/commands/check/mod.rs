//! The command `cargo comfy check`.

mod files;
mod findings;
mod github;
mod json;
mod lines;
mod locate;
mod read;
mod text;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_schema::validate::{Files, Replacements, Validator, Verdict};
use comfy_schema::{Schema, Value};

use crate::definitions::Definitions;
use crate::failure::Failure;
#[cfg(feature = "run")]
use crate::paint::Paint;
use crate::print;
use findings::Outcome;
use read::Workflow;

/// Check workflows as the server would, without a server.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// Workflows in API or UI format, request bodies with a prompt under `prompt`, or pictures that ComfyUI saved; -
    /// reads standard input.
    #[arg(value_name = "FILE", required_unless_present = "jsonl")]
    workflows: Vec<PathBuf>,

    #[command(flatten)]
    definitions: Definitions,

    /// File with one request body per line, each of which is answered by one line of JSON; - reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "workflows")]
    jsonl: Option<PathBuf>,

    /// Assume that the server has every model, input and other file that a workflow names.
    #[arg(long)]
    assume_files: bool,

    /// Folder with the files of the server's input folder.
    #[arg(long, value_name = "DIR")]
    input_dir: Option<PathBuf>,

    /// Folder with the files of the server's output folder.
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,

    /// Folder with the files of the server's temp folder.
    #[arg(long, value_name = "DIR")]
    temp_dir: Option<PathBuf>,

    /// File with the server's answer to `/node_replacements` [default: the replacements of every server].
    #[arg(long, value_name = "FILE")]
    replacements: Option<PathBuf>,

    /// Check only these output nodes, named by id, as with `partial_execution_targets`.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    targets: Vec<String>,

    /// Allow that the server drops outputs, as long as it runs others.
    #[arg(long)]
    partial: bool,

    /// Output format.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  Check a workflow against a snapshot:
    cargo comfy check workflow_api.json --schema schemas/comfyui-0.26.0.json

  Check it wherever its models and input files are:
    cargo comfy check workflow_api.json --schema schemas/comfyui-0.26.0.json --assume-files

  Check it against the definitions of a running server and its input files:
    cargo comfy check workflow_api.json --server http://127.0.0.1:8188 --input-dir ComfyUI/input

  Annotate the lines of a pull request in GitHub Actions:
    cargo comfy check workflows/*.json --format github

  Check many request bodies for another program:
    cargo comfy check --jsonl prompts.jsonl --schema schemas/comfyui-0.26.0.json

With --jsonl, each line that is not blank is a request body, {\"prompt\": …, \"partial_execution_targets\": …}, and is
answered by one line:
  {\"valid\": true|false, \"error\": type or null, \"node_errors\": {id: [{\"type\": …, \"input_name\": …}]},
   \"unverifiable\": [{\"node\": …, \"input\": …, \"kind\": …, \"why\": …}]}
If validation itself raises an exception, where a server answers 500 without JSON, the line also has \"raised\": reason.
A line that cannot be read is answered by {\"line\": its number, \"failure\": reason}, and the next lines are still
checked.

If some outputs of a workflow have errors, a server runs the others and drops these. Such a workflow counts as invalid
unless --partial is given.

Exit codes: 0 all valid, 1 at least one invalid, 2 at least one could not be checked.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people.
    Text,
    /// One line of JSON per file, with errors in the server's words.
    Json,
    /// Annotations for GitHub Actions.
    Github,
}

/// The result of a check. Worse results are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Valid,
    Invalid,
    NotChecked,
}

impl Ending {
    /// Returns the result for a verdict. `partial` allows that outputs are dropped.
    fn of(verdict: &Verdict, partial: bool) -> Self {
        match Outcome::of(verdict) {
            Outcome::Valid => Self::Valid,
            Outcome::Partial if partial => Self::Valid,
            Outcome::Partial | Outcome::Invalid => Self::Invalid,
        }
    }
}

/// Returns the text about a prompt that a server would not run as a whole, or `None` if it would. `partial` allows that
/// outputs are dropped.
#[cfg(feature = "run")]
pub(crate) fn refusal(
    file: &Path,
    prompt: &Value,
    verdict: &Verdict,
    schema: &Schema,
    partial: bool,
) -> Option<String> {
    (Ending::of(verdict, partial) != Ending::Valid).then(|| {
        let workflow = Workflow::of_prompt(file, prompt.clone());
        text::write(&workflow, verdict, schema, partial, Paint::new(false))
    })
}

impl Check {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let schema = self.definitions.load()?;
        let files = self.files()?;
        let replacements = self.replacements()?;
        let mut validator = Validator::new(&schema).files(&files).assume_files(self.assume_files);
        if let Some(replacements) = &replacements {
            validator = validator.replacements(replacements);
        }
        let ending = match &self.jsonl {
            Some(path) => lines::check(&validator, path, self.partial)?,
            None => self.workflows(&validator, &schema)?,
        };
        match ending {
            Ending::Valid => Ok(()),
            Ending::Invalid => Err(Failure::Reported(1)),
            Ending::NotChecked => Err(Failure::Reported(2)),
        }
    }

    fn files(&self) -> Result<Files, Failure> {
        files::list([self.input_dir.as_deref(), self.output_dir.as_deref(), self.temp_dir.as_deref()])
    }

    fn replacements(&self) -> Result<Option<Replacements>, Failure> {
        let Some(path) = &self.replacements else { return Ok(None) };
        Ok(Some(Replacements::from_value(&read::json(path)?)))
    }

    fn workflows(&self, validator: &Validator<'_>, schema: &Schema) -> Result<Ending, Failure> {
        let mut worst = Ending::Valid;
        for path in &self.workflows {
            let ending = match Workflow::read(path, schema) {
                Ok(workflow) => self.workflow(validator, schema, &workflow)?,
                Err(error) => {
                    self.not_checked(path, &error)?;
                    Ending::NotChecked
                }
            };
            worst = worst.max(ending);
        }
        Ok(worst)
    }

    fn workflow(&self, validator: &Validator<'_>, schema: &Schema, workflow: &Workflow) -> Result<Ending, Failure> {
        let verdict = if self.targets.is_empty() {
            validator.check_body(&workflow.body)
        } else {
            let targets: Value = self.targets.iter().map(String::as_str).collect();
            validator.check(workflow.prompt(), Some(&targets))
        };
        match self.format {
            Format::Json => print::json(json::whole(&workflow.name, &verdict))?,
            Format::Text => print::painted(&text::write(workflow, &verdict, schema, self.partial, print::paint()))?,
            Format::Github => print::text(github::write(workflow, &verdict, schema, self.partial))?,
        }
        Ok(Ending::of(&verdict, self.partial))
    }

    /// Reports a file that cannot be read. The files after it are still checked.
    fn not_checked(&self, path: &Path, error: &read::ReadError) -> Result<(), Failure> {
        print::error(error);
        match self.format {
            Format::Json => print::json(json::failure("file", path.display().to_string(), &error.to_string())),
            Format::Github => print::text(github::not_checked(path, error)),
            Format::Text => Ok(()),
        }
    }
}
