//! Checks the workflow against the server before anything is uploaded or submitted, as `cargo comfy check` does.

use std::path::Path;

use clap::Args;
use comfy_runtime::{Client, Workflow};
use comfy_schema::shown::{self, escaped};
use comfy_schema::validate::{PromptWarning, RequestErrorKind, Verdict};
use comfy_schema::{Schema, Value, suggest};

use super::uploads::Planned;
use super::{FAILED, lines};
use crate::commands::check;
use crate::failure::Failure;
use crate::print;

/// Options for the check before the submission.
#[derive(Debug, Args)]
pub(super) struct PreflightArguments {
    /// Check the workflow with the definitions and files of the server before anything is submitted [default: only if
    /// files are uploaded].
    #[arg(long)]
    preflight: bool,

    /// Upload and submit without a check; the server decides.
    #[arg(long, conflicts_with_all = ["preflight", "assume_files"])]
    no_preflight: bool,

    /// Check as with --preflight, and assume that the server has every model, input and other file that the workflow
    /// names.
    #[arg(long)]
    assume_files: bool,
}

/// A workflow before its submission.
pub(super) struct Subject<'r> {
    pub(super) file: &'r Path,
    pub(super) prompt: &'r Value,
    pub(super) workflow: &'r Workflow,
    /// The definitions, if they were requested before.
    pub(super) schema: Option<&'r Schema>,
    /// The files that are uploaded later.
    pub(super) uploads: &'r [Planned],
    /// The output nodes to run; all if there are none.
    pub(super) targets: &'r [String],
    /// Whether outputs may be dropped.
    pub(super) partial: bool,
    pub(super) json: bool,
}

impl PreflightArguments {
    /// Checks a workflow, if the options ask for it or files are to be uploaded.
    pub(super) async fn check(&self, client: &Client, subject: &Subject<'_>) -> Result<(), Failure> {
        let is_wanted = self.preflight || self.assume_files || !subject.uploads.is_empty();
        if self.no_preflight || !is_wanted {
            return Ok(());
        }
        let mut preflight = client.preflight(subject.workflow);
        if let Some(schema) = subject.schema {
            preflight = preflight.definitions(schema);
        }
        if self.assume_files {
            preflight = preflight.assume_files();
        }
        if !subject.targets.is_empty() {
            preflight = preflight.targets(subject.targets.iter().map(String::as_str));
        }
        let places = subject.uploads.iter().map(|upload| &upload.place);
        let preflight = places.fold(preflight, |check, place| check.assume_file(&place.node, &place.input));
        let (verdict, definitions) = preflight.verdict().await?;
        let all = subject.all_definitions(client, &verdict).await?;
        match check::refusal(
            subject.file,
            subject.prompt,
            &verdict,
            all.as_ref().unwrap_or(&definitions),
            subject.partial,
        ) {
            Some(report) => Err(subject.refuse(&verdict, report.trim_end())),
            None => {
                verdict.warnings().iter().for_each(|warning| subject.warn(warning));
                Ok(())
            }
        }
    }
}

impl Subject<'_> {
    /// Returns all definitions if they are needed to suggest a class.
    async fn all_definitions(&self, client: &Client, verdict: &Verdict) -> Result<Option<Schema>, Failure> {
        let is_unknown = verdict.error().is_some_and(|error| error.kind == RequestErrorKind::MissingNodeType);
        Ok(if is_unknown && self.schema.is_none() { Some(client.object_info().await?) } else { None })
    }

    fn refuse(&self, verdict: &Verdict, report: &str) -> Failure {
        if self.json
            && let Err(failure) = print::json(lines::refused(report, verdict))
        {
            return failure;
        }
        print::note(report);
        let nothing =
            if self.uploads.is_empty() { "nothing was submitted" } else { "nothing was uploaded or submitted" };
        print::note(format_args!("{nothing}; --no-preflight leaves the decision to the server"));
        Failure::Reported(FAILED)
    }

    fn warn(&self, warning: &PromptWarning) {
        let input = warning.input.as_ref().map(|input| format!(", input `{input}`")).unwrap_or_default();
        let hint = suggest::did_you_mean(&warning.suggestions);
        let text = escaped(format_args!("node {}{input}: {}{hint}", warning.node, warning.message)).to_string();
        print::warning(format_args!("{}: {text}", shown::path(self.file)));
    }
}
