//! The command `cargo comfy attach`.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use comfy_runtime::client::routes::QueueItem;
use comfy_runtime::client::{Error, Run};
use comfy_runtime::{Client, Workflow};
use comfy_schema::Value;
use comfy_schema::prompt::Prompt;
use comfy_schema::server::ServerOptions;
use comfy_schema::shown::escaped;

use super::run::{CLIENT_PREFIX, OnStop, Resume, SaveArguments, Session, names};
use crate::failure::{Failure, IntoFailure};
use crate::print;
use crate::server::ServerArguments;
use crate::stop::{self, Stop};
use crate::workflow::{self, Choices};

/// Attach to a run that was submitted before: show its progress and save its results.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Attach {
    /// Id of the prompt; `cargo comfy queue` lists those that run and wait.
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    prompt_id: String,

    /// Workflow in API format, or a picture that ComfyUI saved: fail unless the prompt was made from it.
    #[arg(value_name = "FILE")]
    workflow: Option<PathBuf>,

    #[command(flatten)]
    server: ServerArguments,

    #[command(flatten)]
    save: SaveArguments,

    /// Receive the events of a run that another program submitted; that program, such as a page of the editor, then
    /// receives none.
    #[arg(long)]
    take_over: bool,

    /// Let the run go on when the command is stopped, instead of cancelling it.
    #[arg(long)]
    keep: bool,

    /// Print every event as a line of JSON instead of progress bars.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  Go on with a run that an earlier command left on the server, and save its results:
    cargo comfy attach 0f1d2c3b-4a59-4e68-8f77-8695a4b3c2d1

  Wait for a run of someone else, and leave it alone when Ctrl-C is pressed:
    cargo comfy attach 0f1d2c3b-4a59-4e68-8f77-8695a4b3c2d1 --keep --no-save

  Fail if the prompt was not made from this workflow:
    cargo comfy attach 0f1d2c3b-4a59-4e68-8f77-8695a4b3c2d1 workflow_api.json

The run may wait, run or have ended. The server sends the events of a run to one client only: the progress of a run that
`cargo comfy run` submitted is shown, and of other runs only the start and the end, unless --take-over is given.

Ctrl-C cancels the run on the server, as with `cargo comfy run`, unless --keep is given; the second Ctrl-C leaves at once.

Exit codes: 0 finished, 1 a node failed, 2 the run is unknown or is of another workflow, or the server could not be
asked, 3 the run was interrupted or removed from the queue, 4 the outcome is unknown, 5 finished, but not all results
could be saved, 130 Ctrl-C or SIGTERM, 141 standard output was closed.";

/// A run that was found on the server.
struct Attached {
    run: Run,
    /// The ids of its nodes, with their names for people.
    names: Vec<(String, String)>,
}

impl Attach {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let workflow = self.workflow.as_deref().map(read).transpose()?;
        let options = self.server.options()?;
        stop::run(async |stop| self.on_server(workflow, &options, &stop).await)
    }

    async fn on_server(&self, workflow: Option<Workflow>, options: &ServerOptions, stop: &Stop) -> Result<(), Failure> {
        let Attached { run, names } = stop.guard(self.attach(workflow, options)).await??;
        let session = Session {
            stop,
            resume: Resume::new(options),
            on_stop: if self.keep { OnStop::Leave } else { OnStop::Cancel },
            json: self.json,
            preview: false,
            save: &self.save,
        };
        session.finish(&run, names).await
    }

    /// Finds the run on the server.
    async fn attach(&self, workflow: Option<Workflow>, options: &ServerOptions) -> Result<Attached, Failure> {
        let mut builder = Client::builder_with(options);
        let item = find(&builder.clone().connect_lazy()?, &self.prompt_id).await?;
        if let Some(owner) = item.as_ref().and_then(|item| item.extra_data.get("client_id")?.as_str()) {
            if self.take_over || owner.starts_with(CLIENT_PREFIX) {
                builder = builder.client_id(owner);
            } else {
                print::note(format_args!(
                    "the server sends the progress of this run to the client {}; --take-over shows it here instead",
                    escaped(owner)
                ));
            }
        }
        let client = builder.connect().await?;
        super::run::warn_if_polled(&client);
        let run = match &workflow {
            Some(workflow) => client.attach(workflow, &self.prompt_id).await,
            None => client.attach_id(&self.prompt_id).await,
        };
        let run = run.map_err(|error| match error {
            error @ Error::UnknownRun { .. } => {
                format!("{error}; `cargo comfy queue` lists the prompts that run and wait").into_failure()
            }
            error => error.into(),
        })?;
        let names = workflow.as_ref().map_or_else(|| item.as_ref().map(names_of).unwrap_or_default(), names);
        Ok(Attached { run, names })
    }
}

/// Returns the prompt of this id, from the queue or the history.
async fn find(client: &Client, prompt_id: &str) -> Result<Option<QueueItem>, Error> {
    let queue = client.queue().await?;
    let item = queue.running.into_iter().chain(queue.pending).find(|item| item.prompt_id == prompt_id);
    match item {
        Some(item) => Ok(Some(item)),
        None => Ok(client.history_of(prompt_id).await?.map(|entry| entry.prompt)),
    }
}

/// Returns the ids of the nodes of a prompt, with their names for people.
fn names_of(item: &QueueItem) -> Vec<(String, String)> {
    let Ok(prompt) = Prompt::new(&item.prompt) else { return Vec::new() };
    let name = |id: &str, class: Option<&str>| class.map_or_else(|| id.to_owned(), |class| format!("{id} ({class})"));
    prompt.nodes().iter().map(|node| (node.id.to_string(), name(node.id, node.class()))).collect()
}

/// Reads a workflow file.
fn read(file: &Path) -> Result<Workflow, Failure> {
    let definitions = || {
        let message = "the workflow is in UI format, which is compared after a conversion only; write it in API format \
                       with `cargo comfy convert`";
        Err(message.to_owned().into_failure())
    };
    let (prompt, warnings): (Value, _) =
        Choices::QUEUED.read(file, definitions).map_err(|failure| failure.about(file))?;
    workflow::warn(file, &warnings);
    Ok(serde_json::from_str(&prompt.to_string())?)
}
