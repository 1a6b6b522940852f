//! Reading the prompt of a workflow file in any of its formats.

use std::path::Path;

use clap::{Args, ValueEnum};
use comfy_convert::{
    Content, ConvertWarning, ConvertWarningKind, Converted, Converter, DateTime, Document, InactiveNode, UiWorkflow,
};
use comfy_schema::{Schema, Value, shown};

use crate::failure::Failure;
use crate::{files, print};

/// The part to use of a file that holds both a prompt and a workflow.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum From {
    /// The prompt, exactly as it ran.
    Prompt,
    /// The editor's workflow, converted.
    Workflow,
}

/// The arguments that control how a workflow becomes a prompt.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Choices {
    /// Part to use of a file that holds both the queued prompt and the editor's workflow.
    #[arg(long, value_enum, default_value = "prompt")]
    from: From,

    /// Seed for the choices in dynamic prompts (`{a|b}`) of workflows in UI format.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Keep dynamic prompts as written.
    #[arg(long)]
    keep_dynamic_prompts: bool,

    /// Connect each `GetNode` to the `SetNode` of the same name, as the script of their node pack does.
    #[arg(long)]
    follow_get_set: bool,
}

impl Choices {
    /// The choices that match what the editor does when it queues a workflow.
    pub(crate) const QUEUED: Self =
        Self { from: From::Prompt, seed: 0, keep_dynamic_prompts: false, follow_get_set: false };

    /// The choices for commands that show a workflow and do not run it: dynamic prompts stay as written.
    pub(crate) const AS_WRITTEN: Self = Self { keep_dynamic_prompts: true, ..Self::QUEUED };

    /// Reads a file and returns its prompt and the warnings. `schema` is called only if the file must be converted.
    pub(crate) fn read<'s>(
        self,
        file: &Path,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<ConvertWarning>), Failure> {
        self.prompt(open(file)?, schema)
    }

    /// Returns the prompt of a document and the warnings. `schema` is called only if the document must be converted.
    pub(crate) fn prompt<'s>(
        self,
        document: Document,
        schema: impl FnOnce() -> Result<&'s Schema, Failure>,
    ) -> Result<(Value, Vec<ConvertWarning>), Failure> {
        let mut warnings = document.warnings().to_vec();
        match document.into_content() {
            Content::Ui(workflow) => self.convert(&workflow, warnings, schema()?),
            Content::Both { ui, .. } if self.from == From::Workflow => {
                // Warnings about keys left out of the prompt do not concern the workflow.
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

/// Reads the document in a file, or in standard input if the path is `-`.
pub(crate) fn open(file: &Path) -> Result<Document, Failure> {
    Ok(comfy_convert::read(&files::bytes(file)?)?)
}

/// Prints the warnings about a file to standard error.
pub(crate) fn warn(file: &Path, warnings: &[ConvertWarning]) {
    for warning in warnings {
        print::warning(format_args!("{}: {warning}", shown::path(file)));
    }
}

/// Returns a message about a prompt without nodes, which a server rejects, or `None` if the prompt has nodes. The
/// warnings of the conversion know the reason.
pub(crate) fn empty(prompt: &Value, warnings: &[ConvertWarning]) -> Option<String> {
    prompt.as_object().filter(|nodes| nodes.is_empty())?;
    let warning = warnings.iter().find(|warning| matches!(warning.kind, ConvertWarningKind::EmptyPrompt { .. }));
    Some(warning.map_or_else(|| "the prompt is empty; the server will reject it".to_owned(), ToString::to_string))
}

/// Refuses a prompt without nodes before it is sent. The failure has the exit code of a rejected workflow.
#[cfg(feature = "run")]
pub(crate) fn refuse_empty(file: &Path, prompt: &Value, warnings: &[ConvertWarning]) -> Result<(), Failure> {
    match empty(prompt, warnings) {
        Some(message) => Err(Failure::Negative(format!("error: {}: {message}", shown::path(file)))),
        None => Ok(()),
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
