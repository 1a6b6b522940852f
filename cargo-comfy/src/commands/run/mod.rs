//! The command `cargo comfy run`.

mod bars;
mod cancel;
mod destination;
mod lines;
mod preflight;
#[cfg_attr(not(feature = "preview"), path = "no_preview.rs")]
mod preview;
mod report;
mod resume;
mod save;
mod session;
mod set;
mod uploads;

use std::path::PathBuf;

use clap::Args;
use comfy_convert::{Document, UiDocument};
use comfy_runtime::client::{Accepted, Attempts, Error, Run as Running, Uploaded, Uuid};
use comfy_runtime::{Client, Workflow};
use comfy_schema::server::ServerOptions;
use comfy_schema::{Schema, Value};

use crate::failure::{Failure, IntoFailure};
use crate::print;
use crate::server::ServerArguments;
use crate::stop::{self, Stop};
use crate::workflow::{self, Choices};
pub(crate) use lines::number;
use preflight::{PreflightArguments, Subject};
pub(crate) use resume::Resume;
pub(crate) use save::SaveArguments;
pub(crate) use session::{OnStop, Session};
use set::{Assignment, NewValue};
use uploads::{FileInput, Planned};

/// Run a workflow on a server and save its results.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Run {
    /// Workflow in API or UI format, or a picture that ComfyUI saved; - reads standard input.
    #[arg(value_name = "FILE")]
    workflow: PathBuf,

    #[command(flatten)]
    server: ServerArguments,

    /// API key of comfy.org for partner nodes.
    #[arg(long, value_name = "KEY", env = "COMFY_ORG_API_KEY")]
    comfy_org_api_key: Option<String>,

    /// Set an input to another value; NODE is an id, or a title or class of exactly one node; VALUE is JSON, plain
    /// text, or @FILE for a file of this machine, which is uploaded (@@ begins a text with @).
    #[arg(long, value_name = "NODE.INPUT=VALUE")]
    set: Vec<Assignment>,

    #[command(flatten)]
    preflight: PreflightArguments,

    #[command(flatten)]
    save: SaveArguments,

    /// Put the run at the front of the queue.
    #[arg(long)]
    front: bool,

    /// Run only these output nodes, named by id, and the nodes that they need.
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    targets: Vec<String>,

    /// Save the laid-out workflow in the pictures, so that they open in the editor.
    #[arg(long)]
    editable: bool,

    /// Run the outputs that the server accepts, even if it drops others.
    #[arg(long)]
    partial: bool,

    /// Show previews while the workflow runs, if the terminal can display pictures.
    #[arg(long)]
    preview: bool,

    /// Print every event as a line of JSON instead of progress bars.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  Run a workflow exported in API format on the server of this machine:
    cargo comfy run workflow_api.json

  Run it with another seed and prompt, show previews, and save pictures in a folder:
    cargo comfy run workflow_api.json --set samples.seed=7 --set 6.text='a cat in the rain' --preview --out pictures

  Upload a picture for a LoadImage node:
    cargo comfy run workflow_api.json --set load.image=@photos/cat.png

  Find all mistakes before the workflow is submitted:
    cargo comfy run workflow_api.json --preflight

  Run the workflow of a picture again on another machine:
    cargo comfy run ComfyUI_00042_.png --server https://gpu.example.com

  Make pictures that open in the editor:
    cargo comfy run workflow_api.json --editable

  Pass the paths of the saved files to another program:
    cargo comfy run workflow_api.json --json | jq -r 'select(.event == \"saved\").path'

Ctrl-C cancels the run on the server and waits for its answer; the second Ctrl-C leaves at once. SIGTERM counts as
Ctrl-C. `cargo comfy attach ID` goes on with a run that was left.

If files are uploaded, the workflow is checked before with the definitions and files of the server, and all mistakes are
printed at once. No file of the server is replaced: the printed name is the one that the server has chosen.

