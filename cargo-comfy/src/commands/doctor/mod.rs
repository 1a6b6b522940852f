//! The command `cargo comfy doctor`.

mod check;
mod definitions;
mod generated;
mod log;
mod reach;
mod version;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use comfy_runtime::Client;
use comfy_runtime::client::Error;
use comfy_schema::server::ServerOptions;
use comfy_schema::{Schema, shown};

use crate::definitions::{SNAPSHOT_FOLDER, only_snapshot};
use crate::failure::Failure;
use crate::server::ServerArguments;
use crate::{print, stop};
use check::{Check, Status};

/// Check the connection to a server, its custom nodes, and whether snapshot and generated code are up to date.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Doctor {
    #[command(flatten)]
    server: ServerArguments,

    /// File with the node definitions that the program was built for [default: the only snapshot in ./schemas].
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,

    /// Print each check as a line of JSON.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  Check the server of this machine and the crate in this folder:
    cargo comfy doctor

  Check a server with a certificate of its own and a token:
    COMFY_TOKEN=… cargo comfy doctor --server https://gpu.example.com --pin-certificate gpu.pem

  List what is wrong in CI:
    cargo comfy doctor --json | jq 'select(.status == \"error\" or .status == \"warning\")'

Every check is one line, with a remedy below it if something is wrong. `skipped` means that a check was not possible or
does not apply. Nothing is changed, neither on the server nor in this folder.

Exit codes: 0 no errors, 1 at least one error, 2 an argument is invalid, 130 Ctrl-C or SIGTERM, 141 standard output was
closed.";

/// The names of the checks that need a server which answers.
const WEBSOCKET: &str = "WebSocket";
const VERSION: &str = "version";
const CUSTOM_NODES: &str = "custom nodes";

/// Maximum time for the answer to a small request. It is shorter than that of other commands, because a server that
/// needs longer has a problem that is to be reported.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(20);

impl Doctor {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let options = self.server.options()?;
        stop::run(async |stop| {
            let mut report = Printer { json: self.json, worst: Status::Ok };
            stop.guard(self.examine(&options, &mut report)).await??;
            if report.worst == Status::Error { Err(Failure::Reported(1)) } else { Ok(()) }
        })
    }

    /// Makes all checks, and prints each as soon as its result is known.
    async fn examine(&self, options: &ServerOptions, report: &mut Printer) -> Result<(), Failure> {
        let snapshot = self.snapshot();
        let patient = Client::builder_with(options).retries(1);
        let builder = patient.clone().response_timeout(RESPONSE_TIMEOUT);
        let client = builder.clone().connect_lazy();
        let (reached, stats) = reach::checks(options, client.as_ref()).await;
        report.print_all(reached)?;
        let (Ok(client), Some(stats)) = (client, stats) else {
            let skipped = |name| Check::skipped(name, "the server does not answer");
            report.print_all([WEBSOCKET, VERSION, CUSTOM_NODES, definitions::SNAPSHOT].map(skipped))?;
            return report.print(&code(&snapshot));
        };
        report.print(&websocket(builder.connect().await))?;
        report.print(&version::check(&stats))?;
        report.print(&custom_nodes(&client).await)?;
        // The definitions of a server with many custom nodes take longer than RESPONSE_TIMEOUT.
        report.print(&drift(&snapshot, &patient.connect_lazy()?, &options.shown_url()).await)?;
        report.print(&code(&snapshot))
    }

    /// Returns the snapshot to compare the server with.
    fn snapshot(&self) -> Result<PathBuf, String> {
        match &self.schema {
            Some(file) => Ok(file.clone()),
            None => match only_snapshot(Path::new(SNAPSHOT_FOLDER)) {
                Ok(Some(file)) => Ok(file),
                Ok(None) => Err("there is no snapshot in ./schemas; `cargo comfy snapshot` saves one".to_owned()),
                Err(failure) => Err(failure.to_string()),
            },
        }
    }
}

/// Prints the checks.
struct Printer {
    json: bool,
    /// The worst result so far.
    worst: Status,
}

impl Printer {
    fn print(&mut self, check: &Check) -> Result<(), Failure> {
        self.worst = self.worst.max(check.status);
        if self.json {
            print::json(check.to_json())
        } else {
            print::painted(&format!("{}\n", check.to_text(print::paint())))
        }
    }

    fn print_all(&mut self, checks: impl IntoIterator<Item = Check>) -> Result<(), Failure> {
        checks.into_iter().try_for_each(|check| self.print(&check))
    }
}

/// Checks whether the WebSocket can be opened.
fn websocket(connected: Result<Client, Error>) -> Check {
    let reason = match connected {
        Ok(client) if client.has_websocket() => return Check::ok(WEBSOCKET, "opens"),
        Ok(client) => client.websocket_error().unwrap_or_default(),
        Err(error) => error.to_string(),
    };
    let remedy = "let the proxy pass `/ws` with the headers `Upgrade` and `Connection`, or give the path that the host \
                  expects with --websocket; until then, runs are polled and show no progress of nodes";
    Check::warning(WEBSOCKET, format!("does not open, so that runs are polled: {reason}"), remedy)
}

/// Checks whether custom nodes failed to load.
async fn custom_nodes(client: &Client) -> Check {
    let logs = match client.logs().await {
        Ok(logs) => logs,
        Err(error) => return Check::skipped(CUSTOM_NODES, format!("the server does not show its log: {error}")),
    };
    let imports = log::imports(logs.entries.iter().map(|entry| entry.message.as_str()));
    match imports.failed.as_slice() {
        [] if imports.is_complete => Check::ok(CUSTOM_NODES, "all were loaded"),
        [] => {
            Check::skipped(CUSTOM_NODES, "the log no longer has the lines of the start; restart the server to see them")
        }
        failed => {
            let remedy = "look at the server's log for the reason; most often, `pip install -r requirements.txt` in \
                          the folder of the custom node helps";
            // The other nodes work, so this is no error.
            Check::warning(CUSTOM_NODES, format!("{} failed to load: {}", failed.len(), failed.join(", ")), remedy)
        }
    }
}

/// Checks the snapshot against the definitions of the server.
async fn drift(snapshot: &Result<PathBuf, String>, client: &Client, url: &str) -> Check {
    let file = match snapshot {
        Ok(file) => file,
        Err(reason) => return Check::skipped(definitions::SNAPSHOT, reason),
    };
    let read = std::fs::read(file).map_err(|error| error.to_string());
    let read = read.and_then(|bytes| Schema::from_slice(&bytes).map_err(|error| error.to_string()));
    match read {
        Ok(old) => match client.object_info().await {
            Ok(new) => definitions::drift(file, &old, &new, url),
            Err(error) => {
                let reason = format!("the server does not give its definitions: {error}");
                Check::skipped(definitions::SNAPSHOT, reason)
            }
        },
        Err(error) => {
            let remedy = "correct the file, or write it again with `cargo comfy snapshot --out FILE`";
            Check::error(definitions::SNAPSHOT, format!("{}: {error}", shown::path(file)), remedy)
        }
    }
}

/// Checks the generated code.
fn code(snapshot: &Result<PathBuf, String>) -> Check {
    definitions::code(snapshot.as_deref().ok())
}
