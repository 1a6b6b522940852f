//! The command `cargo comfy run`.

mod bars;
mod cancel;
mod lines;
#[cfg_attr(not(feature = "preview"), path = "no_preview.rs")]
mod preview;
mod report;
mod resume;
mod save;
mod session;
mod set;

use std::path::PathBuf;

use clap::Args;
use comfy_convert::Document;
use comfy_runtime::client::{Accepted, Error, Run as Running, Uuid};
use comfy_runtime::{Client, Workflow};
use comfy_schema::server::ServerOptions;
use comfy_schema::{Schema, Value};

use crate::failure::{Failure, IntoFailure};
use crate::print;
use crate::server::ServerArguments;
use crate::stop::{self, Stop};
use crate::workflow::{self, Choices};
pub(crate) use lines::number;
pub(crate) use resume::Resume;
pub(crate) use save::SaveArguments;
pub(crate) use session::{OnStop, Session};
use set::Assignment;

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

    /// Set an input to another value; NODE is an id, or a title or class of exactly one node; VALUE is JSON or plain
    /// text.
    #[arg(long, value_name = "NODE.INPUT=VALUE")]
    set: Vec<Assignment>,

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

  Run the workflow of a picture again on another machine:
    cargo comfy run ComfyUI_00042_.png --server https://gpu.example.com

  Make pictures that open in the editor:
    cargo comfy run workflow_api.json --editable

  Pass the paths of the saved files to another program:
    cargo comfy run workflow_api.json --json | jq -r 'select(.event == \"saved\").path'

Ctrl-C cancels the run on the server and waits for its answer; the second Ctrl-C leaves at once. SIGTERM counts as
Ctrl-C. `cargo comfy attach ID` goes on with a run that was left.

Exit codes: 0 finished, 1 the server rejected the workflow or a node failed, 2 the workflow could not be run, 3 the run
was interrupted or removed from the queue, 4 the outcome is unknown, 5 finished, but not all results could be saved,
130 Ctrl-C or SIGTERM, 141 standard output was closed.";

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
    workflow: Workflow,
    editor: Option<Value>,
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
        let Prepared { client, workflow, editor } = session.prepare(self.prepare(document, options)).await?;
        let id = Uuid::new_v4();
        let posting = self.post(&client, &workflow, editor, id);
        let run = session.submit(&client, &id.to_string(), posting).await?;
        session.finish(&run, names(&workflow)).await
    }

    /// Connects to the server and prepares everything that is submitted.
    async fn prepare(&self, document: Document, options: &ServerOptions) -> Result<Prepared, Failure> {
        let mut builder =
            Client::builder_with(options).client_id(format!("{CLIENT_PREFIX}{}", Uuid::new_v4().simple()));
        builder = self.comfy_org_api_key.iter().fold(builder, comfy_runtime::client::ClientBuilder::comfy_org_api_key);
        let client = builder.connect().await?;
        warn_if_polled(&client);
        let is_ui = document.api().is_none();
        let schema = if is_ui || self.editable { Some(client.object_info().await?) } else { None };
        let prompt = self.prompt(document, schema.as_ref())?;
        let editor = self.editor(&prompt, schema.as_ref())?;
        let workflow = serde_json::from_str(&prompt.to_string())?;
        Ok(Prepared { client, workflow, editor })
    }

    /// Returns the prompt of the file with the values of `--set`.
    fn prompt(&self, document: Document, schema: Option<&Schema>) -> Result<Value, Failure> {
        let definitions = || schema.ok_or_else(|| "no node definitions".to_owned().into_failure());
        let read = Choices::QUEUED.prompt(document, definitions);
        let (mut prompt, warnings) = read.map_err(|failure| failure.about(&self.workflow))?;
        workflow::refuse_empty(&self.workflow, &prompt, &warnings)?;
        workflow::warn(&self.workflow, &warnings);
        for assignment in &self.set {
            assignment.apply(&mut prompt)?;
        }
        Ok(prompt)
    }

    /// Returns the workflow for the editor, if `--editable` asks for it.
    fn editor(&self, prompt: &Value, schema: Option<&Schema>) -> Result<Option<Value>, Failure> {
        let Some(schema) = schema.filter(|_| self.editable) else { return Ok(None) };
        let document = comfy_draw::to_ui(prompt, schema)?;
        for lost in &document.lost {
            print::warning(format_args!("the editor cannot hold all values: {lost}"));
        }
        Ok(Some(document.workflow))
    }

    /// Submits the workflow under an id that this program chose, so that it can be cancelled before the server answers.
    async fn post(
        &self,
        client: &Client,
        workflow: &Workflow,
        editor: Option<Value>,
        prompt_id: Uuid,
    ) -> Result<Running, Error> {
        let mut submission = client.submission(workflow).prompt_id(prompt_id);
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
