//! The command `cargo comfy import`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use comfy_convert::Document;
use comfy_import::{IdStyle, ImportOptions, Imported, Importer, OptionStyle, Parameters};
use comfy_schema::{Schema, Value, shown};

use crate::definitions::Definitions;
use crate::failure::{Chain, Failure, IntoFailure};
use crate::workflow::{self, Choices};
use crate::{files, print};

/// Turn workflows into `#[workflow]` functions in Rust that send the same prompt.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Import {
    /// Workflows in API or UI format, or PNG, WebP, FLAC, Opus, MP3, MP4 or WebM files that ComfyUI saved; - reads
    /// standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    definitions: Definitions,

    /// File to write, or folder for the NAME.rs of several files [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Name of the function [default: the name of the file].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Path of the module with the generated nodes, as the written file refers to it.
    #[arg(long, value_name = "PATH", default_value = "crate::nodes")]
    nodes: String,

    /// Values that become parameters: `none`, `auto` (texts, seeds, sizes, names of images and models), or a list such
    /// as `auto,KSampler.steps,12.denoise,cfg`.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "none")]
    params: Vec<String>,

    /// Source of the node ids.
    #[arg(long, value_enum, default_value = "names")]
    ids: Ids,

    /// Spelling of the options of closed combos.
    #[arg(long, value_enum, default_value = "texts")]
    options: Options,

    /// Prefer typed nodes over an identical prompt: leave out literals that the server ignores (`upload`), and send the
    /// defaults that the file lacks.
    #[arg(long)]
    tidy: bool,

    /// Turn each subgraph into a separate function.
    #[arg(long)]
    functions: bool,

    #[command(flatten)]
    choices: Choices,

    /// Write nothing; print the time that the import takes.
    #[arg(long)]
    time: bool,

    /// Exit with 1 if there are warnings.
    #[arg(long)]
    deny_warnings: bool,
}

const EXAMPLES: &str = "\
Examples:
  Import a workflow saved in the editor:
    cargo comfy import portrait.json --schema schemas/comfyui-0.26.0.json --out src/portrait.rs

  Import the workflow of a picture, with texts, the seed, sizes and models as parameters:
    cargo comfy import portrait.png --server http://127.0.0.1:8188 --params auto --out src/portrait.rs

The written file uses the nodes of a module that build.rs generates from the same definitions. Add it to the crate with
`mod portrait;`. A node without a typed form becomes a raw node, with a comment and a warning that give the reason.

Exit codes: 0 done, 1 done with warnings (--deny-warnings), 2 a file could not be imported.";

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Ids {
    /// Names of variables and classes.
    Names,
    /// Ids of the file.
    Keep,
}

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Options {
    /// Strings such as `"euler"`.
    Texts,
    /// Enum variants such as `options::SamplerName::Euler`.
    Enums,
}

/// The number of warnings, failures and nodes, over all files.
#[derive(Default)]
struct Outcome {
    warnings: usize,
    failed: usize,
    nodes: usize,
}

impl Import {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.name.is_some() && self.files.len() > 1 {
            return Err("--name names one function, but there are several files".to_owned().into_failure());
        }
        let targets = files::targets(&self.files, self.out.as_deref(), |file| format!("{}.rs", function_name(file)))?;
        let loaded = Instant::now();
        let schema = self.definitions.load()?;
        let importer = Importer::new(&schema);
        let loaded = loaded.elapsed();
        let mut outcome = Outcome::default();
        let started = Instant::now();
        for (file, target) in self.files.iter().zip(targets) {
            let mut options = self.import_options();
            options.name = self.name.clone().unwrap_or_else(|| function_name(file));
            options.origin = file.file_name().map(|name| name.to_string_lossy().into_owned());
            match self.import(file, &mut options, &schema, &importer) {
                Ok((import, warnings)) => {
                    for warning in &warnings {
                        print::warning(format_args!("{}: {warning}", shown::path(file)));
                    }
                    outcome.warnings += warnings.len();
                    outcome.nodes += import.count;
                    if !self.time {
                        files::write(target.as_deref(), import.source.as_bytes())?;
                    }
                }
                Err(Failure::Error(error)) => {
                    print::error(format_args!("{}: {}", shown::path(file), Chain(error.as_ref())));
                    outcome.failed += 1;
                }
                Err(other) => return Err(other),
            }
        }
        if self.time {
            print::line(format_args!(
                "{} files, {} nodes: {:.0} ms to load and plan the definitions, {:.0} ms to read and import",
                self.files.len() - outcome.failed,
                outcome.nodes,
                loaded.as_secs_f64() * 1e3,
                started.elapsed().as_secs_f64() * 1e3
            ))?;
        }
        self.end(&outcome)
    }

    fn end(&self, outcome: &Outcome) -> Result<(), Failure> {
        match outcome {
            Outcome { failed: 1.., .. } if self.files.len() == 1 => Err(Failure::Reported(2)),
            Outcome { failed: failed @ 1.., .. } => {
                Err(format!("{failed} of {} files could not be imported", self.files.len()).into_failure())
            }
            Outcome { warnings: warnings @ 1.., .. } if self.deny_warnings => Err(workflow::denied(*warnings)),
            Outcome { .. } => Ok(()),
        }
    }

    fn import(
        &self,
        file: &Path,
        options: &mut ImportOptions,
        schema: &Schema,
        importer: &Importer<'_>,
    ) -> Result<(Imported, Vec<String>), Failure> {
        let document = workflow::open(file)?;
        let (prompt, mut warnings) = self.prompt(document, options, schema)?;
        let import = importer.import(&prompt, options)?;
        warnings.extend(import.warnings.iter().map(ToString::to_string));
        Ok((import, warnings))
    }

    /// Returns the prompt of a file and the warnings about it.
    fn prompt(
        &self,
        document: Document,
        options: &mut ImportOptions,
        schema: &Schema,
    ) -> Result<(Value, Vec<String>), Failure> {
        if let Some(workflow) = document.ui() {
            options.function_names = workflow.subgraph_names().into_iter().collect();
        }
        let (prompt, warnings) = self.choices.prompt(document, || Ok(schema))?;
        Ok((prompt, warnings.iter().map(ToString::to_string).collect()))
    }

    fn import_options(&self) -> ImportOptions {
        let mut options = ImportOptions::new(String::new());
        options.nodes.clone_from(&self.nodes);
        options.parameters = match self.params.as_slice() {
            [only] if only == "none" => Parameters::None,
            [only] if only == "auto" => Parameters::Auto,
            list => Parameters::List(list.to_vec()),
        };
        options.id_style = if self.ids == Ids::Keep { IdStyle::Keep } else { IdStyle::Names };
        options.option_style = if self.options == Options::Enums { OptionStyle::Enums } else { OptionStyle::Texts };
        options.tidy = self.tidy;
        options.functions = self.functions;
        options
    }
}

/// Returns the name of the function for a file: `flux` for `flux.json`, `flux.ui.json` and `flux.api.json`.
fn function_name(file: &Path) -> String {
    let stem = files::stem(file);
    let stem = [".api", ".ui"].iter().find_map(|ending| stem.strip_suffix(ending)).unwrap_or(&stem);
    ImportOptions::name_of(stem)
}
