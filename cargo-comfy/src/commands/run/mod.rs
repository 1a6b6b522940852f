//! The command `cargo comfy run`.

mod bars;
mod lines;
#[cfg_attr(not(feature = "preview"), path = "no_preview.rs")]
mod preview;
pub(super) mod save;
mod set;

use std::path::PathBuf;

use clap::Args;
use comfy_convert::Document;
use comfy_runtime::client::{Accepted, Ending, Error, Event, Run as Running};
use comfy_runtime::{Client, Workflow};
use comfy_schema::{Schema, Value};
use tokio::runtime::Runtime;

use crate::failure::{Failure, IntoFailure};
use crate::server::ServerArguments;
use crate::signal::stop_signal;
use crate::workflow::{self, Choices};
use bars::Bars;
use preview::Screen;
use save::SaveArguments;
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
    #[arg(long, value_name = "KEY", env = "COMFY_ORG_API_KEY", hide_env_values = true)]
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

Ctrl-C cancels the run on the server.

Exit codes: 0 finished, 1 the server rejected the workflow or a node failed, 2 the workflow could not be run, 3 the run
was interrupted or removed from the queue, 4 the outcome is unknown, 5 finished, but not all results could be saved, 130
Ctrl-C or SIGTERM.";

/// The exit codes of runs that do not finish.
const FAILED: u8 = 1;
const INTERRUPTED: u8 = 3;
const LOST: u8 = 4;
const CTRL_C: u8 = 130;

/// The form in which events are shown.
enum Report {
    Lines,
    Bars(Box<Bars>),
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
        Runtime::new()?.block_on(self.on_server(document))
    }

    async fn on_server(&self, document: Document) -> Result<(), Failure> {
        let mut builder = Client::builder_with(&self.server.options()?);
        builder = self.comfy_org_api_key.iter().fold(builder, comfy_runtime::client::ClientBuilder::comfy_org_api_key);
        // Signals are caught from here on, because a submitted run must not outlive the program.
        let stop = stop_signal()?;
        let client = builder.connect().await?;
        let is_ui = document.api().is_none();
        let schema = if is_ui || self.editable { Some(client.object_info().await?) } else { None };
        let prompt = self.prompt(document, schema.as_ref())?;
        let editor = self.editor(&prompt, schema.as_ref())?;
        let workflow: Workflow = serde_json::from_str(&prompt.to_string())?;
        let run = match self.submit(&client, &workflow, editor).await {
            Ok(run) => run,
            Err(error @ (Error::Rejected(_) | Error::Partial(_))) => {
                if self.json {
                    println!("{}", lines::rejected(&error));
                }
                eprintln!("error: {error}");
                return Err(Failure::Reported(FAILED));
            }
            Err(error) => return Err(error.into()),
        };
        tokio::select! {
            ending = self.follow(&workflow, &run) => self.conclude(ending).await,
            stopped = stop => {
                stopped?;
                eprintln!("\ncancelling prompt {} on the server", run.prompt_id());
                run.cancel().await?;
                Err(Failure::Reported(CTRL_C))
            }
        }
    }

    /// Returns the prompt of the file with the values of `--set`.
    fn prompt(&self, document: Document, schema: Option<&Schema>) -> Result<Value, Failure> {
        let definitions = || schema.ok_or_else(|| "no node definitions".to_owned().into_failure());
        let read = Choices::QUEUED.prompt(document, definitions);
        let (mut prompt, warnings) = read.map_err(|failure| failure.about(&self.workflow))?;
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
            eprintln!("warning: the editor cannot hold all values: {lost}");
        }
        Ok(Some(document.workflow))
    }

    async fn submit(&self, client: &Client, workflow: &Workflow, editor: Option<Value>) -> Result<Running, Error> {
        let mut submission = client.submission(workflow);
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
                eprintln!("warning: {dropped}");
                Ok(run)
            }
            accepted => accepted.complete().await,
        }
    }

    /// Shows the events of the run until it ends.
    async fn follow(&self, workflow: &Workflow, run: &Running) -> Option<Ending> {
        let mut report =
            if self.json { Report::Lines } else { Report::Bars(Box::new(Bars::new(workflow, run.prompt_id()))) };
        let mut screen = self.preview.then(Screen::find).flatten();
        if self.preview && screen.is_none() && !self.json {
            eprintln!("warning: this terminal cannot display previews");
        }
        let mut events = run.events();
        while let Some(event) = events.next().await {
            match &mut report {
                Report::Lines => println!("{}", lines::event(&event)),
                Report::Bars(bars) => {
                    if let (Event::Preview(preview) | Event::Image(preview), Some(screen)) = (&event, &mut screen) {
                        bars.suspend(|| screen.show(&preview.bytes));
                    }
                    bars.show(&event);
                }
            }
        }
        run.ending()
    }

    async fn conclude(&self, ending: Option<Ending>) -> Result<(), Failure> {
        let code = match &ending {
            Some(Ending::Finished(done)) => return self.save.save(done, self.json).await,
            Some(Ending::Failed(error)) => {
                if let Some(done) = &error.partial {
                    match self.save.save(done, self.json).await {
                        // The failure of the run is the one to report.
                        Ok(()) | Err(Failure::Reported(_)) => {}
                        Err(failure) => return Err(failure),
                    }
                }
                FAILED
            }
            Some(Ending::Interrupted(_) | Ending::Deleted(_)) => INTERRUPTED,
            // The last pattern is required because the enum may grow. `None` means that the events stopped before the
            // run ended.
            None | Some(Ending::Lost(_) | Ending::Stalled(_) | _) => LOST,
        };
        if let Some(Err(error)) = ending.map(|ending| ending.into_result()) {
            eprintln!("error: {error}");
            if let Error::Execution(error) = &error {
                eprint!("{}", error.traceback.concat());
            }
        }
        Err(Failure::Reported(code))
    }
}
