//! The command `cargo comfy cancel`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use comfy_runtime::Client;
use comfy_schema::shown::escaped;

use crate::failure::Failure;
use crate::server::ServerArguments;
use crate::{print, stop};

/// Cancel runs on a server, whether they wait or run.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Cancel {
    /// Ids of the prompts; `cargo comfy queue` lists those that run and wait.
    #[arg(value_name = "ID", required = true, value_parser = NonEmptyStringValueParser::new())]
    prompt_ids: Vec<String>,

    #[command(flatten)]
    server: ServerArguments,
}

const EXAMPLES: &str = "\
Examples:
  Cancel a run on the server of this machine:
    cargo comfy cancel 0f1d2c3b-4a59-4e68-8f77-8695a4b3c2d1

  Cancel everything that a client has submitted:
    cargo comfy queue --json | jq -r 'select(.client_id == \"my-client\").prompt_id' | xargs -r cargo comfy cancel

Only the prompts of these ids are cancelled. A run that is in the middle of a step ends after it.

Exit codes: 0 cancelled, 1 a prompt neither waits nor runs, 2 the server could not be asked, 130 Ctrl-C or SIGTERM,
141 standard output was closed.";

impl Cancel {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        stop::run(async |stop| {
            let client = Client::builder_with(&self.server.options()?).connect_lazy()?;
            let mut all = true;
            for id in &self.prompt_ids {
                all &= stop.guard(cancel(&client, id)).await??;
            }
            if all { Ok(()) } else { Err(Failure::Reported(1)) }
        })
    }
}

/// Cancels one prompt and prints the result. Returns whether there was anything to cancel.
async fn cancel(client: &Client, id: &str) -> Result<bool, Failure> {
    let shown = escaped(id);
    if client.cancel(id).await? {
        print::line(format_args!("cancelled prompt {shown}"))?;
        return Ok(true);
    }
    match client.history_of(id).await? {
        Some(_) => print::note(format_args!("prompt {shown} has already ended")),
        None => print::note(format_args!(
            "prompt {shown} neither waits nor runs; `cargo comfy queue` lists the prompts of the server"
        )),
    }
    Ok(false)
}
