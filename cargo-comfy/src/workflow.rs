//! The prompt that a file holds, whatever its form.

use std::path::Path;

use clap::{Args, ValueEnum};
use comfy_convert::{
    Content, ConvertWarning, ConvertWarningKind, Converted, Converter, DateTime, Document, InactiveNode, UiWorkflow,
};
use comfy_schema::{Schema, Value};

use crate::failure::Failure;
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
    ) -> Result<(Value, Vec<ConvertWarning>), Failure> {
        self.prompt(open(file)?, schema)
    }

    /// The prompt of a document, and what was odd about it.
    pub(crate) fn prompt<'s>(
        self,
        document: Document,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<ConvertWarning>), Failure> {
        let mut warnings = document.warnings().to_vec();
        match document.into_content() {
            Content::Ui(workflow) => self.convert(&workflow, warnings, schema()?),
            Content::Both { ui, .. } if self.from == From::Workflow => {
                // What was left out of the prompt does not matter to the workflow.
                warnings.retain(|warning| matches!(warning.kind, ConvertWarningKind::Ignored(_)));
                self.convert(&ui, warnings, schema()?)
            }
            Content::Api(prompt) | Content::Both { api: prompt, .. } => Ok((prompt, warnings)),
        }
    }

    fn convert(
        self,
        workflow: &UiWorkflow,
        mut warnings: Vec<ConvertWarning>,
        schema: &Schema,
    ) -> Result<(Value, Vec<ConvertWarning>), Failure> {
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

/// Returns the muted and bypassed nodes of a document that holds a workflow in UI format.
pub(crate) fn inactive(document: &Document, schema: &Schema) -> Vec<InactiveNode> {
    let converter = Converter::new(schema).keep_dynamic_prompts().list_inactive();
    // A picture can hold a prompt beside a workflow that cannot be converted.
    document.ui().and_then(|workflow| converter.convert(workflow).ok()).map(|all| all.inactive).unwrap_or_default()
}

/// What a file holds, or standard input.
pub(crate) fn open(file: &Path) -> Result<Document, Failure> {
    Ok(comfy_convert::read(&files::bytes(file)?)?)
}

/// Says on standard error what was odd about a file.
pub(crate) fn warn(file: &Path, warnings: &[ConvertWarning]) {
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