Exit codes: 0 finished, 1 the server or the check rejected the workflow or a node failed, 2 the workflow could not be
run or a file not uploaded, 3 the run was interrupted or removed from the queue, 4 the outcome is unknown, 5 finished,
but not all results could be saved, 130 Ctrl-C or SIGTERM, 141 standard output was closed.";

/// The exit codes of runs that do not finish.
const FAILED: u8 = 1;
const INTERRUPTED: u8 = 3;
const LOST: u8 = 4;

/// The start of the client id of every run of this command. `cargo comfy attach` receives the events of such a run in
/// place of the process that submitted it, which no longer exists.
pub(crate) const CLIENT_PREFIX: &str = "cargo-comfy-";

/// Everything that is needed to submit a workflow.
struct Prepared {
    client: Client,
    /// The prompt, in which the inputs of files have the names that are expected.
    prompt: Value,
    workflow: Workflow,
    /// The definitions, if they were needed.
    schema: Option<Schema>,
    editor: Option<Value>,
    uploads: Vec<Planned>,
}

impl Run {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        #[cfg(not(feature = "preview"))]
        if self.preview {
            let message = "this build cannot show previews; install cargo-comfy with the feature `preview`";
            return Err(message.to_owned().into_failure());
        }
        let document = workflow::open(&self.workflow).map_err(|failure| failure.about(&self.workflow))?;
        for assignment in &self.set {
            if let NewValue::File(path) = &assignment.value {
                uploads::check(path)?;
            }
        }
        let options = self.server.options()?;
        stop::run(async |stop| self.on_server(document, &options, &stop).await)
    }

    async fn on_server(&self, document: Document, options: &ServerOptions, stop: &Stop) -> Result<(), Failure> {
        let session = Session {
            stop,
            resume: Resume::new(options),
            on_stop: OnStop::Cancel,
            json: self.json,
            preview: self.preview,
            save: &self.save,
        };
        let mut prepared = session.prepare(self.prepare(document, options)).await?;
        if !prepared.uploads.is_empty() {
            let uploaded = session.upload(&prepared.client, &prepared.uploads).await?;
            self.name_uploads(&mut prepared, &uploaded)?;
        }
        let Prepared { client, workflow, editor, .. } = prepared;
        let id = Uuid::new_v4();
        let attempts = Attempts::default();
        // Boxed, because the future is large.
        let posting = Box::pin(self.post(&client, &workflow, editor, id, &attempts));
        let run = Box::pin(session.submit(&client, &workflow, &id.to_string(), &attempts, posting)).await?;
        session.finish(&run, names(&workflow)).await
    }

    /// Connects to the server, and prepares and checks everything that is sent.
    async fn prepare(&self, document: Document, options: &ServerOptions) -> Result<Prepared, Failure> {
        let mut builder =
            Client::builder_with(options).client_id(format!("{CLIENT_PREFIX}{}", Uuid::new_v4().simple()));
        builder = self.comfy_org_api_key.iter().fold(builder, comfy_runtime::client::ClientBuilder::comfy_org_api_key);
        let client = builder.connect().await?;
        warn_if_polled(&client);
        let is_ui = document.api().is_none();
        let schema = if is_ui || self.editable { Some(client.object_info().await?) } else { None };
        let (mut prompt, files) = self.prompt(document, schema.as_ref())?;
        let uploads = uploads::plan(&client, files, &prompt, schema.as_ref()).await?;
        for upload in &uploads {
            upload.place.set(&mut prompt, upload.expected());
        }
        let workflow: Workflow = serde_json::from_str(&prompt.to_string())?;
        let subject = Subject {
            file: &self.workflow,
            prompt: &prompt,
            workflow: &workflow,
            schema: schema.as_ref(),
            uploads: &uploads,
            targets: &self.targets,
            partial: self.partial,
            json: self.json,
        };
        self.preflight.check(&client, &subject).await?;
        let editor = self.editor(&prompt, schema.as_ref())?;
        for lost in editor.iter().flat_map(|editor| &editor.lost) {
            print::warning(format_args!("the editor cannot hold all values: {lost}"));
        }
        Ok(Prepared { client, workflow, editor: editor.map(|editor| editor.workflow), uploads, schema, prompt })
    }

    /// Returns the prompt of the file with the values of `--set`, and the files for its inputs.
    fn prompt(&self, document: Document, schema: Option<&Schema>) -> Result<(Value, Vec<FileInput>), Failure> {
        let definitions = || schema.ok_or_else(|| "no node definitions".to_owned().into_failure());
        let read = Choices::QUEUED.prompt(document, definitions);
        let (mut prompt, warnings) = read.map_err(|failure| failure.about(&self.workflow))?;
        workflow::refuse_empty(&self.workflow, &prompt, &warnings)?;
        workflow::warn(&self.workflow, &warnings);
        let mut files: Vec<FileInput> = Vec::new();
        for assignment in &self.set {
            let place = assignment.place(&prompt)?;
            // The last value of an input counts.
            files.retain(|file| file.place != place);
            match &assignment.value {
                NewValue::Json(value) => place.set(&mut prompt, value.clone()),
                NewValue::File(path) => files.push(FileInput { place, path: path.clone() }),
            }
        }
        Ok((prompt, files))
    }

    /// Replaces the expected names of the files by those that the server has chosen.
    fn name_uploads(&self, prepared: &mut Prepared, uploaded: &[Uploaded]) -> Result<(), Failure> {
        for (upload, uploaded) in prepared.uploads.iter().zip(uploaded) {
            upload.place.set(&mut prepared.prompt, uploaded.value());
        }
        prepared.workflow = serde_json::from_str(&prepared.prompt.to_string())?;
        let editor = self.editor(&prepared.prompt, prepared.schema.as_ref())?;
        prepared.editor = editor.map(|editor| editor.workflow);
        Ok(())
    }

    /// Returns the workflow for the editor, if `--editable` asks for it.
    fn editor(&self, prompt: &Value, schema: Option<&Schema>) -> Result<Option<UiDocument>, Failure> {
        let Some(schema) = schema.filter(|_| self.editable) else { return Ok(None) };
        Ok(Some(comfy_draw::to_ui(prompt, schema)?))
    }

    /// Submits the workflow under an id that this program chose, so that it can be cancelled before the server answers.
    async fn post(
        &self,
        client: &Client,
        workflow: &Workflow,
        editor: Option<Value>,
        prompt_id: Uuid,
        attempts: &Attempts,
    ) -> Result<Running, Error> {
        let mut submission = client.submission(workflow).prompt_id(prompt_id).attempts(attempts.clone());
        if let Some(editor) = editor {
            submission = submission.editor_workflow(editor);
        }
        if self.front {
            submission = submission.front();
        }
        if !self.targets.is_empty() {
            submission = submission.targets(self.targets.iter().map(String::as_str));
        }
        if self.preview {
            submission = submission.extra("preview_method", "auto");
        }
        match submission.submit().await? {
            Accepted::Partial { run, dropped, .. } if self.partial => {
                print::warning(dropped);
                Ok(run)
            }
            accepted => accepted.complete().await,
        }
    }
}

/// Says once that the server has no WebSocket.
pub(crate) fn warn_if_polled(client: &Client) {
    if !client.has_websocket() {
        let reason = client.websocket_error().map(|reason| format!(" ({reason})")).unwrap_or_default();
        print::warning(format_args!(
            "the WebSocket of the server cannot be opened{reason}; the run is polled, and the progress of its nodes is \
             not shown"
        ));
    }
}

/// Returns the ids of the nodes of a workflow, with their names for people.
pub(crate) fn names(workflow: &Workflow) -> Vec<(String, String)> {
    workflow.nodes().map(|node| (node.id().to_owned(), format!("{} ({})", node.id(), node.class()))).collect()
}
