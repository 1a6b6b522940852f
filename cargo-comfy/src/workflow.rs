//! Reading the prompt of a workflow file in any of its formats.

use std::path::Path;

use clap::{Args, ValueEnum};
use comfy_convert::{Converted, Converter, DateTime, Document, UiWorkflow, Warning, WarningKind};
use comfy_schema::{Schema, Value};

use crate::failure::{Failure, IntoFailure};
use crate::files;

/// The part to use of a file that holds both a prompt and a workflow.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum From {
    /// The prompt, exactly as it ran
    Prompt,
    /// The editor's workflow, converted
    Workflow,
}

/// The arguments that control how a workflow becomes a prompt.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Choices {
    /// Part to use of a file that holds both the queued prompt and the editor's workflow
    #[arg(long, value_enum, default_value = "prompt")]
    from: From,

    /// Seed for the choices in dynamic prompts (`{a|b}`) of workflows in UI format
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Keep dynamic prompts as written
    #[arg(long)]
    keep_dynamic_prompts: bool,

    /// Follow `GetNode` and `SetNode` by their names, as the script of their pack does
    #[arg(long)]
    follow_get_set: bool,
}

impl Choices {
    /// The choices with which the editor queues a workflow.
    pub(crate) const QUEUED: Self =
        Self { from: From::Prompt, seed: 0, keep_dynamic_prompts: false, follow_get_set: false };

    /// The choices for commands that show a workflow and do not run it: dynamic prompts stay as written.
    pub(crate) const AS_WRITTEN: Self = Self { keep_dynamic_prompts: true, ..Self::QUEUED };

    /// Reads a file and returns its prompt and the warnings. `schema` is called only if the file must be converted.
    pub(crate) fn read<'s>(
        self,
        file: &Path,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<Warning>), Failure> {
        self.prompt(open(file)?, schema)
    }

    /// Returns the prompt of a document and the warnings. `schema` is called only if the document must be converted.
    pub(crate) fn prompt<'s>(
        self,
        document: Document,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<Warning>), Failure> {
        let Document { ui, api, warnings, .. } = document;
        match (ui, api) {
            (Some(workflow), None) => self.convert(&workflow, warnings, schema()?),
            (Some(workflow), Some(_)) if self.from == From::Workflow => {
                // Warnings about keys left out of the prompt do not concern the workflow.
                let warnings = warnings.into_iter().filter(|warning| matches!(warning.kind, WarningKind::Odd(_)));
                self.convert(&workflow, warnings.collect(), schema()?)
            }
            (_, Some(prompt)) => Ok((prompt, warnings)),
            (None, None) => Err("the file holds neither a workflow nor a prompt".to_owned().into_failure()),
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
        let Converted { prompt, warnings: more, .. } = converter.convert(workflow)?;
        warnings.extend(more);
        Ok((prompt, warnings))
    }
}

/// Reads the document in a file, or in standard input if the path is `-`.
pub(crate) fn open(file: &Path) -> Result<Document, Failure> {
    Ok(comfy_convert::read(&files::bytes(file)?)?)
}

/// Prints the warnings about a file to standard error.
pub(crate) fn warn(file: &Path, warnings: &[Warning]) {
    for warning in warnings {
        eprintln!("warning: {}: {warning}", file.display());
    }
}

/// Returns the failure for `--deny-warnings`.
pub(crate) fn denied(warnings: usize) -> Failure {
    Failure::Negative(format!("warnings: {warnings}; --deny-warnings makes this an error"))
}

/// Returns the local time.
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
