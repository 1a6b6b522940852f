//! The command `cargo comfy convert`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_convert::ConvertWarning;
use comfy_schema::{Map, Schema, Value, shown};

use crate::definitions::Definitions;
use crate::failure::{Chain, Failure, IntoFailure};
use crate::files::{self, stem};
use crate::json::Pretty;
use crate::print;
use crate::workflow::{self, Choices};

/// Convert workflows to API format, as the ComfyUI front end does before it queues them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Convert {
    /// Workflows in UI or API format, or PNG, WebP, FLAC, Opus, MP3, MP4 or WebM files that ComfyUI saved; - reads
    /// standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    definitions: Definitions,

    /// File to write, or folder for the NAME.api.json of several files [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Output format.
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,

    #[command(flatten)]
    choices: Choices,

    /// Exit with 1 if there are warnings.
    #[arg(long)]
    deny_warnings: bool,
}

const EXAMPLES: &str = "\
Examples:
  Convert a workflow saved in the editor, with a snapshot of the server's nodes:
    cargo comfy convert portrait.json --schema schemas/comfyui-0.26.0.json --out portrait.api.json

  Print the prompt that made a picture, exactly as it was queued:
    cargo comfy convert ComfyUI_00042_.png

  Print the body of a request and post it:
    cargo comfy convert portrait.json --server http://127.0.0.1:8188 --format request |
      curl -d @- http://127.0.0.1:8188/prompt

Workflows in UI format need node definitions. Warnings go to standard error. If a file cannot be converted, the
command still converts the others.

Exit codes: 0 done, 1 done with warnings (--deny-warnings), 2 a file could not be converted.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// JSON over several lines.
    Pretty,
    /// JSON on one line.
    Compact,
    /// Body of a POST request to /prompt, on one line.
    Request,
}

/// The number of warnings and of failures, over all files.
#[derive(Default)]
struct Outcome {
    warnings: usize,
    failed: usize,
}

impl Convert {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let targets = files::targets(&self.files, self.out.as_deref(), |file| format!("{}.api.json", stem(file)))?;
        let mut schema = None;
        let mut outcome = Outcome::default();
        for (file, target) in self.files.iter().zip(targets) {
            match self.convert(file, &mut schema) {
                Ok((prompt, warnings)) => {
                    workflow::warn(file, &warnings);
                    outcome.warnings += warnings.len();
                    self.write(&prompt, target.as_deref())?;
                }
                Err(Failure::Error(error)) => {
                    print::error(format_args!("{}: {}", shown::path(file), Chain(error.as_ref())));
                    outcome.failed += 1;
                }
                Err(other) => return Err(other),
            }
        }
        match outcome {
            Outcome { failed: 1.., .. } if self.files.len() == 1 => Err(Failure::Reported(2)),
            Outcome { failed: failed @ 1.., .. } => {
                Err(format!("{failed} of {} files could not be converted", self.files.len()).into_failure())
            }
            Outcome { warnings: warnings @ 1.., .. } if self.deny_warnings => Err(workflow::denied(warnings)),
            Outcome { .. } => Ok(()),
        }
    }

    fn convert(&self, file: &Path, schema: &mut Option<Schema>) -> Result<(Value, Vec<ConvertWarning>), Failure> {
        self.choices.read(file, || self.definitions(schema))
    }

    /// Returns the definitions, which are loaded when the first file needs them.
    fn definitions<'s>(&self, loaded: &'s mut Option<Schema>) -> Result<&'s Schema, Failure> {
        if loaded.is_none() {
            *loaded = Some(self.definitions.load()?);
        }
        loaded.as_ref().ok_or_else(|| "no node definitions".to_owned().into_failure())
    }

    fn write(&self, prompt: &Value, target: Option<&Path>) -> Result<(), Failure> {
        match self.format {
            Format::Pretty => files::write_json(target, Pretty(prompt)),
            Format::Compact => files::write_json(target, prompt),
            Format::Request => files::write_json(target, Map::from_iter([("prompt", prompt.clone())])),
        }
    }
}
