//! `cargo comfy convert`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use comfy_convert::ConvertWarning;
use comfy_schema::{Map, Schema, Value};

use crate::definitions::Definitions;
use crate::failure::{Chain, Failure, IntoFailure};
use crate::files::{self, stem};
use crate::json::Pretty;
use crate::workflow::{self, Choices};

/// Convert workflows to the API format that is queued, as the ComfyUI front end would.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Convert {
    /// Workflows: JSON in UI or API format, or a PNG, WebP, FLAC, Opus, MP3, MP4 or WebM that ComfyUI saved; `-` reads
    /// standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    definitions: Definitions,

    /// File to write, or folder if there are several FILEs (written as NAME.api.json) [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// How the prompt is written
    #[arg(long, value_enum, default_value = "pretty")]
    format: Format,

    #[command(flatten)]
    choices: Choices,

    /// End with 1 if there were warnings
    #[arg(long)]
    deny_warnings: bool,
}

const EXAMPLES: &str = "\
Examples:
  A workflow saved in the editor, with a snapshot of the server's nodes:
    cargo comfy convert portrait.json --schema schemas/comfyui-0.26.0.json --out portrait.api.json

  What made this picture, exactly as it was queued:
    cargo comfy convert ComfyUI_00042_.png

  The body of a request, ready to be posted:
    cargo comfy convert portrait.json --server http://127.0.0.1:8188 --format request |
      curl -d @- http://127.0.0.1:8188/prompt

UI format needs node definitions. Warnings go to standard error. The other files are converted even if one cannot be.

Exit codes: 0 done, 1 done with warnings (--deny-warnings), 2 something could not be done.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Over several lines
    Pretty,
    /// On one line
    Compact,
    /// The body of a POST to /prompt, on one line
    Request,
}

/// What was found out while converting.
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
                    eprintln!("error: {}: {}", file.display(), Chain(error.as_ref()));
                    outcome.failed += 1;
                }
                Err(no) => return Err(no),
            }
        }
        match outcome {
            Outcome { failed: 1.., .. } if self.files.len() == 1 => Err(Failure::Said(2)),
            Outcome { failed: failed @ 1.., .. } => {
                Err(format!("{failed} of {} files could not be converted", self.files.len()).into_failure())
            }
            Outcome { warnings: 1.., .. } if self.deny_warnings => {
                Err(Failure::No(format!("{} warnings, which are denied", outcome.warnings)))
            }
            Outcome { .. } => Ok(()),
        }
    }

    fn convert(&self, file: &Path, schema: &mut Option<Schema>) -> Result<(Value, Vec<ConvertWarning>), Failure> {
        self.choices.read(file, || self.definitions(schema))
    }

    /// The definitions, loaded when the first file needs them.
    fn definitions<'s>(&self, loaded: &'s mut Option<Schema>) -> Result<&'s Schema, Failure> {
        if loaded.is_none() {
            *loaded = Some(self.definitions.load()?);
        }
        loaded.as_ref().ok_or_else(|| "no node definitions".to_owned().into_failure())
    }

    fn write(&self, prompt: &Value, target: Option<&Path>) -> Result<(), Failure> {
        let text = match self.format {
            Format::Pretty => format!("{}\n", Pretty(prompt)),
            Format::Compact => format!("{prompt}\n"),
            Format::Request => {
                let body: Map = [("prompt", prompt.clone())].into_iter().collect();
                format!("{body}\n")
            }
        };
        files::write(target, text.as_bytes())
    }
}
