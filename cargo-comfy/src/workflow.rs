//! The prompt that a file holds, whatever its form.

use std::path::Path;

use clap::{Args, ValueEnum};
use comfy_convert::{Converted, Converter, DateTime, Document, UiWorkflow, Warning, WarningKind};
use comfy_schema::{Schema, Value};

use crate::failure::{Failure, IntoFailure};
use crate::files;

/// What is taken from a file that holds both.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum From {
    /// The prompt: exactly what ran
    Prompt,
    /// The workflow of the editor, converted
    Workflow,
}

/// The arguments that say how a workflow becomes a prompt.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Choices {
    /// What is taken from a file that holds both the workflow and the prompt that was queued
    #[arg(long, value_enum, default_value = "prompt")]
    from: From,

    /// What the choices of dynamic prompts (`{a|b}`) in UI format are made by
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Leave dynamic prompts as written
    #[arg(long)]
    keep_dynamic_prompts: bool,

    /// Follow `GetNode` and `SetNode` by their names, as their pack's script does
    #[arg(long)]
    follow_get_set: bool,
}

impl Choices {
    /// What the editor would queue.
    pub(crate) const QUEUED: Self =
        Self { from: From::Prompt, seed: 0, keep_dynamic_prompts: false, follow_get_set: false };

    /// What a workflow says, for those who look at it and do not run it.
    pub(crate) const AS_WRITTEN: Self = Self { keep_dynamic_prompts: true, ..Self::QUEUED };

    /// The prompt of a file, and what was odd about it. `schema` is asked for only if there is something to convert.
    pub(crate) fn read<'s>(
        self,
        file: &Path,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<Warning>), Failure> {
        self.prompt(open(file)?, schema)
    }

    /// The prompt of a document, and what was odd about it.
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
        let Converted { prompt, warnings: more, .. } = converter.convert(workflow)?;
        warnings.extend(more);
        Ok((prompt, warnings))
    }
}

/// What a file holds, or standard input.
pub(crate) fn open(file: &Path) -> Result<Document, Failure> {
    Ok(comfy_convert::read(&files::bytes(file)?)?)
}

/// Says on standard error what was odd about a file.
pub(crate) fn warn(file: &Path, warnings: &[Warning]) {
    for warning in warnings {
        eprintln!("warning: {}: {warning}", file.display());
    }
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
