//! The prompt that a file holds, whatever its form.

use clap::ValueEnum;
use comfy_convert::{Converted, Converter, DateTime, Document, UiWorkflow, Warning, WarningKind};
use comfy_schema::{Schema, Value};

use crate::failure::{Failure, IntoFailure};

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
